"""What became of a project's units: by vintage, in total, and issuance by issuance."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q, Sum

from creditstore.catalogue.fact_types import IssuanceFacts, UnitTotals, VintageFacts
from creditstore.catalogue.objections import vintage_year
from creditstore.credits.models import CancellationKind, Offer, UnitBlock
from creditstore.credits.serials import UNIT_TYPES
from creditstore.credits.services import block_serials

_KEPT = ("cancelled_un_store", "cancelled_elsewhere", "cancelled_here", "outstanding", "available")


def vintages_of(*, offers: Mapping[int, Sequence[Offer]]) -> dict[int, tuple[VintageFacts, ...]]:
    """Projects' units by the first year of their monitoring period, oldest first and unknown years last.

    ``offers``: for the primary key of each project, all that sell units of it now, with their issuances. One query.
    """
    projects: dict[int, list[dict[str, Any]]] = {project: [] for project in offers}
    store, un_store = CancellationKind.STORE, CancellationKind.RECORDED_UN_STORE
    rows = (
        UnitBlock.objects.filter(issuance__project__in=projects, is_leaf=True)
        .order_by()
        .values("issuance__project", "issuance__monitoring_start", "issuance__commitment_period")
        .annotate(
            un_store=Sum("quantity", filter=Q(cancellation_kind=un_store)),
            here=Sum("quantity", filter=Q(cancellation_kind=store)),
            elsewhere=Sum("quantity", filter=Q(cancellation_kind=CancellationKind.RECORDED)),
            outstanding=Sum("quantity", filter=~Q(state="cancelled")),
        )
    )
    for row in rows:
        projects[row["issuance__project"]].append(row)
    return {project: _vintages(found, offers[project]) for project, found in projects.items()}


def _vintages(rows: Sequence[dict[str, Any]], offers: Sequence[Offer]) -> tuple[VintageFacts, ...]:
    years: dict[int | None, Counter[str]] = defaultdict(Counter)
    for row in rows:
        year = vintage_year(
            monitoring_start=row["issuance__monitoring_start"], commitment_period=row["issuance__commitment_period"]
        )
        years[year].update(
            cancelled_un_store=row["un_store"] or 0,
            cancelled_elsewhere=row["elsewhere"] or 0,
            cancelled_here=row["here"] or 0,
            outstanding=row["outstanding"] or 0,
        )
    for offer in offers:
        year = vintage_year(
            monitoring_start=offer.issuance.monitoring_start, commitment_period=offer.issuance.commitment_period
        )
        years[year]["available"] += offer.available
    return tuple(
        VintageFacts(
            year=year,
            issued=sum(years[year][name] for name in _KEPT if name != "available"),
            **{name: years[year][name] for name in _KEPT},
        )
        for year in sorted(years, key=lambda year: (year is None, year or 0))
    )


def totals_of(vintages: Sequence[VintageFacts]) -> UnitTotals:
    """The sums over all vintages."""
    return UnitTotals(
        issued=sum(vintage.issued for vintage in vintages),
        cancelled=sum(vintage.cancelled for vintage in vintages),
        cancelled_un_store=sum(vintage.cancelled_un_store for vintage in vintages),
        cancelled_here=sum(vintage.cancelled_here for vintage in vintages),
        outstanding=sum(vintage.outstanding for vintage in vintages),
        available=sum(vintage.available for vintage in vintages),
    )


def issuances_of(*, ref: str) -> list[IssuanceFacts]:
    """A project's issuances with their serials, newest first. One query."""
    roots = UnitBlock.objects.filter(issuance__project__ref=ref, parent=None).select_related("issuance")
    told = []
    for root in roots.order_by("-issuance__issued_at", "-start"):
        first, last = block_serials(root)
        told.append(
            IssuanceFacts(
                issued_at=root.issuance.issued_at,
                monitoring_start=root.issuance.monitoring_start,
                monitoring_end=root.issuance.monitoring_end,
                unit_type=UNIT_TYPES[root.unit_type].short_name,
                quantity=root.quantity,
                serial_start=first,
                serial_end=last,
            )
        )
    return told
