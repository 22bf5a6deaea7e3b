"""Money came in: write the fact down once, compare it with what was due, and let the order go on or tell staff.

Too little waits for the rest or for staff; too much pays the order and the surplus waits for staff; a second payment of
a paid order goes back; money for an order that has expired takes the units again or goes back.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from creditstore.core.jobs import defer, mail_lock
from creditstore.core.states import transition
from creditstore.orders.attention import AttentionKind, close_items, open_item
from creditstore.orders.fulfilment import mark_paid, needs_attention
from creditstore.orders.late import reserve_again
from creditstore.payments.events import write_once
from creditstore.payments.locks import locked_payment
from creditstore.payments.models import PAID, PAYMENTS, Payment, RefundPurpose
from creditstore.payments.refunds import left_minor, request_refund
from creditstore_plugins import Money


def capture(*, payment_id: int, event_id: str, reference: str, amount: Money, at: datetime, detail: str) -> None:
    """Apply one provider's word that money is captured, once.

    Parameters: ``event_id``, unique for this fact at this provider; ``amount``, all that was captured for this attempt
    so far: a smaller total that comes later says nothing new.
    """
    with transaction.atomic():
        payment = locked_payment(payment_id=payment_id)
        if not write_once(payment=payment, event_id=event_id, kind="captured", amount=amount, at=at, detail=detail):
            return
        # In another currency nothing of what is due has come; the event says what did.
        total = amount.minor if amount.currency == payment.currency else 0
        if payment.captured_at is not None and total <= payment.captured_minor:
            return
        _take(payment=payment, total=max(total, 0), reference=reference, at=at)


def _take(*, payment: Payment, total: int, reference: str, at: datetime) -> None:
    due, paid_before = payment.amount_minor, payment.state in PAID
    state = "captured" if total == due else "underpaid" if total < due else "overpaid"
    values = {
        "captured_minor": total,
        "captured_at": at,
        "reference": reference or payment.reference,
        "message": "",
    }
    if PAYMENTS.allows(payment.state, state):
        transition(instance=payment, table=PAYMENTS, to=state, actor=payment.provider, values=values)
    elif payment.state == state:
        Payment.objects.filter(pk=payment.pk).update(captured_minor=total)
        payment.captured_minor = total
    else:
        # Some of it went back or is disputed already: what is more now is for staff to decide.
        Payment.objects.filter(pk=payment.pk).update(captured_minor=total)
        _tell(payment, AttentionKind.UNMATCHED, "more was captured of a payment of which money went back")
        return
    others = payment.order.payments.filter(state__in=PAID).exclude(pk=payment.pk)
    if others.exists():
        _send_back(payment, purpose=RefundPurpose.DUPLICATE, reason="the order was paid twice")
    elif state == "underpaid":
        _tell(payment, AttentionKind.WRONG_AMOUNT, "less was captured than was due")
    else:
        if not paid_before:
            _pay(payment)
        if state == "overpaid":
            # The order goes on; the surplus goes back when staff have agreed.
            _open(payment, AttentionKind.WRONG_AMOUNT, "more was captured than was due")


def _pay(payment: Payment) -> None:
    order, actor = payment.order, payment.provider
    ended = order.state in ("expired", "withdrawn")
    if ended and not reserve_again(order=order, actor=actor):
        state = order.state
        if _send_back(payment, purpose=RefundPurpose.LATE, reason=f"paid when the order was {state}"):
            _open(payment, AttentionKind.LATE_MONEY, f"paid when the order was {state}; all of it goes back")
            defer(
                "creditstore.payments.mail_late_money",
                lock=mail_lock(order.number),
                payment_id=payment.pk,
                withdrawn=state == "withdrawn",
            )
    elif mark_paid(order=order, actor=actor):
        close_items(order=order, actor=actor, resolution="the rest was captured", kind=AttentionKind.WRONG_AMOUNT)
    else:
        _tell(payment, AttentionKind.UNMATCHED, "money was captured for an order that takes none")


def _send_back(payment: Payment, *, purpose: str, reason: str) -> bool:
    """Ask for all that is left to be sent back. False when staff have to: money of another currency, for one."""
    left = left_minor(payment)
    if left < 1:
        _tell(payment, AttentionKind.UNMATCHED, reason)
        return False
    request_refund(payment=payment, amount_minor=left, actor=payment.provider, reason=reason, purpose=purpose)
    return True


def _facts(payment: Payment) -> dict[str, str | int]:
    return {
        "payment": str(payment.key),
        "due_minor": payment.amount_minor,
        "captured_minor": payment.captured_minor,
        "currency": payment.currency,
    }


def _open(payment: Payment, kind: str, reason: str) -> None:
    open_item(order=payment.order, kind=kind, actor=payment.provider, reason=reason, data=_facts(payment))


def _tell(payment: Payment, kind: str, reason: str) -> None:
    needs_attention(order=payment.order, kind=kind, actor=payment.provider, reason=reason, data=_facts(payment))
