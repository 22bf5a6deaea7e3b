"""What became of a project's units: by vintage, in total, and issuance by issuance."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.db.models import Sum

from creditstore.catalogue.fact_types import IssuanceFacts, UnitTotals, VintageFacts
from creditstore.catalogue.objections import vintage_year
from creditstore.credits.blocks import block_serials
from creditstore.credits.models import CancellationKind, Offer, UnitBlock
from creditstore.credits.serials import UNIT_TYPES

#: What the kind of a leaf's cancellation says of its units; without one they are outstanding.
_FATES: Final[Mapping[str, str]] = {
    CancellationKind.RECORDED_UN_STORE: "cancelled_un_store",
    CancellationKind.RECORDED: "cancelled_elsewhere",
    CancellationKind.STORE: "cancelled_here",
    "": "outstanding",
}
#: What is printed in a serial beside its number.
_PRINTED: Final = (
    "scheme", "series", "unit_type", "original_period", "applicable_period", "field6", "project_number",
)  # fmt: skip
#: All leaves of an issuance share these.
_OF_ISSUANCE: Final = (
    "issuance_id", *_PRINTED, "issuance__start", "issuance__end", "issuance__issued_at", "issuance__monitoring_start",
    "issuance__monitoring_end", "issuance__commitment_period",
)  # fmt: skip


def units_of(
    *, offers: Mapping[int, Sequence[Offer]]
) -> dict[int, tuple[tuple[VintageFacts, ...], tuple[IssuanceFacts, ...]]]:
    """The units of projects by vintage (oldest first, unknown years last) and by issuance (newest first). One query.

    ``offers``: the projects' keys, each with all that sell units of it now, with their issuances.
    """
    rows: dict[int, list[Mapping[str, Any]]] = {project_id: [] for project_id in offers}
    # Grouped by kind, not with a filter for each kind: Django takes longer to put those together than this to add up.
    for row in (
        UnitBlock.objects.filter(issuance__project__in=list(rows), is_leaf=True)
        .order_by()
        .values("issuance__project_id", *_OF_ISSUANCE, "cancellation_kind")
        .annotate(units=Sum("quantity"))
    ):
        rows[row["issuance__project_id"]].append(row)
    return {project_id: (_vintages(found, offers[project_id]), _issuances(found)) for project_id, found in rows.items()}


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


def _vintages(rows: Iterable[Mapping[str, Any]], offers: Sequence[Offer]) -> tuple[VintageFacts, ...]:
    years: dict[int | None, Counter[str]] = defaultdict(Counter)
    for row in rows:
        year = vintage_year(
            monitoring_start=row["issuance__monitoring_start"], commitment_period=row["issuance__commitment_period"]
        )
        years[year][_FATES[row["cancellation_kind"]]] += row["units"]
    for offer in offers:
        year = vintage_year(
            monitoring_start=offer.issuance.monitoring_start, commitment_period=offer.issuance.commitment_period
        )
        years[year]["available"] += offer.available
    return tuple(
        VintageFacts(
            year=year,
            issued=sum(years[year][fate] for fate in _FATES.values()),
            available=years[year]["available"],
            **{fate: years[year][fate] for fate in _FATES.values()},
        )
        for year in sorted(years, key=lambda year: (year is None, year or 0))
    )


def _issuances(rows: Iterable[Mapping[str, Any]]) -> tuple[IssuanceFacts, ...]:
    found = {row["issuance_id"]: row for row in rows}
    told = [_issuance(row) for row in sorted(found.values(), key=lambda row: row["issuance__start"], reverse=True)]
    return tuple(sorted(told, key=lambda issuance: issuance.issued_at, reverse=True))


def _issuance(row: Mapping[str, Any]) -> IssuanceFacts:
    start, end = row["issuance__start"], row["issuance__end"]
    # The root, which covers the whole issuance; it is not read, since all its leaves agree with it.
    first, last = block_serials(UnitBlock(start=start, end=end, **{name: row[name] for name in _PRINTED}))
    return IssuanceFacts(
        issued_at=row["issuance__issued_at"],
        monitoring_start=row["issuance__monitoring_start"],
        monitoring_end=row["issuance__monitoring_end"],
        unit_type=UNIT_TYPES[row["unit_type"]].short_name,
        quantity=end - start + 1,
        serial_start=first,
        serial_end=last,
    )
