"""The public register of this store's cancellations, and what happened to a single unit. Names only as published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet

from creditstore.cancellation.models import RegistryTransaction
from creditstore.core.errors import FieldError, StoreError
from creditstore.core.paging import Page, newest_first
from creditstore.credits.models import UnitBlock
from creditstore.credits.serials import MalformedSerial, Serial, get_grammar
from creditstore.credits.services import printed_ranges
from creditstore.orders.models import Visibility

#: The scheme whose serials people type; further registries bring their own with their connectors.
SCHEME = "cdm"
KIND = "voluntary_cancellation"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterFilters:
    """What to look for. Dates are days in UTC, both included; ``q`` looks in published names only."""

    serial: str = ""
    project: str = ""
    country: str = ""
    date_from: date | None = None
    date_to: date | None = None
    q: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterEntry:
    """One cancelled range. ``beneficiary``, ``reason``, ``certificate`` are ``None`` where not published."""

    number: str
    serial_start: str
    serial_end: str
    quantity: int
    project: str
    project_title: str
    country: str
    completed_at: datetime
    registry: str
    transaction: str
    kind: str
    beneficiary: str | None
    reason: str | None
    certificate: str | None
    simulated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialHistory:
    """What happened to one unit. ``state``: unknown, outstanding, on_offer, assigned, cancelled.

    ``cancellation`` is an entry of the public register where the buyer published it, else only the time is told.
    """

    serial: str
    state: str
    project: str | None = None
    project_title: str | None = None
    issued_at: datetime | None = None
    block_start: str | None = None
    block_end: str | None = None
    offer: str | None = None
    offer_state: str | None = None
    cancelled_at: datetime | None = None
    cancelled_through: str | None = None
    cancellation: RegisterEntry | None = None
    simulated: bool = False


def parse_serial(text: str) -> Serial:
    """A typed serial. Errors: ``StoreError`` (malformed-serial) that says what is wrong."""
    try:
        return get_grammar(SCHEME).parse(text.strip())
    except MalformedSerial as error:
        raise StoreError(
            code="malformed-serial", message=str(error), errors=[FieldError("serial", str(error))]
        ) from error


def register_page(*, filters: RegisterFilters, cursor: str | None = None, limit: int = 25) -> Page[RegisterEntry]:
    """Completed cancellations, newest first. Errors: ``StoreError`` for a malformed serial or cursor."""
    rows = _filtered(filters)
    found, following = newest_first(rows, by="completed_at", cursor=cursor, limit=limit)
    items = [entry for row in found for entry in _entries(row)]
    return Page(items=items, next=following, total=rows.count())


def newest_entries(*, project: str, limit: int) -> list[RegisterEntry]:
    """The newest completed cancellations of one project's units, as far as published, without counting them all."""
    rows = _filtered(RegisterFilters(project=project)).order_by("-completed_at", "-pk")[:limit]
    return [entry for row in rows for entry in _entries(row)][:limit]


def _filtered(filters: RegisterFilters) -> QuerySet[RegistryTransaction]:
    rows = (
        RegistryTransaction.objects.filter(state="completed")
        .exclude(line__order__visibility=Visibility.HIDDEN)
        .select_related("line__order", "line__reservation__offer__issuance__project")
        .prefetch_related("blocks", "line__order__certificates")
    )
    if filters.serial:
        serial = parse_serial(filters.serial)
        rows = rows.filter(
            blocks__scheme=serial.scheme,
            blocks__series=serial.series,
            blocks__start__lte=serial.number,
            blocks__end__gte=serial.number,
        )
    if filters.project:
        rows = rows.filter(line__reservation__offer__issuance__project__ref=filters.project)
    if filters.country:
        rows = rows.filter(
            line__reservation__offer__issuance__project__country_codes__contains=[filters.country.upper()]
        )
    if filters.date_from:
        rows = rows.filter(completed_at__gte=_midnight(filters.date_from))
    if filters.date_to:
        rows = rows.filter(completed_at__lt=_midnight(filters.date_to + timedelta(days=1)))
    if filters.q:
        rows = rows.filter(
            line__order__visibility=Visibility.FULL,
            line__order__beneficiary_name__icontains=filters.q.replace("\x00", ""),
        )
    return rows


def _entries(row: RegistryTransaction) -> list[RegisterEntry]:
    order = row.line.order
    issuance = row.line.reservation.offer.issuance
    published = order.visibility == Visibility.FULL
    certificate = next((item for item in order.certificates.all() if item.state == "issued"), None)
    assert row.completed_at is not None  # noqa: S101  (completed ones know when: a check of the database)
    return [
        RegisterEntry(
            number=f"{row.transaction_id}-{index}",
            serial_start=part.serial_start,
            serial_end=part.serial_end,
            quantity=part.quantity,
            project=issuance.project.ref,
            project_title=issuance.project.title,
            country=issuance.series,
            completed_at=row.completed_at,
            registry=row.registry,
            transaction=row.transaction_id,
            kind=KIND,
            beneficiary=order.beneficiary_name if published else None,
            reason=order.reason if published else None,
            certificate=certificate.number if certificate else None,
            simulated=row.simulated,
        )
        for index, part in enumerate(printed_ranges(row.blocks.all()), start=1)
    ]


def serial_history(*, serial: str) -> SerialHistory:
    """What happened to this unit. Errors: ``StoreError`` (malformed-serial)."""
    parsed = parse_serial(serial)
    printed = get_grammar(parsed.scheme).format(parsed)
    block = (
        UnitBlock.objects.filter(
            is_leaf=True,
            scheme=parsed.scheme,
            series=parsed.series,
            start__lte=parsed.number,
            end__gte=parsed.number,
        )
        .select_related("issuance__project", "offer")
        .first()
    )
    if block is None or not _same_unit(parsed, block):
        return SerialHistory(serial=printed, state="unknown")
    ends = printed_ranges([block])[0]
    facts: dict[str, Any] = {
        "serial": printed,
        "project": block.issuance.project.ref,
        "project_title": block.issuance.project.title,
        "issued_at": block.issuance.issued_at,
    }
    if block.state == "cancelled":
        row = block.registry_transactions.filter(state="completed").first()
        hidden = row is not None and row.line.order.visibility == Visibility.HIDDEN
        if hidden:
            # The buyer chose that nothing but the fact and its time is told: not even how long the range is.
            return SerialHistory(
                serial=printed,
                state="cancelled",
                cancelled_at=block.cancelled_at,
                simulated=row is not None and row.simulated,
            )
        entry = next((item for item in _entries(row) if _within(parsed.number, item)), None) if row else None
        facts |= {
            "cancelled_at": block.cancelled_at,
            "cancelled_through": block.cancellation_kind,
            "cancellation": entry,
            "simulated": row is not None and row.simulated,
        }
    elif block.state == "held" and block.offer is not None:
        facts |= {"offer": block.offer.code, "offer_state": block.offer.state}
    state = {"held": "on_offer"}.get(block.state, block.state)
    return SerialHistory(state=state, block_start=ends.serial_start, block_end=ends.serial_end, **facts)


def _same_unit(serial: Serial, block: UnitBlock) -> bool:
    """A number that exists under other fields is another serial: say unknown rather than guess."""
    return (serial.unit_type, serial.original_period, serial.applicable_period, serial.field6, serial.project) == (
        block.unit_type,
        block.original_period,
        block.applicable_period,
        block.field6,
        block.project_number,
    )


def _within(number: int, entry: RegisterEntry) -> bool:
    grammar = get_grammar(SCHEME)
    return grammar.parse(entry.serial_start).number <= number <= grammar.parse(entry.serial_end).number


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)
