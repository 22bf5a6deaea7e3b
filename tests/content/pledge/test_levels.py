"""Levels: the operator's rules, each step by itself."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditstore_content.pledge.levels import (
    LevelFacts,
    LevelRules,
    Target,
    check_level_rules,
    level_rules,
    level_words,
    reached,
)

ORDER = ["", "bronze", "silver", "gold"]
STEPS = ("measure", "reduce", "contribute")
KG = st.decimals(min_value=0, max_value=10**9, places=3)


@st.composite
def targets(draw: st.DrawFn) -> Target:
    base_year, base = draw(st.integers(1990, 2030)), draw(KG.filter(lambda kg: kg > 0))
    return Target(
        base_year=base_year,
        base_kg=base,
        target_year=base_year + draw(st.integers(1, 40)),
        target_kg=draw(st.decimals(min_value=0, max_value=base, places=3).filter(lambda kg: kg < base)),
    )


@st.composite
def facts(draw: st.DrawFn) -> LevelFacts:
    year = draw(st.integers(2020, 2040))
    return LevelFacts(
        kind=draw(st.sampled_from(["person", "organisation", "event"])),
        steps=tuple(draw(st.lists(st.sampled_from(STEPS), min_size=1, unique=True))),
        year=year,
        measured=draw(st.dictionaries(st.integers(year - 3, year), KG, max_size=4)),
        scope3_kg=draw(st.none() | KG),
        complete=draw(st.booleans()),
        verified=draw(st.booleans()),
        plan=draw(st.booleans()),
        target=draw(st.none() | targets()),
        units=draw(st.integers(0, 10**6)),
    )


def levels(given_facts: LevelFacts) -> dict[str, str]:
    return reached(facts=given_facts, rules=level_rules())


@given(targets())
def test_the_path_leads_from_the_base_to_the_target(target: Target) -> None:
    assert target.allowed(target.base_year) is None
    assert target.allowed(target.target_year) == target.target_kg
    assert target.allowed(target.target_year + 9) == target.target_kg
    steps = [target.allowed(year) for year in range(target.base_year + 1, target.target_year + 1)]
    assert steps == sorted(steps, reverse=True)  # type: ignore[type-var]
    assert all(step is not None and step < target.base_kg for step in steps)


@given(facts(), st.integers(0, 10**6))
def test_a_contribution_changes_nothing_but_its_own_step(told: LevelFacts, more: int) -> None:
    before, after = levels(told), levels(replace(told, units=told.units + more))
    assert (before["measure"], before["reduce"]) == (after["measure"], after["reduce"])
    assert ORDER.index(after["contribute"]) >= ORDER.index(before["contribute"])


@given(facts())
def test_what_was_not_pledged_has_no_level(told: LevelFacts) -> None:
    assert [levels(told)[step] for step in STEPS if step not in told.steps] == [""] * (3 - len(told.steps))


@given(facts(), st.decimals(min_value=0, max_value=1, places=3))
def test_less_emissions_never_lower_a_level(told: LevelFacts, factor: Decimal) -> None:
    less = {year: kg * factor for year, kg in told.measured.items()}
    before, after = levels(told), levels(replace(told, measured=less))
    assert all(ORDER.index(after[step]) >= ORDER.index(before[step]) for step in STEPS)


def org(**changes: Any) -> LevelFacts:
    good: dict[str, Any] = {
        "kind": "organisation",
        "steps": STEPS,
        "year": 2026,
        "measured": {2026: Decimal(90_000), 2025: Decimal(95_000)},
        "target": Target(base_year=2024, base_kg=Decimal(100_000), target_year=2034, target_kg=Decimal(50_000)),
        "plan": True,
    }
    return LevelFacts(**{**good, **changes})


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "bronze gold "),
        ({"measured": {}}, " bronze "),
        ({"plan": False}, "bronze  "),
        ({"target": None}, "bronze  "),
        # 2025 above what the path leaves: one year on it, not two.
        ({"measured": {2026: Decimal(90_000), 2025: Decimal(95_001)}}, "bronze silver "),
        ({"measured": {2026: Decimal(90_000)}}, "bronze silver "),
        ({"measured": {2026: Decimal(90_001), 2025: Decimal(95_000)}}, "bronze bronze "),
        ({"complete": True}, "bronze gold "),
        ({"complete": True, "scope3_kg": Decimal(0)}, "silver gold "),
        ({"complete": True, "scope3_kg": Decimal(0), "verified": True}, "gold gold "),
        ({"verified": True}, "bronze gold "),
        ({"units": 1}, "bronze gold bronze"),
        ({"units": 44}, "bronze gold bronze"),
        ({"units": 45}, "bronze gold silver"),
        ({"units": 89}, "bronze gold silver"),
        ({"units": 90}, "bronze gold gold"),
        ({"units": 90, "measured": {}}, " bronze bronze"),
        ({"kind": "person", "complete": True}, "silver gold "),
    ],
)
def test_the_rules_that_come_with_the_store(changes: dict[str, Any], expected: str) -> None:
    assert " ".join(levels(org(**changes)).values()) == expected


def test_a_slow_target_gives_no_gold() -> None:
    slow = Target(base_year=2024, base_kg=Decimal(100_000), target_year=2034, target_kg=Decimal(60_000))
    low = {2026: Decimal(1), 2025: Decimal(1)}
    assert levels(org(target=slow, measured=low))["reduce"] == "silver"
    assert levels(org(measured=low))["reduce"] == "gold"


def test_what_is_told_of_the_levels_comes_from_the_rules() -> None:
    rules = LevelRules.model_validate(
        {"version": "x", "contribute": {"silver": {"units": 3, "share": "0.25"}, "bronze": {"units": 1}}}
    )
    told = [(one.step, one.level, " ".join(one.asks)) for one in level_words(rules=rules)]
    assert [pair[:2] for pair in told] == [("contribute", "bronze"), ("contribute", "silver")]
    assert "1 unit was cancelled" in told[0][2]
    assert "3 units" in told[1][2]
    assert "25 %" in told[1][2]
    assert reached(facts=org(units=25), rules=rules) == {"measure": "", "reduce": "", "contribute": "silver"}


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"version": ""},
        {"version": "1", "measure": {"platinum": {}}},
        {"version": "1", "reduce": {"gold": {"points": 3}}},
        {"version": "1", "contribute": {"gold": {"share": "-1"}}},
        {"version": "1", "contribute": {"gold": {"share": "NaN"}}},
    ],
)
def test_rules_that_cannot_be_read_are_told_at_the_start(broken: dict[str, Any], settings: Any) -> None:
    assert check_level_rules() == []
    settings.CREDITSTORE_PLEDGE_LEVELS = broken
    (error,) = check_level_rules()
    assert "CREDITSTORE_PLEDGE_LEVELS cannot be read" in error.msg
