"""The cancellation engine: propose to the registry, ask how it stands, believe only what matches.

One paid line is one or more registry transactions, each with a key of its own. The same key is proposed again only when
the registry itself says that it never saw it. No registry is called inside a transaction. See
docs/explanation/cancellation.md.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction

from creditstore.cancellation.answers import STATES, Next, apply_late, apply_status, fail, is_free, move, tell_staff
from creditstore.cancellation.gate import lets_through
from creditstore.cancellation.models import (
    FAILED,
    TRANSACTIONS,
    RegistryAttempt,
    RegistryTransaction,
    transaction_key,
)
from creditstore.cancellation.reviews import look
from creditstore.core.jobs import defer_later, wait_before
from creditstore.credits.services import PrintedRange, printed_ranges
from creditstore.orders.attention import AttentionKind
from creditstore.orders.fulfilment import move_line
from creditstore.orders.models import Order, OrderLine, Visibility
from creditstore.orders.services import lock_order
from creditstore_host.installation import get_host
from creditstore_plugins import (
    CancellationInstruction,
    Refused,
    SerialRange,
    StatusUnknown,
    SubmissionUnknown,
    Submitted,
    TransactionNotFound,
    TransactionStatus,
)

#: Seconds until a registry is asked again; the last one repeats.
POLL_SECONDS = (1, 1, 2, 2, 3, 5, 10, 30, 60, 300)
#: After so many answers without a decision (about two and a half hours) staff are told; asking goes on.
ATTEMPTS_BEFORE_ATTENTION = 40
#: Seconds until a registry is asked again about something that a person has to clear up.
STAFF_SECONDS = 3600


def registry_is_simulated() -> bool:
    """Whether the store's registry is a simulation: every page, file and answer must say so. Asks nobody outside.

    Without its connector (it is quarantined) nothing can be ordered, and the pages are still there to be read.
    """
    connector = get_host().find_connector(settings.CREDITSTORE_REGISTRY_CONNECTOR)
    return connector.simulated if connector else settings.CREDITSTORE_DEMO


def submit_line(*, line_id: int) -> None:
    """Propose the cancellation of a paid line, unless it has to wait. Idempotent: what was prepared before is proposed,
    nothing twice.
    """
    line = OrderLine.objects.select_related("order").get(pk=line_id)
    if line.state == "paid":
        look(line=line)
    for entry in _prepared(line_id=line_id):
        if not entry.exchanges.exists():
            propose(registry_transaction=entry)
        elif not entry.exchanges.exclude(outcome="started").exists():
            # The process died between the sending and the writing down: the registry knows what became of it.
            poll_transaction(transaction_id=entry.pk)


def _prepared(*, line_id: int) -> list[RegistryTransaction]:
    """Write down what will be asked before anything is asked."""
    with transaction.atomic():
        line = locked_line(line_id=line_id)
        if line.state == "paid" and lets_through(line=line):
            prepare(line=line, attempt=1)
            move_line(line=line, to="cancelling", actor="system")
        return list(line.registry_transactions.filter(state="prepared").select_related("line__order__seller"))


def prepare(*, line: OrderLine, attempt: int) -> int:
    """One transaction for as many blocks as the registry takes at once. Returns how many units will be asked for.

    Units in doubt are left out: nobody may touch them.
    """
    connector = get_host().connector_info(settings.CREDITSTORE_REGISTRY_CONNECTOR)
    blocks = list(line.reservation.blocks.filter(is_leaf=True, state="assigned", in_doubt=False).order_by("start"))
    for part, offset in enumerate(range(0, len(blocks), connector.max_blocks), start=1):
        entry = RegistryTransaction.objects.create(
            key=transaction_key(line=line, attempt=attempt, part=part),
            line=line,
            attempt=attempt,
            part=part,
            connector=connector.id,
            registry=connector.title,
            account=line.order.seller.registry_account,
            simulated=connector.simulated,
        )
        entry.blocks.add(*blocks[offset : offset + connector.max_blocks])
    return sum(block.end - block.start + 1 for block in blocks)


def locked_line(*, line_id: int) -> OrderLine:
    """The line with its order, which is locked until the transaction ends."""
    order_id = OrderLine.objects.values_list("order_id", flat=True).get(pk=line_id)
    order = lock_order(order_id=order_id)
    line = OrderLine.objects.select_related("reservation").get(pk=line_id)
    line.order = order
    return line


def propose(*, registry_transaction: RegistryTransaction) -> None:
    """Send one prepared transaction to its registry and write down the answer."""
    entry = registry_transaction
    with transaction.atomic():
        order = lock_transaction(entry)
        if entry.state != "prepared":
            return
        note_exchange(entry, "submit", "started", {})
    instruction = CancellationInstruction(
        key=str(entry.key),
        account=entry.account,
        ranges=tuple(_plugin_range(part) for part in printed_ranges(entry.blocks.all())),
        beneficiary=told_beneficiary(order),
        reason=order.reason if order.visibility == Visibility.FULL else "",
    )
    outcome = get_host().submit_cancellation(entry.connector, instruction)
    with transaction.atomic():
        lock_transaction(entry)
        match outcome:
            case Submitted():
                note_exchange(entry, "submit", "submitted", {"transaction": outcome.transaction})
                # An id that another one has says nothing: the registry's record will tell what it is.
                if entry.state == "prepared" and is_free(entry, outcome.transaction):
                    move(entry, "proposed", transaction_id=outcome.transaction)
            case Refused():
                note_exchange(entry, "submit", "refused", {"codes": [response.code for response in outcome.responses]})
                # A refusal of what was taken before contradicts itself: the registry is asked which of the two is true.
                if entry.state == "prepared":
                    fail(entry, state="rejected", responses=outcome.responses)
            case SubmissionUnknown():
                note_exchange(entry, "submit", "unknown", {"reason": outcome.reason})
        if entry.state not in TRANSACTIONS.final:
            ask_later(entry, attempt=0)


def told_beneficiary(order: Order) -> str:
    """The name that the registry is told: none where the buyer published none."""
    return order.beneficiary_name if order.visibility == Visibility.FULL else ""


def poll_transaction(*, transaction_id: int, attempt: int = 0, question: int | None = None, once: bool = False) -> None:
    """Ask the registry how a transaction stands, apply the answer, and ask again while it is open.

    Parameters: ``attempt``, how often it was asked before; ``question``, which of the transaction's questions this is,
    an overtaken one is not asked; ``once``, leave asking again to those who do it anyway.
    """
    entry = RegistryTransaction.objects.select_related("line__order__seller").get(pk=transaction_id)
    if entry.state == "completed" or (entry.state in TRANSACTIONS.final and not once):
        return
    if question is not None and question != entry.question:
        return
    status = get_host().cancellation_status(entry.connector, str(entry.key))
    with transaction.atomic():
        lock_transaction(entry)
        if entry.state in TRANSACTIONS.final:
            if entry.state in FAILED and isinstance(status, TransactionStatus):
                note_exchange(entry, "status", STATES[status.state], {"transaction": status.transaction})
                apply_late(entry, status)
            return
        following = _apply(entry, status)
        if not once:
            _follow(entry, following, attempt=attempt)
    if isinstance(status, TransactionNotFound) and entry.state == "prepared" and not once:
        propose(registry_transaction=entry)


def _follow(entry: RegistryTransaction, following: Next, *, attempt: int) -> None:
    if following is Next.STAFF:
        # What staff clear up is noticed by itself; they can have it asked at once.
        ask_later(entry, attempt=attempt, in_seconds=STAFF_SECONDS)
    elif following is Next.ASK:
        if attempt == ATTEMPTS_BEFORE_ATTENTION:
            tell_staff(entry, kind=AttentionKind.STALLED, reason="the registry does not decide")
        ask_later(entry, attempt=attempt + 1)


def _apply(entry: RegistryTransaction, status: TransactionStatus | TransactionNotFound | StatusUnknown) -> Next:
    match status:
        case TransactionStatus():
            note_exchange(entry, "status", STATES[status.state], {"transaction": status.transaction})
            return apply_status(entry, status)
        case TransactionNotFound():
            note_exchange(entry, "status", "not_found", {})
            if entry.state != "prepared":
                # Accepted before, unknown now: only staff can tell what the registry lost.
                tell_staff(entry, kind=AttentionKind.REGISTRY_LOST, reason="the registry lost a transaction")
        case StatusUnknown():
            note_exchange(entry, "status", "unknown", {"reason": status.reason})
    return Next.ASK


def lock_transaction(entry: RegistryTransaction) -> Order:
    """Lock the order, then read the transaction anew: another worker may have applied an answer meanwhile."""
    order = lock_order(order_id=entry.line.order_id)
    entry.refresh_from_db(fields=["state", "transaction_id", "responses", "completed_at", "question"])
    entry.line.refresh_from_db(fields=["state", "reservation"])
    entry.line.order = order
    return order


def note_exchange(entry: RegistryTransaction, action: str, outcome: str, detail: dict[str, Any]) -> None:
    """Keep one exchange with the registry as evidence."""
    RegistryAttempt.objects.create(transaction=entry, action=action, outcome=outcome, detail=detail)


def ask_later(entry: RegistryTransaction, *, attempt: int, in_seconds: int | None = None) -> None:
    """Have the registry asked again; a question that was to be asked before is overtaken.

    Parameters: ``entry``, read anew after its order was locked.
    """
    entry.question += 1
    RegistryTransaction.objects.filter(pk=entry.pk).update(question=entry.question)
    defer_later(
        "creditstore.cancellation.poll",
        in_seconds=in_seconds or wait_before(attempt, seconds=POLL_SECONDS),
        transaction_id=entry.pk,
        attempt=attempt,
        question=entry.question,
    )


def _plugin_range(part: PrintedRange) -> SerialRange:
    return SerialRange(
        start=part.serial_start,
        end=part.serial_end,
        series=part.series,
        start_number=part.start,
        end_number=part.end,
    )
