"""The facts that the project ships: complete, consistent with each other, and free of buyers."""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

import creditstore.catalogue

FACTS = Path(creditstore.catalogue.__file__).parent / "facts"
FILES = {
    "cdm_projects.csv.gz": 8_158,
    "cdm_projects_extra.csv.gz": 8_158,
    "cdm_projects_deregistered.csv.gz": 29,
    "cer_issuances.csv.gz": 12_589,
    "cer_cancellations.csv.gz": 27_562,
    "methodologies.csv": 209,
    "sectoral_scopes.csv": 15,
    "parties.csv": 198,
    "sdgs.csv": 17,
    "prices.csv": 35,
}
PACKED = [name for name in FILES if name.endswith(".gz")]
PROJECTS, EXTRA, DEREGISTERED, ISSUANCES, CANCELLATIONS = PACKED

Row = dict[str, str]


@cache
def rows(name: str) -> list[Row]:
    data = (FACTS / name).read_bytes()
    text = (gzip.decompress(data) if name.endswith(".gz") else data).decode("utf-8")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def quantity(block: Row) -> int:
    return int(block["block_end"]) - int(block["block_start"]) + 1


def kind(block: Row) -> tuple[str, str, str, str]:
    """What a cancellation shares with the issuance that it came from."""
    return block["ref"], block["party_iso2"], block["unit_type"], block["commitment_period"]


def items(value: str) -> list[str]:
    return [item.removeprefix(" ") for item in value.split(";")] if value else []


def every_project() -> list[Row]:
    return [*rows(PROJECTS), *rows(DEREGISTERED)]


def in_series(blocks: list[Row]) -> Iterator[tuple[Row, Row]]:
    """Neighbouring blocks of each Party, by number."""
    series = defaultdict(list)
    for block in blocks:
        series[block["party_iso2"]].append(block)
    for of_party in series.values():
        yield from pairwise(sorted(of_party, key=lambda block: int(block["block_start"])))


@pytest.mark.parametrize(("name", "count"), FILES.items())
def test_every_row_is_there_and_whole(name: str, count: int) -> None:
    table = rows(name)
    assert len(table) == count
    for row in table:
        assert None not in row, f"too many fields: {row}"
        assert None not in row.values(), f"too few fields: {row}"


def test_the_folder_holds_these_files_and_is_small() -> None:
    assert {path.name for path in FACTS.iterdir()} == {*FILES, "README.md"}
    assert sum(path.stat().st_size for path in FACTS.iterdir()) < 2_000_000


def test_texts_are_clean() -> None:
    for name in FILES:
        for row in rows(name):
            for column, value in row.items():
                assert value == value.strip(), (name, column, row)
                assert not re.search(r"[\x00-\x1f\ufffd]", value), (name, column, row)


@pytest.mark.parametrize("name", PACKED)
def test_a_packed_file_carries_no_time_or_name_of_its_making(name: str) -> None:
    head = (FACTS / name).read_bytes()[:10]
    assert head[3] == 0, "no optional fields, so no file name"
    assert head[4:8] == b"\0\0\0\0", "no time"


def test_no_column_names_a_buyer_or_a_reason() -> None:
    forbidden = re.compile(r"buyer|beneficiar|presented|recipient|reason|purpose|on_behalf|email|order|customer")
    for name in FILES:
        assert not [column for column in rows(name)[0] if forbidden.search(column)], name
    assert list(rows(CANCELLATIONS)[0]) == [
        "ref",
        "party_iso2",
        "unit_type",
        "commitment_period",
        "block_start",
        "block_end",
        "quantity",
        "cancelled_at",
        "via_un_platform",
    ]


def test_references_are_text_padded_to_four_digits_and_belong_to_a_project() -> None:
    refs = [project["ref"] for project in every_project()]
    assert len(set(refs)) == len(refs)
    assert all(re.fullmatch(r"[0-9]{4}|[1-9][0-9]{4}", ref) for ref in refs)
    assert {"0001", "0009"} <= set(refs)
    for name in (ISSUANCES, CANCELLATIONS, "prices.csv"):
        assert {row["ref"] for row in rows(name) if row["ref"]} <= set(refs), name
    assert [row["ref"] for row in rows(EXTRA)] == [row["ref"] for row in rows(PROJECTS)]


def test_the_traps_are_all_there() -> None:
    gone = {project["ref"] for project in rows(DEREGISTERED)}
    assert sum(row["ref"] in gone for row in rows(ISSUANCES)) == 63
    assert sum(row["ref"] in gone for row in rows(CANCELLATIONS)) == 488
    assert sum(len(items(project["host_country_iso2"])) > 1 for project in rows(PROJECTS)) == 48
    parties = defaultdict(set)
    for issuance in rows(ISSUANCES):
        parties[issuance["ref"]].add(issuance["party_iso2"])
    assert sum(len(of_project) > 1 for of_project in parties.values()) == 9
    assert [len(project["title"]) for project in rows(PROJECTS) if len(project["title"]) > 255] == [274]
    assert "NA" in {project["host_country_iso2"] for project in rows(PROJECTS)}


def test_the_un_platform_sold_units_of_212_projects() -> None:
    sold = [row for row in rows(CANCELLATIONS) if row["via_un_platform"] == "yes"]
    assert {row["via_un_platform"] for row in rows(CANCELLATIONS)} == {"yes", "no"}
    assert len(sold) == 21_480
    assert len({row["ref"] for row in sold}) == 212
    assert {row["ref"] for row in sold} <= {project["ref"] for project in rows(PROJECTS)}
    assert sum(map(quantity, sold)) == 11_524_560
    temporary = [row for row in sold if row["unit_type"] == "tCER"]
    assert {row["ref"] for row in temporary} == {"5016"}
    assert (len(temporary), sum(map(quantity, temporary))) == (675, 194_739)


def test_blocks_run_forward_and_their_quantity_adds_up() -> None:
    for row in [*rows(ISSUANCES), *rows(CANCELLATIONS)]:
        assert 1 <= int(row["block_start"]) <= int(row["block_end"]) < 2**63, row
        assert row["unit_type"] in {"CER", "tCER", "lCER"}, row
        assert row["commitment_period"] in {"1", "2"}, row
        assert int(row["quantity"]) == quantity(row), row


@pytest.mark.parametrize("name", [ISSUANCES, CANCELLATIONS])
def test_blocks_never_overlap_within_a_party(name: str) -> None:
    for left, right in in_series(rows(name)):
        assert int(left["block_end"]) < int(right["block_start"]), (left, right)


def test_every_cancellation_lies_inside_one_issuance_and_came_later() -> None:
    issued = defaultdict(list)
    for issuance in rows(ISSUANCES):
        issued[kind(issuance)].append(issuance)
    for row in rows(CANCELLATIONS):
        inside = [
            issuance
            for issuance in issued[kind(row)]
            if int(issuance["block_start"]) <= int(row["block_start"])
            and int(row["block_end"]) <= int(issuance["block_end"])
        ]
        assert len(inside) == 1, row
        assert datetime.fromisoformat(inside[0]["issued_at"]) < datetime.fromisoformat(row["cancelled_at"]), row


def test_no_project_cancelled_more_than_it_was_issued() -> None:
    issued: dict[tuple[str, ...], int] = defaultdict(int)
    cancelled: dict[tuple[str, ...], int] = defaultdict(int)
    for row in rows(ISSUANCES):
        issued[kind(row)] += int(row["quantity"])
    for row in rows(CANCELLATIONS):
        cancelled[kind(row)] += quantity(row)
    assert all(issued[key] >= units for key, units in cancelled.items())
    assert sum(issued.values()) == 2_449_231_886
    assert sum(cancelled.values()) == 167_165_481


def test_a_projects_totals_are_the_sum_of_its_blocks() -> None:
    totals: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows(ISSUANCES):
        column = f"cers_issued_cp{row['commitment_period']}" if row["unit_type"] == "CER" else "tcers_lcers_issued"
        totals[row["ref"], column] += int(row["quantity"])
    for project in every_project():
        for column in ("cers_issued_cp1", "cers_issued_cp2"):
            assert int(project[column]) == totals[project["ref"], column], (project["ref"], column)
    for further in rows(EXTRA):
        assert int(further["tcers_lcers_issued"]) == totals[further["ref"], "tcers_lcers_issued"], further["ref"]


def test_times_and_dates_are_iso_and_in_order() -> None:
    for name, column in ((ISSUANCES, "issued_at"), (CANCELLATIONS, "cancelled_at")):
        for row in rows(name):
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", row[column]), row
            datetime.fromisoformat(row[column])
    without_monitoring = 0
    for row in rows(ISSUANCES):
        if not row["monitoring_start"]:
            assert not row["monitoring_end"], row
            without_monitoring += 1
            continue
        assert date.fromisoformat(row["monitoring_start"]) <= date.fromisoformat(row["monitoring_end"]), row
        assert row["monitoring_end"] < row["issued_at"], row
    assert without_monitoring == 23
    for name, count in ((PROJECTS, 3), (DEREGISTERED, 3), (EXTRA, 6)):
        dates = [column for column in rows(name)[0] if re.search(r"_(on|start|end)$", column)]
        assert len(dates) == count
        for row in rows(name):
            for column in dates:
                if row[column]:
                    date.fromisoformat(row[column])
    for project in every_project():
        assert project["crediting_start"] < project["crediting_end"], project["ref"]


def test_the_crediting_period_spans_those_of_the_further_facts() -> None:
    further = {row["ref"]: row for row in rows(EXTRA)}
    for project in rows(PROJECTS):
        row = further[project["ref"]]
        ends = [row[f"period{number}_end"] for number in (1, 2, 3) if row[f"period{number}_end"]]
        assert (project["crediting_start"], project["crediting_end"]) == (row["period1_start"], ends[-1])


def test_projects_point_into_the_other_tables() -> None:
    names = {party["name"] for party in rows("parties.csv")}
    codes = {party["iso2"]: party["name"] for party in rows("parties.csv")}
    scopes = {scope["scope"] for scope in rows("sectoral_scopes.csv")}
    methodologies = {methodology["number"] for methodology in rows("methodologies.csv")}
    programmes = {row["ref"] for row in rows(EXTRA) if row["activity_type"] == "PoA"}
    hosts = {}
    for project in every_project():
        assert project["title"], project["ref"]
        hosts[project["ref"]] = items(project["host_country_iso2"])
        assert [codes[code] for code in hosts[project["ref"]]] == items(project["host_country"]), project["ref"]
        assert set(items(project["other_parties"])) <= names, project["ref"]
        assert set(items(project["sectoral_scopes"])) <= scopes, project["ref"]
        assert items(project["sectoral_scopes"]), project["ref"]
        assert set(items(project["methodologies"])) <= methodologies, project["ref"]
        assert project["scale"] in {"large", "small"}, project["ref"]
        assert bool(project["url"]) == (project["ref"] not in programmes), project["ref"]
    for issuance in rows(ISSUANCES):
        assert issuance["party_iso2"] in hosts[issuance["ref"]], issuance
    for methodology in rows("methodologies.csv"):
        assert set(items(methodology["sectoral_scopes"])) <= scopes, methodology


def test_capacities_below_zero_are_those_of_a_date_gone_astray() -> None:
    capacities = [float(row["installed_capacity_mw"]) for row in rows(EXTRA) if row["installed_capacity_mw"]]
    possible = [capacity for capacity in capacities if capacity > 0]
    impossible = [capacity for capacity in capacities if capacity <= 0]
    assert max(possible) < 4000
    assert len(impossible) == 486
    assert all(-21915 <= capacity < -20000 for capacity in impossible)


def test_coordinates_come_in_pairs_on_the_globe() -> None:
    located = 0
    for project in every_project():
        assert bool(project["latitude"]) == bool(project["longitude"]), project["ref"]
        if project["latitude"]:
            located += 1
            assert -90 <= float(project["latitude"]) <= 90, project["ref"]
            assert -180 <= float(project["longitude"]) <= 180, project["ref"]
    assert located == 5_340


def test_parties_have_codes_that_stay_text() -> None:
    parties = {party["iso2"]: party for party in rows("parties.csv")}
    assert len(parties) == 198
    assert parties["NA"]["name"] == "Namibia"
    assert all(re.fullmatch(r"[A-Z]{2}", code) for code in parties)
    assert all(re.fullmatch(r"[A-Z]{3}", party["iso3"]) for party in parties.values())
    assert all(party["region"] for party in parties.values())


def test_prices_are_quoted_with_their_source() -> None:
    prices = rows("prices.csv")
    for price in prices:
        assert float(price["price_per_tco2e"]) > 0, price
        assert price["currency"] in {"EUR", "USD"}, price
        assert price["source_url"].startswith(("http://", "https://")), price
    launch = [price for price in prices if price["market"] == "UN online cancellation platform"]
    assert [(price["ref"], price["price_per_tco2e"], price["date"]) for price in launch] == [
        ("1514", "2.50", "2015-09-22"),
        ("1514", "3.50", "2015-09-22"),
        ("0033", "2.40", "2015-09-22"),
    ]


def test_the_readme_tells_every_file_and_column() -> None:
    readme = (FACTS / "README.md").read_text(encoding="utf-8")
    for name in FILES:
        assert f"`{name}`" in readme
        for column in rows(name)[0]:
            assert f"`{column}`" in readme, (name, column)
    for project in every_project():
        for source in items(project["source"]):
            assert source in readme
    assert "UNFCCC CDM" in readme
