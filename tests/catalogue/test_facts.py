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
    "projects.csv": 212,
    "issuances.csv": 910,
    "cancellations.csv.gz": 23_261,
    "methodologies.csv": 209,
    "sectoral_scopes.csv": 15,
    "parties.csv": 198,
    "sdgs.csv": 17,
    "prices.csv": 35,
}

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
    return block["ref"], block["party"], block["unit_type"], block["commitment_period"]


def items(value: str) -> list[str]:
    return value.split(";") if value else []


def in_series(blocks: list[Row]) -> Iterator[tuple[Row, Row]]:
    """Neighbouring blocks of each Party, by number."""
    series = defaultdict(list)
    for block in blocks:
        series[block["party"]].append(block)
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


def test_the_packed_file_carries_no_time_or_name_of_its_making() -> None:
    head = (FACTS / "cancellations.csv.gz").read_bytes()[:10]
    assert head[3] == 0, "no optional fields, so no file name"
    assert head[4:8] == b"\0\0\0\0", "no time"


def test_no_column_names_a_buyer_or_a_reason() -> None:
    forbidden = re.compile(r"buyer|beneficiar|presented|recipient|reason|purpose|on_behalf|email|order|customer")
    for name in FILES:
        assert not [column for column in rows(name)[0] if forbidden.search(column)], name
    assert list(rows("cancellations.csv.gz")[0]) == [
        "ref",
        "party",
        "unit_type",
        "commitment_period",
        "block_start",
        "block_end",
        "cancelled_at",
        "via_un_platform",
    ]


def test_references_are_text_padded_to_four_digits_and_belong_to_a_project() -> None:
    refs = [project["ref"] for project in rows("projects.csv")]
    assert len(set(refs)) == len(refs)
    assert all(re.fullmatch(r"[0-9]{4}|[1-9][0-9]{4}", ref) for ref in refs)
    assert "0001" in refs
    for name in ("issuances.csv", "cancellations.csv.gz"):
        assert {row["ref"] for row in rows(name)} <= set(refs), name
    assert {row["ref"] for row in rows("issuances.csv")} == set(refs), "every project has issuances"
    assert {row["ref"] for row in rows("prices.csv") if row["ref"]} <= set(refs)


def test_the_selection_is_what_the_un_platform_sold() -> None:
    sold = [row for row in rows("cancellations.csv.gz") if row["via_un_platform"] == "yes"]
    assert {row["via_un_platform"] for row in rows("cancellations.csv.gz")} == {"yes", "no"}
    assert len(sold) == 21_480
    assert {row["ref"] for row in sold} == {project["ref"] for project in rows("projects.csv")}
    assert sum(map(quantity, sold)) == 11_524_560
    temporary = [row for row in sold if row["unit_type"] == "tCER"]
    assert {row["ref"] for row in temporary} == {"5016"}
    assert (len(temporary), sum(map(quantity, temporary))) == (675, 194_739)


def test_blocks_run_forward_and_their_quantity_adds_up() -> None:
    for row in [*rows("issuances.csv"), *rows("cancellations.csv.gz")]:
        assert 1 <= int(row["block_start"]) <= int(row["block_end"]) < 2**63, row
        assert row["unit_type"] in {"CER", "tCER", "lCER"}, row
        assert row["commitment_period"] in {"1", "2"}, row
    for row in rows("issuances.csv"):
        assert int(row["quantity"]) == quantity(row), row


@pytest.mark.parametrize("name", ["issuances.csv", "cancellations.csv.gz"])
def test_blocks_never_overlap_within_a_party(name: str) -> None:
    for left, right in in_series(rows(name)):
        assert int(left["block_end"]) < int(right["block_start"]), (left, right)


def test_every_cancellation_lies_inside_one_issuance_and_came_later() -> None:
    issued = defaultdict(list)
    for issuance in rows("issuances.csv"):
        issued[kind(issuance)].append(issuance)
    for row in rows("cancellations.csv.gz"):
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
    for row in rows("issuances.csv"):
        issued[kind(row)] += int(row["quantity"])
    for row in rows("cancellations.csv.gz"):
        cancelled[kind(row)] += quantity(row)
    assert all(issued[key] >= units for key, units in cancelled.items())
    assert sum(issued.values()) == 180_634_516
    assert sum(cancelled.values()) == 35_106_313


def test_a_projects_totals_are_the_sum_of_its_blocks() -> None:
    totals: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows("issuances.csv"):
        column = f"cers_issued_cp{row['commitment_period']}" if row["unit_type"] == "CER" else "tcers_lcers_issued"
        totals[row["ref"], column] += int(row["quantity"])
    for project in rows("projects.csv"):
        for column in ("cers_issued_cp1", "cers_issued_cp2", "tcers_lcers_issued"):
            assert int(project[column]) == totals[project["ref"], column], (project["ref"], column)


def test_times_and_dates_are_iso_and_in_order() -> None:
    for name, column in (("issuances.csv", "issued_at"), ("cancellations.csv.gz", "cancelled_at")):
        for row in rows(name):
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", row[column]), row
            datetime.fromisoformat(row[column])
    without_monitoring = 0
    for row in rows("issuances.csv"):
        if not row["monitoring_start"]:
            assert not row["monitoring_end"], row
            without_monitoring += 1
            continue
        assert date.fromisoformat(row["monitoring_start"]) <= date.fromisoformat(row["monitoring_end"]), row
        assert row["monitoring_end"] < row["issued_at"], row
    assert without_monitoring == 3
    dates = [column for column in rows("projects.csv")[0] if re.search(r"_(on|start|end)$", column)]
    assert len(dates) == 9
    for project in rows("projects.csv"):
        for column in dates:
            if project[column]:
                date.fromisoformat(project[column])
        assert project["crediting_start"] < project["crediting_end"], project["ref"]


def test_projects_point_into_the_other_tables() -> None:
    names = {party["name"] for party in rows("parties.csv")}
    codes = {party["iso2"]: party["name"] for party in rows("parties.csv")}
    scopes = {scope["scope"] for scope in rows("sectoral_scopes.csv")}
    methodologies = {methodology["number"] for methodology in rows("methodologies.csv")}
    hosts = {}
    for project in rows("projects.csv"):
        assert project["title"], project["ref"]
        hosts[project["ref"]] = items(project["host_country_iso2"])
        assert [codes[code] for code in hosts[project["ref"]]] == items(project["host_country"]), project["ref"]
        assert set(items(project["other_parties"])) <= names, project["ref"]
        assert set(items(project["sectoral_scopes"])) <= scopes, project["ref"]
        assert items(project["sectoral_scopes"]), project["ref"]
        assert set(items(project["methodologies"])) <= methodologies, project["ref"]
        assert project["scale"] in {"large", "small"}, project["ref"]
        assert project["url"] or project["activity_type"] == "PoA", project["ref"]
    for issuance in rows("issuances.csv"):
        assert issuance["party"] in hosts[issuance["ref"]], issuance
    for methodology in rows("methodologies.csv"):
        assert set(items(methodology["sectoral_scopes"])) <= scopes, methodology


def test_capacities_are_possible() -> None:
    capacities = [float(project["installed_capacity_mw"] or 1) for project in rows("projects.csv")]
    assert 0 < min(capacities) <= max(capacities) <= 1000


def test_coordinates_come_in_pairs_on_the_globe() -> None:
    located = 0
    for project in rows("projects.csv"):
        assert bool(project["latitude"]) == bool(project["longitude"]), project["ref"]
        if project["latitude"]:
            located += 1
            assert -90 <= float(project["latitude"]) <= 90, project["ref"]
            assert -180 <= float(project["longitude"]) <= 180, project["ref"]
    assert located == 127


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
    for project in rows("projects.csv"):
        for source in items(project["source"]):
            assert source in readme
    assert "UNFCCC CDM" in readme
