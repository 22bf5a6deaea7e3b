"""Goals that follow from the type of a project, and their names."""

from __future__ import annotations

import csv

import pytest

from creditstore.catalogue import importing
from creditstore.catalogue.goals import GOALS, goal_name, inferred_goals


@pytest.mark.parametrize(
    ("project_type", "subtype", "expected"),
    [
        ("Wind", "Wind", (7, 13)),
        ("Hydro", "New dam", (7, 13)),
        ("EE households", "Stoves", (7, 13)),
        ("EE households", "Water purification", (6, 13)),
        ("Methane avoidance", "Waste water", (6, 13)),
        ("Methane avoidance", "Manure", (13,)),
        ("Landfill gas", "Landfill power", (11, 13)),
        ("Transport", "Bus Rapid Transit", (11, 13)),
        ("Transport", "Motorbikes", (13,)),
        ("Reforestation", "Mangroves", (13, 14, 15)),
        ("Reforestation", "Reforestation", (13, 15)),
        ("HFCs", "HFC23", (13,)),
        ("EE supply side", "Higher efficiency coal power", (13,)),
        ("Fossil fuel switch", "New natural gas plant", (13,)),
        ("a type of tomorrow", "", (13,)),
        ("", "", (13,)),
    ],
)
def test_goals_by_type(project_type: str, subtype: str, expected: tuple[int, ...]) -> None:
    assert inferred_goals(project_type=project_type, project_subtype=subtype) == expected


def test_names_are_the_short_names_of_the_facts() -> None:
    with (importing.FACTS / "sdgs.csv").open(encoding="utf-8", newline="") as file:
        named = {int(row["goal"]): row["short_name"] for row in csv.DictReader(file)}
    assert {goal: goal_name(goal) for goal in GOALS} == named
