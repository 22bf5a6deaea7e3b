"""A payer's bank or provider disputes a payment: nothing more is cancelled for it until that is over.

Whose money it is in the end is decided elsewhere. The store stops what has not gone yet, tells staff, and goes on when
the provider says that the money stays.
"""

from __future__ import annotations

from django.db import transaction

from creditstore.core.states import transition
from creditstore.orders.attention import AttentionKind
from creditstore.orders.fulfilment import needs_attention, settle_attention
from creditstore.payments.events import write_once
from creditstore.payments.locks import locked_payment
from creditstore.payments.models import PAYMENTS, Payment
from creditstore_plugins import PaymentReport, PaymentReportState

_REASONS = {
    PaymentReportState.DISPUTED: "the payer disputes the payment",
    PaymentReportState.DISPUTE_LOST: "the dispute is lost: the provider gave the money back to the payer",
}


def apply_dispute(*, payment_id: int, report: PaymentReport) -> None:
    """Apply one provider's word about a dispute, once.

    A dispute of money that never came is for staff. A lost one stays open: what follows from it, for units that are
    cancelled above all, only people can decide.
    """
    with transaction.atomic():
        payment = locked_payment(payment_id=payment_id)
        fresh = write_once(
            payment=payment,
            event_id=report.event_id,
            kind=report.state.value,
            amount=report.amount,
            at=report.at,
            detail=report.detail,
        )
        if not fresh:
            return
        if report.state is PaymentReportState.DISPUTE_WON:
            _end(payment)
        else:
            _begin(payment, reason=_REASONS[report.state])


def _begin(payment: Payment, *, reason: str) -> None:
    known = payment.state == "disputed" or PAYMENTS.allows(payment.state, "disputed")
    if known:
        transition(instance=payment, table=PAYMENTS, to="disputed", actor=payment.provider, reason=reason)
    needs_attention(
        order=payment.order,
        kind=AttentionKind.DISPUTE if known else AttentionKind.UNMATCHED,
        actor=payment.provider,
        reason=reason if known else "a payment is disputed of which no money came",
        data={"payment": str(payment.key)},
    )


def _end(payment: Payment) -> None:
    if payment.state != "disputed":
        return
    if payment.captured_minor != payment.amount_minor:
        # What it was before the dispute, too little or too much, waits for staff as it did then.
        reason = "the dispute is over, and another amount was captured than was due"
        needs_attention(order=payment.order, kind=AttentionKind.WRONG_AMOUNT, actor=payment.provider, reason=reason)
        return
    back_to = "partly_refunded" if payment.refunded_minor else "captured"
    transition(instance=payment, table=PAYMENTS, to=back_to, actor=payment.provider, reason="the dispute is over")
    settle_attention(
        order=payment.order,
        actor=payment.provider,
        resolution="the provider says that the money stays",
        kind=AttentionKind.DISPUTE,
    )
