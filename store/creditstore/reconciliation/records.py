"""The registry's completed cancellations, one by one: ours as we asked for them, and nobody else's of our units.

Ours are read after the registry's word. A completion younger than the grace may not have reached us: the next run
looks at it again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.db.models import Sum

from creditstore.cancellation.models import FAILED, RegistryTransaction
from creditstore.cancellation.services import told_beneficiary
from creditstore.core.text import as_uuid
from creditstore.credits.spans import Span, SpanSet, joined, span_of
from creditstore.orders.models import Visibility
from creditstore.reconciliation.found import Comparison, Found, printed
from creditstore.reconciliation.history import last_complete, watermark
from creditstore.reconciliation.models import Kind, Stage
from creditstore.reconciliation.overlap import live_leaves
from creditstore.reconciliation.paging import Untold, pages
from creditstore_host.installation import get_host
from creditstore_host.records import ConnectorFacts
from creditstore_plugins import CancellationRecord, RegistryCapability

#: A run looks so far behind the last one: clocks differ.
OVERLAP = timedelta(days=2)
#: Two cancellations of one quantity for one beneficiary within this time, of which we asked for one, are a duplicate.
_TWICE_WITHIN = timedelta(days=7)
_START = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass
class _Reading:
    """One comparison while pages come in."""

    comparison: Comparison
    connector: ConnectorFacts
    account: str
    before: datetime
    #: Ours that the registry told of, by id, and under which of its ids: twice is once too often.
    told: dict[int, str] = field(default_factory=dict)
    not_ours: int = 0


def compare_records(
    *, connector: ConnectorFacts, account: str, now: datetime, grace: timedelta, full: bool
) -> Comparison:
    """Third stage: the audit trail. Parameters: ``full``, from the beginning, else from the last time on."""
    comparison = Comparison(stage=Stage.RECORDS, plugin=connector.id, account=account, asked_at=now)
    if RegistryCapability.RECORDS not in connector.capabilities:
        return comparison.not_offered()
    comparison.since = None if full else watermark(comparison, overlap=OVERLAP)
    before = last_complete(comparison)
    reading = _Reading(comparison=comparison, connector=connector, account=account, before=now - grace)
    since = comparison.since or _START
    listed = pages(lambda at: get_host().registry_records(connector.id, account, since, at), what="cancellations")
    try:
        for page in listed:
            _compare_page(reading, page.records)
    except Untold as untold:
        return comparison.not_told(str(untold))
    _ours_untold(reading)
    # Units that others had cancelled can be counted only where everything was read.
    known = before.figures.get("not_ours", 0) if before else 0
    comparison.figures["not_ours"] = reading.not_ours if comparison.since is None else known
    return comparison


def _compare_page(reading: _Reading, records: Sequence[CancellationRecord]) -> None:
    keys = [key for record in records if (key := as_uuid(record.key))]
    entries = {
        str(entry.key): entry
        for entry in RegistryTransaction.objects.filter(connector=reading.connector.id, key__in=keys)
        .select_related("line__order")
        .prefetch_related("blocks")
    }
    reading.comparison.compared += len(records)
    foreign = []
    for record in records:
        entry = entries.get(record.key)
        if entry is None:
            foreign.append(record)
        else:
            _compare_ours(reading, record, entry)
    _compare_foreign(reading, foreign)


# --- under a key of ours -------------------------------------------------------------------------------------------


def _compare_ours(reading: _Reading, record: CancellationRecord, entry: RegistryTransaction) -> None:
    twice = reading.told.get(entry.pk, record.transaction) != record.transaction
    reading.told.setdefault(entry.pk, record.transaction)
    theirs = joined(map(span_of, record.ranges), overlapping=True)
    ours = joined(block.span for block in entry.blocks.all())
    facts: dict[str, object] = {"transaction": record.transaction, "state_here": entry.state}
    if twice:
        others = {**facts, "also": reading.told[entry.pk], "units": printed(theirs)}
        _add(reading, Kind.DUPLICATE, record, entry, others, in_doubt=_apart(theirs, ours))
    elif theirs != ours:
        facts |= {"asked": printed(ours), "cancelled": printed(theirs)}
        _add(reading, Kind.OTHER_RANGE, record, entry, facts, in_doubt=_apart(theirs, ours))
    elif entry.state in FAILED:
        # We told the buyer that nothing was cancelled under this key, and may have cancelled other units since.
        done = entry.line.registry_transactions.filter(state="completed").exclude(pk=entry.pk).exists()
        _add(reading, Kind.DUPLICATE if done else Kind.CANCELLED_NOT_PAID, record, entry, facts, in_doubt=tuple(theirs))
    elif entry.state != "completed":
        if record.completed_at < reading.before:
            _add(reading, Kind.UNSEEN_COMPLETION, record, entry, facts)
    else:
        _compare_completed(reading, record, entry, facts)


def _compare_completed(
    reading: _Reading, record: CancellationRecord, entry: RegistryTransaction, facts: dict[str, object]
) -> None:
    if record.beneficiary != told_beneficiary(entry.line.order) and not _was_mended(record, entry):
        # Names stay where they are: the item tells only that they differ.
        _add(reading, Kind.OTHER_BENEFICIARY, record, entry, facts)
    if entry.transaction_id != record.transaction:
        _add(reading, Kind.UNKNOWN_AT_REGISTRY, record, entry, {**facts, "transaction_here": entry.transaction_id})
    if entry.completed_at != record.completed_at:
        here = entry.completed_at.isoformat() if entry.completed_at else None
        times = {**facts, "time_here": here, "time_there": record.completed_at.isoformat()}
        _add(reading, Kind.OTHER_TIME, record, entry, times)


def _apart(theirs: Iterable[Span], ours: Iterable[Span]) -> tuple[Span, ...]:
    """What the registry cancelled although it was not asked for: not in the account any more."""
    asked = SpanSet(ours)
    return tuple(part for span in theirs for part in asked.missing(span))


def _add(
    reading: _Reading,
    kind: Kind,
    record: CancellationRecord,
    entry: RegistryTransaction,
    facts: dict[str, object],
    *,
    in_doubt: tuple[Span, ...] = (),
) -> None:
    reading.comparison.add(
        Found(
            kind=kind,
            subject=f"record:{reading.connector.id}:{record.transaction}",
            facts={**facts, "completed_at": record.completed_at.isoformat()},
            order_id=entry.line.order_id,
            happened_at=record.completed_at,
            in_doubt=in_doubt,
        )
    )


def _ours_untold(reading: _Reading) -> None:
    """Completed here, and not among what the registry told."""
    ours = RegistryTransaction.objects.filter(
        connector=reading.connector.id,
        account=reading.account,
        state="completed",
        completed_at__gte=reading.comparison.since or _START,
        completed_at__lt=reading.before,
    )
    for entry_id, transaction_id, completed_at, order_id in ours.order_by("pk").values_list(
        "pk", "transaction_id", "completed_at", "line__order_id"
    ):
        if entry_id not in reading.told and completed_at is not None:
            reading.comparison.add(
                Found(
                    kind=Kind.UNKNOWN_AT_REGISTRY,
                    subject=f"transaction:{entry_id}",
                    facts={"transaction_here": transaction_id, "completed_at": completed_at.isoformat()},
                    order_id=order_id,
                    happened_at=completed_at,
                )
            )


# --- under somebody else's key -------------------------------------------------------------------------------------


def _compare_foreign(reading: _Reading, records: Sequence[CancellationRecord]) -> None:
    """Cancellations that we did not ask for: the account's holder may do so with units that are not for sale here."""
    by_span = {span_of(part): record for record in records for part in record.ranges}
    reading.not_ours += sum(span.quantity for span in by_span)
    touched: dict[str, list[Span]] = defaultdict(list)
    orders: dict[str, int] = {}
    for span, block in live_leaves(scheme=reading.connector.scheme, spans=list(by_span)):
        transaction = by_span[span].transaction
        touched[transaction].append(Span(block.series, max(span.start, block.start), min(span.end, block.end)))
        if block.reservation_id is not None:
            orders.setdefault(transaction, block.reservation.order_line.order_id)  # type: ignore[union-attr]
    for record, spans in _with_units(records, touched):
        original = _asked_once(reading, record)
        facts: dict[str, object] = {"transaction": record.transaction, "units": printed(spans)}
        if original is not None:
            facts["also"] = original.transaction_id
        reading.comparison.add(
            Found(
                kind=Kind.CANCELLED_NOT_PAID if original is None else Kind.DUPLICATE,
                subject=f"record:{reading.connector.id}:{record.transaction}",
                facts={**facts, "completed_at": record.completed_at.isoformat()},
                order_id=orders.get(record.transaction) or (original.line.order_id if original else None),
                happened_at=record.completed_at,
                in_doubt=tuple(spans),
            )
        )


def _with_units(
    records: Sequence[CancellationRecord], touched: dict[str, list[Span]]
) -> Iterator[tuple[CancellationRecord, list[Span]]]:
    for record in records:
        if record.transaction in touched:
            yield record, joined(touched[record.transaction], overlapping=True)


def _was_mended(record: CancellationRecord, entry: RegistryTransaction) -> bool:
    """Whether the registry has the name as it stood before a typing error was mended: it keeps what it was told."""
    order = entry.line.order
    mended = order.certificates.filter(state="superseded", facts__beneficiary=record.beneficiary)
    return order.visibility == Visibility.FULL and mended.exists()


def _asked_once(reading: _Reading, record: CancellationRecord) -> RegistryTransaction | None:
    """A transaction of ours that this one repeats: as many units for the same beneficiary, about the same time."""
    if not record.beneficiary:
        return None
    quantity = sum(part.quantity for part in record.ranges)
    near = (record.completed_at - _TWICE_WITHIN, record.completed_at + _TWICE_WITHIN)
    alike = (
        RegistryTransaction.objects.filter(
            connector=reading.connector.id,
            account=reading.account,
            state="completed",
            completed_at__range=near,
            line__order__beneficiary_name=record.beneficiary,
        )
        .annotate(units=Sum("blocks__quantity"))
        .filter(units=quantity)
        .select_related("line__order")
    )
    return next((entry for entry in alike if told_beneficiary(entry.line.order) == record.beneficiary), None)
