"""What a registry's answer is worth: it is held against what was asked, and only what matches is believed.

Every function runs in the caller's transaction, with the order locked.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any

from creditstore.cancellation.doubts import freeze_spans, spans_of, spans_of_blocks
from creditstore.cancellation.models import FAILED, TRANSACTIONS, RegistryTransaction
from creditstore.cancellation.refusals import kept, retry_in, spans_in_doubt
from creditstore.core import clock
from creditstore.core.jobs import defer_later
from creditstore.core.states import transition
from creditstore.credits.models import UnitBlock
from creditstore.credits.services import freeze, mark_cancelled
from creditstore.orders.attention import AttentionKind
from creditstore.orders.fulfilment import move_line, needs_attention, settle_attention
from creditstore_plugins import ResponseCode, TransactionState, TransactionStatus

#: A registry may tell only the day on which it completed something.
EARLIEST_BEFORE_PROPOSAL = timedelta(days=1)
#: Two clocks are never quite the same.
LATEST_AHEAD = timedelta(minutes=10)

STATES = {
    TransactionState.PROPOSED: "proposed",
    TransactionState.CHECKED: "checked",
    TransactionState.CHECKED_DISCREPANCY: "checked_discrepancy",
    TransactionState.COMPLETED: "completed",
    TransactionState.TERMINATED: "terminated",
    TransactionState.REJECTED: "rejected",
    TransactionState.CANCELLED: "cancelled",
}


class Next(Enum):
    """What follows from an answer: the registry has decided, it is asked again soon, or a person must look first."""

    DECIDED = auto()
    ASK = auto()
    STAFF = auto()


def apply_status(entry: RegistryTransaction, status: TransactionStatus) -> Next:
    """Believe what matches. Parameters: ``entry``, open, with its line and the locked order."""
    if contradiction := _contradiction(entry, status):
        _doubt(entry, status, reason=contradiction)
        return Next.STAFF
    state = STATES[status.state]
    if status.completed_at is not None:
        return _complete(entry, transaction_id=status.transaction, completed_at=status.completed_at)
    if state in FAILED:
        fail(entry, state=state, responses=status.responses, transaction_id=status.transaction)
        return Next.DECIDED
    # A state that the transaction has left behind is an old answer that comes late: noted, and nothing follows.
    if state != entry.state and TRANSACTIONS.allows(entry.state, state):
        move(entry, state, transaction_id=status.transaction)
    if entry.line.attention_items.filter(kind=AttentionKind.REGISTRY_LOST, closed_at=None).exists():
        settle_attention(
            order=entry.line.order,
            actor=entry.connector,
            resolution="the registry has the transaction",
            kind=AttentionKind.REGISTRY_LOST,
            line=entry.line,
        )
    return Next.ASK


def _contradiction(entry: RegistryTransaction, status: TransactionStatus) -> str:
    """Why this cannot be the registry's record of what was asked; empty when it can."""
    if entry.transaction_id and entry.transaction_id != status.transaction:
        return "the registry names another transaction than before"
    if not is_free(entry, status.transaction):
        return "the registry names the transaction of another line"
    if spans_of(status.ranges) != spans_of_blocks(entry.blocks.all()):
        return "the registry reports other serials than were asked"
    return ""


def is_free(entry: RegistryTransaction, transaction_id: str) -> bool:
    """Whether no other transaction of ours has this id of the registry."""
    same_id = RegistryTransaction.objects.filter(connector=entry.connector, transaction_id=transaction_id)
    return not same_id.exclude(pk=entry.pk).exists()


def _doubt(entry: RegistryTransaction, status: TransactionStatus, *, reason: str) -> None:
    """Nothing of the answer is believed. Units that it may be about stay as they are until a person has looked."""
    blocks = list(entry.blocks.all())
    freeze(blocks=blocks, actor=entry.connector, reason=reason)
    freeze_spans(scheme=blocks[0].scheme, spans=spans_of(status.ranges), actor=entry.connector, reason=reason)
    data = {
        "transaction": status.transaction,
        "state": STATES[status.state],
        "ranges": [{"start": part.start, "end": part.end} for part in status.ranges],
    }
    tell_staff(entry, kind=AttentionKind.OTHER_SERIALS, reason=reason, data=data)


def _complete(entry: RegistryTransaction, *, transaction_id: str, completed_at: datetime) -> Next:
    earliest, latest = entry.created_at - EARLIEST_BEFORE_PROPOSAL, clock.now() + LATEST_AHEAD
    if not earliest <= completed_at <= latest:
        tell_staff(
            entry,
            kind=AttentionKind.UNMATCHED,
            reason="the registry gives a time of completion that cannot be",
            data={"completed_at": completed_at.isoformat()},
        )
        return Next.STAFF
    blocks = list(UnitBlock.objects.select_for_update().filter(registry_transactions=entry).order_by("pk"))
    if any(block.in_doubt for block in blocks):
        # Cancelled there and in doubt here: staff compare the two records first.
        tell_staff(
            entry,
            kind=AttentionKind.UNMATCHED,
            reason="the registry completed a cancellation of units that are in doubt",
        )
        return Next.STAFF
    move(entry, "completed", transaction_id=transaction_id, completed_at=completed_at)
    mark_cancelled(blocks=blocks, at=completed_at, actor=entry.connector)
    settle_line(entry)
    return Next.DECIDED


def fail(
    entry: RegistryTransaction, *, state: str, responses: tuple[ResponseCode, ...], transaction_id: str = ""
) -> None:
    """The registry will not cancel these units under this key: set apart what is in doubt, and settle the line."""
    move(entry, state, responses=kept(responses), transaction_id=transaction_id or entry.transaction_id)
    blocks = list(entry.blocks.all())
    spans = spans_in_doubt(blocks=blocks, responses=responses)
    freeze_spans(
        scheme=blocks[0].scheme, spans=spans, actor=entry.connector, reason="the registry refused to cancel these units"
    )
    settle_line(entry)


def settle_line(entry: RegistryTransaction) -> None:
    """Say of the line what its transactions say together, once the registry has decided on all of them."""
    line = entry.line
    if line.registry_transactions.exclude(state__in=TRANSACTIONS.final).exists():
        return
    ours = UnitBlock.objects.filter(reservation_id=line.reservation_id, is_leaf=True)
    left = sum(block.quantity for block in ours.filter(state="assigned"))
    if not left:
        move_line(line=line, to="cancelled", actor=entry.connector)
        return
    failed = list(line.registry_transactions.filter(attempt=entry.attempt, state__in=FAILED))
    seconds = retry_in(attempt=entry.attempt, failed=failed)
    data = {
        "responses": [response for part in failed for response in part.responses],
        "left": left,
        "in_doubt": sum(block.quantity for block in ours.filter(state="assigned", in_doubt=True)),
        "retried_in_seconds": seconds,
    }
    reason = "the registry refused the cancellation" if left == line.quantity else "the registry refused a part"
    tell_staff(entry, kind=AttentionKind.REFUSED, reason=reason, data=data)
    move_line(line=line, to="refused", actor=entry.connector, reason=reason)
    if seconds is not None:
        defer_later(
            "creditstore.cancellation.retry_refused", in_seconds=seconds, line_id=line.pk, attempt=entry.attempt
        )


def apply_late(entry: RegistryTransaction, status: TransactionStatus) -> None:
    """The registry speaks of a transaction that it had refused. Nothing is moved; a completion is for staff.

    By now the units may have been tried again, given back or sold to somebody else.
    """
    if status.completed_at is None:
        return
    reason = "the registry completed what it had refused"
    scheme = entry.blocks.all()[0].scheme
    freeze_spans(scheme=scheme, spans=spans_of(status.ranges), actor=entry.connector, reason=reason)
    data = {"transaction": status.transaction, "completed_at": status.completed_at.isoformat()}
    tell_staff(entry, kind=AttentionKind.UNMATCHED, reason=reason, data=data)


def move(entry: RegistryTransaction, to: str, **values: Any) -> None:
    """Move the transaction and set columns with it."""
    transition(instance=entry, table=TRANSACTIONS, to=to, actor=entry.connector, values=values)


def tell_staff(
    entry: RegistryTransaction, *, kind: AttentionKind, reason: str, data: Mapping[str, Any] | None = None
) -> None:
    """Ask for a person about the transaction's line."""
    needs_attention(
        order=entry.line.order,
        kind=kind,
        actor=entry.connector,
        reason=reason,
        line=entry.line,
        data={"key": str(entry.key), "attempt": entry.attempt, "part": entry.part, **(data or {})},
    )
