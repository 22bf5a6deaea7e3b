"""What became of a project's units: by vintage, in total, and issuance by issuance."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from creditstore.catalogue.fact_types import IssuanceFacts, UnitTotals, VintageFacts
from creditstore.catalogue.models import Issuance
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
_LEAF: Final = ", ".join(f'leaf."{name}"' for name in ("issuance_id", *_PRINTED, "cancellation_kind"))
#: The units of ``project`` in an outer query as JSON, summed by issuance and kind of cancellation, for ``units_of``.
#: All leaves of an issuance share what is printed.
UNITS: Final = f"""
    SELECT json_agg(summed) FROM (
        SELECT {_LEAF}, issuance.start AS first, issuance."end" AS last, issuance.issued_at,
               issuance.monitoring_start, issuance.monitoring_end, issuance.commitment_period,
               sum(leaf.quantity) AS units
        FROM {Issuance._meta.db_table} issuance JOIN {UnitBlock._meta.db_table} leaf ON leaf.issuance_id = issuance.id
        WHERE issuance.project_id = project.id AND leaf.is_leaf
        GROUP BY issuance.id, {_LEAF}) summed
"""  # noqa: S608  (names of our own tables)


def units_of(
    *, rows: Sequence[Mapping[str, Any]], offers: Sequence[Offer]
) -> tuple[tuple[VintageFacts, ...], tuple[IssuanceFacts, ...]]:
    """The units of a project by vintage (oldest first, unknown years last) and by issuance (newest first).

    Parameters: ``rows``, what ``UNITS`` finds; ``offers``, all that sell units of it now, with their issuances.
    """
    return _vintages(rows, offers), _issuances(rows)


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
        year = vintage_year(monitoring_start=_day(row["monitoring_start"]), commitment_period=row["commitment_period"])
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
    told = [_issuance(row) for row in sorted(found.values(), key=lambda row: row["first"], reverse=True)]
    return tuple(sorted(told, key=lambda issuance: issuance.issued_at, reverse=True))


def _issuance(row: Mapping[str, Any]) -> IssuanceFacts:
    start, end = row["first"], row["last"]
    # The root, which covers the whole issuance; it is not read, since all its leaves agree with it.
    first, last = block_serials(UnitBlock(start=start, end=end, **{name: row[name] for name in _PRINTED}))
    return IssuanceFacts(
        issued_at=datetime.fromisoformat(row["issued_at"]),
        monitoring_start=_day(row["monitoring_start"]),
        monitoring_end=_day(row["monitoring_end"]),
        unit_type=UNIT_TYPES[row["unit_type"]].short_name,
        quantity=end - start + 1,
        serial_start=first,
        serial_end=last,
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
