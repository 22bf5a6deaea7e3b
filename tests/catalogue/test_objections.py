"""Both sides of every rule's boundary, and that the page that explains the rules says what they do."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from creditstore.catalogue.objections import RULES, objections, vintage_year

PAGE = Path(__file__).resolve().parents[2] / "docs/explanation/objections.md"


def codes(
    project_type: str,
    subtype: str = "",
    *,
    megawatts: str | None = None,
    year: int | None = None,
    unit_type: str = "CER",
) -> list[str]:
    found = objections(
        project_type=project_type,
        project_subtype=subtype,
        installed_capacity_mw=None if megawatts is None else Decimal(megawatts),
        vintage_from=year,
        unit_type=unit_type,
    )
    return [objection.code for objection in found]


@pytest.mark.parametrize(
    ("megawatts", "expected"),
    [
        (None, []),
        ("0.5", []),
        ("15", []),
        ("15.001", ["additionality"]),
        ("20", ["additionality"]),
        ("20.000", ["additionality"]),
        ("20.001", ["large-hydro", "additionality"]),
        ("1000", ["large-hydro", "additionality"]),
    ],
)
@pytest.mark.parametrize("subtype", ["Run of river", "New dam", "Existing dam", ""])
def test_hydropower_by_its_capacity(megawatts: str | None, subtype: str, expected: list[str]) -> None:
    assert codes("Hydro", subtype, megawatts=megawatts) == expected


@pytest.mark.parametrize(
    ("megawatts", "expected"),
    [(None, []), ("15", []), ("15.001", ["additionality"]), ("400", ["additionality"])],
)
def test_wind_by_its_capacity(megawatts: str | None, expected: list[str]) -> None:
    assert codes("Wind", "Wind", megawatts=megawatts) == expected


@pytest.mark.parametrize(
    ("project_type", "subtype", "expected"),
    [
        ("HFCs", "HFC23", ["industrial-gas"]),
        ("HFCs", "HFC134a", []),
        ("HFCs", "", []),
        ("N2O", "Adipic acid", ["industrial-gas"]),
        ("N2O", "Nitric acid", []),
        ("N2O", "Caprolactam", []),
        ("PFCs and SF6", "SF6", []),
        ("EE supply side", "Higher efficiency coal power", ["coal-power"]),
        ("EE supply side", "Higher efficiency oil power", []),
        ("EE supply side", "Cogeneration", []),
        ("Afforestation", "Afforestation", ["forest-reversal"]),
        ("Reforestation", "Mangroves", ["forest-reversal"]),
        ("Biomass energy", "Forest biomass", []),
        ("Fossil fuel switch", "New natural gas plant", ["additionality"]),
        ("EE own generation", "Cement heat", ["additionality"]),
        ("EE households", "Lighting", ["additionality"]),
        ("EE households", "Stoves", []),
        ("Solar", "Solar PV", []),
        ("Landfill gas", "Landfill power", []),
        ("", "", []),
    ],
)
def test_kinds_of_projects(project_type: str, subtype: str, expected: list[str]) -> None:
    assert codes(project_type, subtype, megawatts="300") == expected


@pytest.mark.parametrize(
    ("unit_type", "expected"), [("CER", []), ("tCER", ["forest-reversal"]), ("lCER", ["forest-reversal"])]
)
def test_units_that_expire(unit_type: str, expected: list[str]) -> None:
    assert codes("Agriculture", unit_type=unit_type) == expected
    assert codes("Reforestation", unit_type=unit_type) == ["forest-reversal"]


@pytest.mark.parametrize(
    ("year", "expected"), [(None, []), (2000, ["old-vintage"]), (2012, ["old-vintage"]), (2013, []), (2020, [])]
)
def test_vintages(year: int | None, expected: list[str]) -> None:
    assert codes("Solar", year=year) == expected


@pytest.mark.parametrize(
    ("start", "period", "expected"),
    [
        (None, 1, None),
        (None, 2, None),
        (date(2012, 12, 31), 1, 2012),
        (date(2012, 7, 1), 2, 2013),
        (date(2013, 1, 1), 2, 2013),
        (date(2016, 5, 1), 2, 2016),
    ],
)
def test_no_unit_of_the_second_period_is_from_before_it(start: date | None, period: int, expected: int | None) -> None:
    assert vintage_year(monitoring_start=start, commitment_period=period) == expected


def test_every_objection_can_be_read_and_followed_up() -> None:
    found = {
        objection.code: objection
        for objection in (
            *objections(project_type="Hydro", project_subtype="", installed_capacity_mw=Decimal(99), vintage_from=2010),
            *objections(project_type="HFCs", project_subtype="HFC23", installed_capacity_mw=None, vintage_from=None),
            *objections(
                project_type="EE supply side",
                project_subtype="Higher efficiency coal power",
                installed_capacity_mw=None,
                vintage_from=None,
            ),
            *objections(
                project_type="Reforestation", project_subtype="", installed_capacity_mw=None, vintage_from=None
            ),
        )
    }
    assert set(found) == {rule.code for rule in RULES}
    for objection in found.values():
        assert len(objection.label) <= 32
        assert len(re.findall(r"[.](?: |$)", objection.text)) == 2, objection.text
        assert objection.source_url.startswith("https://")
        assert objection.source_title


def test_the_page_that_explains_the_rules_lists_all_of_them() -> None:
    page = PAGE.read_text(encoding="utf-8")
    listed = re.findall(r"^\| `([a-z-]+)` \| ([^|]+) \|", page, re.MULTILINE)
    assert listed == [(rule.code, str(rule.label)) for rule in RULES]
    for rule in RULES:
        assert rule.source_url in page
