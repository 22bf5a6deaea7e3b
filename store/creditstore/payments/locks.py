"""Locks of payments: the order first, as everywhere."""

from __future__ import annotations

from creditstore.orders.services import lock_order
from creditstore.payments.models import Payment, Refund


def locked_payment(*, payment_id: int) -> Payment:
    """The payment with its order, both locked until the transaction ends."""
    order_id = Payment.objects.values_list("order_id", flat=True).get(pk=payment_id)
    order = lock_order(order_id=order_id)
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    payment.order = order
    return payment


def locked_refund(*, refund_id: int) -> Refund:
    """The refund with its payment and order, all locked until the transaction ends."""
    payment = locked_payment(payment_id=Refund.objects.values_list("payment_id", flat=True).get(pk=refund_id))
    refund = Refund.objects.select_for_update().get(pk=refund_id)
    refund.payment = payment
    return refund
