"""The picture of a project's units: positions, axis, and the sentence above it."""

from __future__ import annotations

import pytest

from creditstore.catalogue.fact_types import VintageFacts
from creditstore.catalogue.units_of import totals_of
from creditstore_site.units_chart import UnitsChart, finding, units_chart


def vintage(
    year: int | None, *, un: int = 0, other: int = 0, here: int = 0, left: int = 0, sale: int = 0
) -> VintageFacts:
    return VintageFacts(
        year=year,
        issued=un + other + here + left,
        cancelled_un_store=un,
        cancelled_elsewhere=other,
        cancelled_here=here,
        outstanding=left,
        available=sale,
    )


def chart(*vintages: VintageFacts, mirrored: bool = False) -> UnitsChart:
    made = units_chart(vintages=vintages, totals=totals_of(vintages), mirrored=mirrored)
    assert made is not None
    return made


def share(text: str) -> float:
    assert text.endswith("%")
    return float(text[:-1])


def test_no_units_make_no_picture() -> None:
    assert units_chart(vintages=(), totals=totals_of(())) is None


def test_parts_follow_one_another_in_one_order_and_add_up() -> None:
    made = chart(vintage(2010, un=10, other=20, here=5, left=65, sale=15), vintage(2012, left=100))
    parts = made.bars[0].parts
    assert [part.kind for part in parts] == [
        "cancelled_un_store", "cancelled_elsewhere", "cancelled_here", "available", "not_for_sale",
    ]  # fmt: skip
    assert [share(part.width) for part in parts] == [10, 20, 5, 15, 50]
    assert [share(part.x) for part in parts] == [0, 10, 30, 35, 50]
    assert [part.kind for part in made.bars[1].parts] == ["not_for_sale"]
    assert [kind for kind, _label in made.kinds] == [part.kind for part in parts]


def test_mirrored_bars_grow_from_the_other_side() -> None:
    parts = chart(vintage(2010, un=10, left=90, sale=90), mirrored=True).bars[0].parts
    assert [(share(part.x), share(part.width)) for part in parts] == [(90, 10), (0, 90)]


@pytest.mark.parametrize(
    ("most", "labels", "unit"),
    [
        (1, ["0", "1"], "Units"),
        (3, ["0", "1", "2", "3"], "Units"),
        (7, ["0", "2", "4", "6", "8"], "Units"),
        (999, ["0", "500", "1,000"], "Units"),
        (1_999, ["0", "0.5", "1", "1.5", "2"], "Thousand"),
        (540_550, ["0", "200", "400", "600"], "Thousand"),
        (1_999_999, ["0", "0.5", "1", "1.5", "2"], "Million"),
        (54_324_557, ["0", "20", "40", "60"], "Million"),
    ],
)
def test_the_axis_has_few_round_marks_and_holds_the_longest_bar(most: int, labels: list[str], unit: str) -> None:
    made = chart(vintage(2010, left=most))
    assert [tick.label for tick in made.ticks] == labels
    assert made.axis.startswith(unit)
    assert share(made.bars[0].parts[0].width) <= 100
    assert share(made.ticks[-1].x) == 100


@pytest.mark.parametrize("most", [1, 4, 5, 9, 10, 11, 49, 50, 51, 123_456, 2**62])
def test_any_quantity_has_an_axis(most: int) -> None:
    made = chart(vintage(2010, left=most))
    assert 2 <= len(made.ticks) <= 5
    assert 20 <= share(made.bars[0].parts[0].width) <= 100


@pytest.mark.parametrize(
    ("cancelled", "issued", "sentence"),
    [
        (0, 1000, "None of the issued units is known to be cancelled"),
        (9, 1000, "Less than 1 % of the issued units are cancelled"),
        (10, 1000, "1 % of the issued units are cancelled"),
        (405, 1000, "40 % of the issued units are cancelled"),
        (990, 1000, "99 % of the issued units are cancelled"),
        (991, 1000, "More than 99 % of the issued units are cancelled"),
        (1000, 1000, "All issued units are cancelled"),
    ],
)
def test_the_finding_never_rounds_to_none_or_all(cancelled: int, issued: int, sentence: str) -> None:
    assert finding(totals_of((vintage(2010, un=cancelled, left=issued - cancelled),))) == sentence


def test_unknown_years_come_last_and_are_drawn() -> None:
    made = chart(vintage(2010, left=5), vintage(None, left=5))
    assert [bar.year for bar in made.bars] == [2010, None]
    assert "from" not in made.description
