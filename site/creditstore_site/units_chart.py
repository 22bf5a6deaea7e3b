"""The picture of a project's units: one stacked bar for each vintage, drawn by the server as plain numbers.

Positions along the axis are percentages and heights are pixels, so the picture is as wide as its place while its text
keeps the size of all other text. Colours and patterns belong to the style sheet; the order of the parts never changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log10

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from creditstore.catalogue.fact_types import UnitTotals, VintageFacts

#: What became of units, in the order of the parts of a bar.
KINDS = ("cancelled_un_store", "cancelled_elsewhere", "cancelled_here", "available", "not_for_sale")
ROW_HEIGHT, BAR_HEIGHT = 28, 18
_AXIS_HEIGHT = 28
_MOST_STEPS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a bar: ``x`` and ``width`` as SVG writes percentages."""

    kind: str
    x: str
    width: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One vintage: ``year`` is None where it is not known; ``y`` in pixels, of the bar and of its label's base line."""

    year: int | None
    y: int
    label_y: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A line across the bars: where, and its number in the axis' unit as the reader's language writes it."""

    x: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitsChart:
    """Everything the template draws. ``finding`` is the title, ``description`` says in words what is to be seen.

    ``kinds``: those that occur. ``vintages`` and ``totals`` are the table behind the picture. Heights in pixels.
    """

    finding: str
    description: str
    axis: str
    kinds: tuple[tuple[str, str], ...]
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    plot_height: int
    height: int
    bar_height: int
    label_side: str
    mirrored: bool
    vintages: tuple[VintageFacts, ...]
    totals: UnitTotals


def units_chart(*, vintages: Sequence[VintageFacts], totals: UnitTotals, mirrored: bool = False) -> UnitsChart | None:
    """The chart of a project's units, or ``None`` where none are issued. ``mirrored``: bars grow from the right."""
    if not totals.issued:
        return None
    end, step = _axis(max(vintage.issued for vintage in vintages))
    divisor, axis = _unit(end)
    plot_height = ROW_HEIGHT * len(vintages)
    return UnitsChart(
        finding=finding(totals),
        description=_describe(vintages),
        axis=axis,
        kinds=tuple((kind, kind_label(kind)) for kind in KINDS if any(getattr(one, kind) for one in vintages)),
        bars=tuple(_bar(vintage, row=row, end=end, mirrored=mirrored) for row, vintage in enumerate(vintages)),
        ticks=tuple(
            Tick(
                x=_percent(end - value if mirrored else value, end),
                label=number_format(value / divisor if value % divisor else value // divisor, force_grouping=True),
            )
            for value in range(0, end + 1, step)
        ),
        plot_height=plot_height,
        height=plot_height + _AXIS_HEIGHT,
        bar_height=BAR_HEIGHT,
        label_side="100%" if mirrored else "0",
        mirrored=mirrored,
        vintages=tuple(vintages),
        totals=totals,
    )


def finding(totals: UnitTotals) -> str:
    """What the picture shows, as a sentence. Never "0 %" for some or "100 %" for not all."""
    if not totals.cancelled:
        return _("None of the issued units is known to be cancelled")
    if totals.cancelled == totals.issued:
        return _("All issued units are cancelled")
    share = 100 * totals.cancelled / totals.issued
    if share < 1:
        return _("Less than 1 % of the issued units are cancelled")
    if share > 99:
        return _("More than 99 % of the issued units are cancelled")
    return _("%(share)d %% of the issued units are cancelled") % {"share": round(share)}


def kind_label(kind: str) -> str:
    """What became of units, in words."""
    return {
        "cancelled_un_store": _("Cancelled, sold by the UN store"),
        "cancelled_elsewhere": _("Cancelled otherwise"),
        "cancelled_here": _("Cancelled through this store"),
        "available": _("For sale here"),
        "not_for_sale": _("Outstanding, not for sale here"),
    }[kind]


def _bar(vintage: VintageFacts, *, row: int, end: int, mirrored: bool) -> Bar:
    parts, position = [], 0
    for kind in KINDS:
        if quantity := getattr(vintage, kind):
            start = end - position - quantity if mirrored else position
            parts.append(Part(kind=kind, x=_percent(start, end), width=_percent(quantity, end)))
            position += quantity
    top = row * ROW_HEIGHT + (ROW_HEIGHT - BAR_HEIGHT) // 2
    return Bar(year=vintage.year, y=top, label_y=row * ROW_HEIGHT + ROW_HEIGHT // 2 + 5, parts=tuple(parts))


def _describe(vintages: Sequence[VintageFacts]) -> str:
    years = [vintage.year for vintage in vintages if vintage.year]
    parts = _(
        "Each is divided into units cancelled, for sale here, and outstanding. All figures are in the table below."
    )
    bars = _("One bar for each vintage.")
    if len(years) > 1:
        bars = _("One bar for each vintage from %(first)d to %(last)d.") % {"first": years[0], "last": years[-1]}
    return f"{bars} {parts}"


def _axis(most: int) -> tuple[int, int]:
    """Where the axis ends and the distance of its marks: whole units, a round number, at most four steps."""
    magnitude = 10 ** max(int(log10(most / _MOST_STEPS)) if most > _MOST_STEPS else 0, 0)
    step = next(factor * magnitude for factor in (1, 2, 5, 10, 20) if ceil(most / (factor * magnitude)) <= _MOST_STEPS)
    return step * ceil(most / step), step


def _unit(end: int) -> tuple[int, str]:
    """By how much the axis' numbers are divided, and what they then count."""
    if end >= 2_000_000:
        return 1_000_000, _("Million units, one for each tonne of CO2 equivalent")
    if end >= 2_000:
        return 1_000, _("Thousand units, one for each tonne of CO2 equivalent")
    return 1, _("Units, one for each tonne of CO2 equivalent")


def _percent(value: int, whole: int) -> str:
    return f"{100 * value / whole:.3f}".rstrip("0").rstrip(".") + "%"
