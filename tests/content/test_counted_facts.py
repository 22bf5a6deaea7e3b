"""Figures in the first texts are those of the shipped facts: each is counted anew here."""

from __future__ import annotations

import csv
import gzip
from bisect import bisect_right
from collections import Counter, defaultdict
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from creditstore.catalogue.importing import CANCELLATIONS, DEREGISTERED, ISSUANCES, PROJECTS
from creditstore_content import counted_facts as counted

Row = dict[str, str]


@cache
def _rows(path: Path) -> list[Row]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _units(rows: list[Row]) -> int:
    return sum(int(row["quantity"]) for row in rows)


def _units_by_ref() -> Counter[str]:
    found: Counter[str] = Counter()
    for row in _rows(ISSUANCES):
        found[row["ref"]] += int(row["quantity"])
    return found


def test_activities_and_hosts() -> None:
    projects = _rows(PROJECTS)
    hosts = Counter(name for row in projects for name in row["host_country"].split("; "))
    with (PROJECTS.parent / "parties.csv").open(encoding="utf-8", newline="") as file:
        least_developed = {row["iso2"] for row in csv.DictReader(file) if row["ldc"] == "yes"}
    assert len(projects) == counted.REGISTERED
    assert len(hosts) == counted.HOSTS
    assert dict(hosts.most_common(len(counted.LARGEST_HOSTS))) == counted.LARGEST_HOSTS
    assert (
        sum(bool(least_developed & set(row["host_country_iso2"].split(";"))) for row in projects)
        == counted.LEAST_DEVELOPED
    )
    notes = [row["status_note"] for row in _rows(DEREGISTERED)]
    assert sum(note.startswith("de-registered") for note in notes) == counted.NO_LONGER_REGISTERED
    assert not any("nuclear" in row["project_type"].lower() for row in projects)


def test_units() -> None:
    issued, cancelled = _rows(ISSUANCES), _rows(CANCELLATIONS)
    assert _units(issued) == counted.ISSUED
    assert _units(cancelled) == counted.CANCELLED
    assert counted.ISSUED - counted.CANCELLED == counted.OUTSTANDING
    assert _units([row for row in issued if row["unit_type"] != "CER"]) == counted.TEMPORARY_ISSUED
    assert _units([row for row in cancelled if row["unit_type"] != "CER"]) == counted.TEMPORARY_CANCELLED
    assert max(row["issued_at"] for row in issued)[:10] == "2025-03-27"
    assert max(row["cancelled_at"] for row in cancelled)[:10] == "2023-11-30"


def test_activities_with_and_without_units() -> None:
    registered = {row["ref"] for row in _rows(PROJECTS)}
    with_units = registered & {row["ref"] for row in _rows(ISSUANCES)}
    assert len(with_units) == counted.WITH_UNITS
    assert len(registered - with_units) == counted.WITHOUT_UNITS
    assert counted.WITHOUT_UNITS > counted.REGISTERED / 2


def test_the_united_nations_store() -> None:
    sold = [row for row in _rows(CANCELLATIONS) if row["via_un_platform"] == "yes"]
    assert len(sold) == counted.UN_STORE_CANCELLATIONS
    assert _units(sold) == counted.UN_STORE_UNITS
    years = [date.fromisoformat(row["cancelled_at"][:10]).year for row in sold]
    assert (min(years), max(years)) == (2015, 2023)
    assert sorted(int(row["quantity"]) for row in sold)[len(sold) // 2] == 20


@pytest.mark.parametrize(
    ("column", "separator", "figures"),
    [("sectoral_scopes", ";", counted.SCOPES), ("project_type", None, counted.TYPES)],
    ids=["scopes", "types"],
)
def test_activities_and_units_by_kind(column: str, separator: str | None, figures: dict[str, tuple[int, int]]) -> None:
    units, activities, issued = _units_by_ref(), Counter[str](), Counter[str]()
    for row in _rows(PROJECTS):
        for kind in row[column].split(separator) if separator else [row[column]]:
            activities[kind] += 1
            issued[kind] += units[row["ref"]]
    assert {kind: (activities[kind], issued[kind]) for kind in figures} == figures


def test_the_scopes_named_are_the_largest() -> None:
    counts = Counter(scope for row in _rows(PROJECTS) for scope in row["sectoral_scopes"].split(";"))
    nine = [scope for scope, _count in counts.most_common(9)]
    assert [scope for scope in counted.SCOPES if scope != "11"] == nine


def test_vintages() -> None:
    blocks: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    found: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0])
    for row in _rows(ISSUANCES):
        blocks[row["party_iso2"]].append((int(row["block_start"]), row["monitoring_start"][:4]))
        if row["monitoring_start"]:
            found[int(row["monitoring_start"][:4])][0] += int(row["quantity"])
        if row["monitoring_start"] and row["monitoring_start"] < "2008":
            assert row["commitment_period"] == "1"
        assert row["monitoring_start"][:4] <= "2020"
        assert row["monitoring_end"][:4] <= "2020"
    for party in blocks.values():
        party.sort()
    for row in _rows(CANCELLATIONS):
        of_party = blocks[row["party_iso2"]]
        year = of_party[bisect_right(of_party, (int(row["block_start"]), "9999")) - 1][1]
        if year:
            found[int(year)][1] += int(row["quantity"])
    assert {year: tuple(figures) for year, figures in found.items()} == counted.VINTAGES


def test_how_figures_are_written() -> None:
    assert counted.grouped(1_234_567) == "1,234,567"
    assert counted.millions(2_282_066_405) == "2,282 million"
    assert counted.share(1, 3) == "33 %"
