"""Samples of the components of the project page. Texts here are samples, in English only."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from creditstore.catalogue.fact_types import GoalFacts, VintageFacts
from creditstore.catalogue.objections import objections
from creditstore.catalogue.units_of import totals_of
from creditstore_site.demo.showcase.sample import Component, Sample
from creditstore_site.units_chart import units_chart


def _chart(*figures: tuple[int | None, int, int, int, int, int], mirrored: bool = False) -> Any:
    """Each: year, cancelled (UN store, otherwise, here), outstanding, for sale."""
    vintages = tuple(
        VintageFacts(
            year=year,
            issued=un_store + elsewhere + here + outstanding,
            cancelled_un_store=un_store,
            cancelled_elsewhere=elsewhere,
            cancelled_here=here,
            outstanding=outstanding,
            available=available,
        )
        for year, un_store, elsewhere, here, outstanding, available in figures
    )
    return units_chart(vintages=vintages, totals=totals_of(vintages), mirrored=mirrored)


def _goal(goal: int | None, name: str, **more: str) -> GoalFacts:
    told = {"text": "", "source_title": "", "source_url": "", **more}
    return GoalFacts(goal=goal, name=name, basis="entered" if more else "inferred", **told)


_SEVERAL = (
    (2009, 12_000, 3_000, 0, 40_000, 0),
    (2010, 0, 31_000, 900, 22_500, 8_000),
    (2011, 0, 0, 0, 61_250, 20_000),
    (None, 0, 0, 0, 5_000, 0),
)
PROJECT_COMPONENTS: Final[tuple[Component, ...]] = (
    Component(
        "components/goal.html",
        (
            Sample(_("inferred"), lambda: {"goal": _goal(7, "Affordable and clean energy")}),
            Sample(
                _("entered"),
                lambda: {
                    "goal": _goal(
                        3,
                        "Good health and well-being",
                        text="Smoke in 4,000 kitchens is measured to be lower.",
                        source_title="Monitoring report 2015",
                        source_url="#",
                    )
                },
            ),
            Sample(
                _("a co-benefit without a goal"),
                lambda: {
                    "goal": _goal(None, "", text="Twelve people are trained a year.", source_title="Annual report")
                },
            ),
        ),
        around=("ul", "goals"),
    ),
    Component(
        "components/objections.html",
        (
            Sample(
                _("several"),
                lambda: {
                    "objections": objections(
                        project_type="Hydro",
                        project_subtype="New dam",
                        installed_capacity_mw=Decimal(240),
                        vintage_from=2010,
                    )
                },
            ),
            Sample(_("empty: nothing is shown"), {"objections": ()}),
        ),
    ),
    Component(
        "components/units_chart.html",
        (
            Sample(
                _("several vintages"),
                lambda: {
                    "chart": _chart(*_SEVERAL),
                    "id": "sample-chart",
                    "csv_url": "#",
                    "source": "Source: a sample.",
                },
            ),
            Sample(
                _("right to left"), lambda: {"chart": _chart(*_SEVERAL, mirrored=True), "id": "sample-chart-mirrored"}
            ),
            Sample(
                _("everything cancelled"),
                lambda: {"chart": _chart((2012, 900, 100, 0, 0, 0)), "id": "sample-chart-all"},
            ),
            Sample(_("a single unit"), lambda: {"chart": _chart((2015, 0, 0, 0, 1, 1)), "id": "sample-chart-one"}),
        ),
        wide=True,
    ),
)
