"""The cancellation engine: propose to the registry, ask how it stands, believe only what matches.

One paid line is one or more registry transactions, each with a key of its own. The same key is proposed again only when
the registry itself says that it never saw it. No registry is called inside a transaction.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from creditstore.cancellation.models import FAILED, TRANSACTIONS, RegistryAttempt, RegistryTransaction
from creditstore.core.jobs import defer_later
from creditstore.core.states import transition
from creditstore.credits.models import UnitBlock
from creditstore.credits.services import PrintedRange, mark_cancelled, printed_ranges
from creditstore.orders.attention import AttentionKind
from creditstore.orders.fulfilment import move_line, needs_attention
from creditstore.orders.models import Order, OrderLine, Visibility
from creditstore.orders.services import lock_order
from creditstore_host.host import get_host
from creditstore_plugins import (
    CancellationInstruction,
    Refused,
    ResponseCode,
    SerialRange,
    StatusUnknown,
    SubmissionUnknown,
    Submitted,
    TransactionNotFound,
    TransactionState,
    TransactionStatus,
)

#: Seconds until a registry is asked again; the last one repeats.
POLL_SECONDS = (1, 1, 2, 2, 3, 5, 10, 30, 60, 300)
#: After so many answers without a decision staff are told; asking goes on.
ATTEMPTS_BEFORE_ATTENTION = 40

_STATES = {
    TransactionState.PROPOSED: "proposed",
    TransactionState.CHECKED: "checked",
    TransactionState.CHECKED_DISCREPANCY: "checked_discrepancy",
    TransactionState.COMPLETED: "completed",
    TransactionState.TERMINATED: "terminated",
    TransactionState.REJECTED: "rejected",
    TransactionState.CANCELLED: "cancelled",
}


def registry_is_simulated() -> bool:
    """Whether the store's registry is a simulation: every page, file and answer must say so. Asks nobody outside."""
    return get_host().connector_info(settings.CREDITSTORE_REGISTRY_CONNECTOR).simulated


def submit_line(*, line_id: int) -> None:
    """Propose the cancellation of a paid line. Idempotent: what was prepared before is proposed, nothing twice."""
    for registry_transaction in _prepare(line_id=line_id):
        if registry_transaction.state == "prepared":
            propose(registry_transaction=registry_transaction)


def _prepare(*, line_id: int) -> list[RegistryTransaction]:
    """Write down what will be asked before anything is asked."""
    with transaction.atomic():
        line = _locked_line(line_id=line_id)
        existing = list(line.registry_transactions.order_by("attempt", "part"))
        if line.state != "paid":
            return existing
        connector = get_host().connector_info(settings.CREDITSTORE_REGISTRY_CONNECTOR)
        blocks = list(line.reservation.blocks.filter(is_leaf=True, state="assigned").order_by("start"))
        prepared = []
        for part, offset in enumerate(range(0, len(blocks), connector.max_blocks), start=1):
            entry = RegistryTransaction.objects.create(
                line=line,
                part=part,
                connector=connector.id,
                registry=connector.title,
                account=line.order.seller.registry_account,
                simulated=connector.simulated,
            )
            entry.blocks.set(blocks[offset : offset + connector.max_blocks])
            prepared.append(entry)
        move_line(line=line, to="cancelling", actor="system")
    return prepared


def _locked_line(*, line_id: int) -> OrderLine:
    order_id = OrderLine.objects.values_list("order_id", flat=True).get(pk=line_id)
    order = lock_order(order_id=order_id)
    line = OrderLine.objects.select_related("reservation").get(pk=line_id)
    line.order = order
    return line


def propose(*, registry_transaction: RegistryTransaction) -> None:
    """Send one prepared transaction to its registry and write down the answer."""
    order = registry_transaction.line.order
    ranges = printed_ranges(registry_transaction.blocks.all())
    instruction = CancellationInstruction(
        key=str(registry_transaction.key),
        account=registry_transaction.account,
        ranges=tuple(_plugin_range(part) for part in ranges),
        beneficiary=told_beneficiary(order),
        reason=order.reason if order.visibility == Visibility.FULL else "",
    )
    outcome = get_host().submit_cancellation(registry_transaction.connector, instruction)
    with transaction.atomic():
        lock_order(order_id=order.pk)
        match outcome:
            case Submitted():
                _note(registry_transaction, "submit", "submitted", {"transaction": outcome.transaction})
                if registry_transaction.state == "prepared":
                    _move(registry_transaction, "proposed", transaction_id=outcome.transaction)
            case Refused():
                responses = _plain(outcome.responses)
                _note(registry_transaction, "submit", "refused", {"responses": responses})
                _fail(registry_transaction, state="rejected", responses=responses)
                return
            case SubmissionUnknown():
                _note(registry_transaction, "submit", "unknown", {"reason": outcome.reason})
        _ask_later(registry_transaction, attempt=0)


def told_beneficiary(order: Order) -> str:
    """The name that the registry is told: none where the buyer published none."""
    return order.beneficiary_name if order.visibility == Visibility.FULL else ""


def poll_transaction(*, transaction_id: int, attempt: int = 0) -> None:
    """Ask the registry how a transaction stands, apply the answer, and ask again while it is open."""
    entry = RegistryTransaction.objects.select_related("line__order__seller").get(pk=transaction_id)
    if entry.state in TRANSACTIONS.final:
        return
    status = get_host().cancellation_status(entry.connector, str(entry.key))
    with transaction.atomic():
        order = lock_order(order_id=entry.line.order_id)
        entry.refresh_from_db()
        entry.line.order = order
        if entry.state in TRANSACTIONS.final:
            return
        match status:
            case TransactionStatus():
                _note(entry, "status", _STATES[status.state], {"transaction": status.transaction})
                _apply_status(entry, status)
            case TransactionNotFound():
                _note(entry, "status", "not_found", {})
                if entry.state == "proposed":
                    # Accepted before, unknown now: only staff can tell what the registry lost.
                    needs_attention(
                        order=order,
                        kind=AttentionKind.REGISTRY_LOST,
                        actor=entry.connector,
                        reason="the registry lost a transaction",
                        line=entry.line,
                    )
                    return
            case StatusUnknown():
                _note(entry, "status", "unknown", {"reason": status.reason})
        if entry.state not in TRANSACTIONS.final:
            if attempt == ATTEMPTS_BEFORE_ATTENTION:
                needs_attention(
                    order=order,
                    kind=AttentionKind.STALLED,
                    actor=entry.connector,
                    reason="the registry does not decide",
                    line=entry.line,
                )
            _ask_later(entry, attempt=attempt + 1)
    if isinstance(status, TransactionNotFound) and entry.state == "prepared":
        propose(registry_transaction=entry)


def _apply_status(entry: RegistryTransaction, status: TransactionStatus) -> None:
    if not _matches(entry, status):
        needs_attention(
            order=entry.line.order,
            kind=AttentionKind.OTHER_SERIALS,
            actor=entry.connector,
            reason="the registry reports other serials than were asked",
            line=entry.line,
        )
        return
    state = _STATES[status.state]
    if state == "completed" and entry.blocks.filter(in_doubt=True).exists():
        # Cancelled there and in doubt here: staff compare the two records first; the registry is asked again later.
        needs_attention(
            order=entry.line.order,
            kind=AttentionKind.UNMATCHED,
            actor=entry.connector,
            reason="the registry completed a cancellation of units that are in doubt",
            line=entry.line,
        )
    elif state == "completed" and status.completed_at is not None:
        _complete(entry, transaction_id=status.transaction, completed_at=status.completed_at)
    elif state in FAILED:
        _fail(entry, state=state, responses=_plain(status.responses), transaction_id=status.transaction)
    elif state != entry.state and TRANSACTIONS.allows(entry.state, state):
        _move(entry, state, transaction_id=status.transaction)


def _matches(entry: RegistryTransaction, status: TransactionStatus) -> bool:
    """Whether the registry's record holds exactly the serials that were asked for, under the id it gave before."""
    if entry.transaction_id and entry.transaction_id != status.transaction:
        return False
    return _joined([(part.series, part.start_number, part.end_number) for part in status.ranges]) == _joined(
        [(block.series, block.start, block.end) for block in entry.blocks.all()]
    )


def _joined(ranges: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """Ranges in order, neighbours joined, so that a different cut of the same units compares equal."""
    joined: list[tuple[str, int, int]] = []
    for series, start, end in sorted(ranges):
        if joined and joined[-1][0] == series and joined[-1][2] + 1 == start:
            joined[-1] = (series, joined[-1][1], end)
        else:
            joined.append((series, start, end))
    return joined


def _complete(entry: RegistryTransaction, *, transaction_id: str, completed_at: datetime) -> None:
    _move(entry, "completed", transaction_id=transaction_id, completed_at=completed_at)
    blocks = UnitBlock.objects.select_for_update().filter(registry_transactions=entry, state="assigned")
    mark_cancelled(blocks=blocks, at=completed_at, actor=entry.connector)
    line = entry.line
    open_parts = line.registry_transactions.filter(attempt=entry.attempt).exclude(state="completed")
    if not open_parts.exists():
        move_line(line=line, to="cancelled", actor=entry.connector)


def _fail(entry: RegistryTransaction, *, state: str, responses: list[dict[str, Any]], transaction_id: str = "") -> None:
    _move(entry, state, responses=responses, transaction_id=transaction_id or entry.transaction_id)
    move_line(line=entry.line, to="refused", actor=entry.connector, reason="the registry refused the cancellation")


def _move(entry: RegistryTransaction, to: str, **values: Any) -> None:
    transition(instance=entry, table=TRANSACTIONS, to=to, actor=entry.connector, values=values)


def _note(entry: RegistryTransaction, action: str, outcome: str, detail: dict[str, Any]) -> None:
    RegistryAttempt.objects.create(transaction=entry, action=action, outcome=outcome, detail=detail)


def _ask_later(entry: RegistryTransaction, *, attempt: int) -> None:
    defer_later(
        "creditstore.cancellation.poll",
        in_seconds=POLL_SECONDS[min(attempt, len(POLL_SECONDS) - 1)],
        transaction_id=entry.pk,
        attempt=attempt,
    )


def _plugin_range(part: PrintedRange) -> SerialRange:
    return SerialRange(
        start=part.serial_start,
        end=part.serial_end,
        series=part.series,
        start_number=part.start,
        end_number=part.end,
    )


def _plain(responses: tuple[ResponseCode, ...]) -> list[dict[str, Any]]:
    return [asdict(response) for response in responses]
