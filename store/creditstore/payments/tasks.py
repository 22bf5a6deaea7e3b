"""Jobs of payments."""

from __future__ import annotations

from procrastinate.contrib.django import app

from creditstore.core.jobs import MAIL_RETRY, RETRY
from creditstore.core.mail import send_mail
from creditstore.orders.links import order_link
from creditstore.payments.models import Payment, Refund
from creditstore.payments.refunds import send_refund
from creditstore.payments.services import ask_later, refresh_payment
from creditstore_plugins import Money


@app.task(name="creditstore.payments.refresh", retry=RETRY)
def refresh(payment_id: int, attempt: int) -> None:
    """Ask the provider; while the payment is undecided, ask again later, at growing distances."""
    if not refresh_payment(payment=Payment.objects.get(pk=payment_id)):
        ask_later(payment_id=payment_id, attempt=attempt + 1)


@app.task(name="creditstore.payments.look_after", retry=RETRY)
def look_after(payment_id: int) -> None:
    """An attempt that was cut off before its outcome was written down: find out what became of it."""
    payment = Payment.objects.get(pk=payment_id)
    if payment.state == "created":
        refresh(payment_id=payment_id, attempt=0)


@app.task(name="creditstore.payments.send_refund", retry=RETRY)
def send(refund_id: int) -> None:
    """Let the provider send money back."""
    send_refund(refund_id=refund_id)


@app.task(name="creditstore.payments.ask_refund", retry=RETRY)
def ask_refund(refund_id: int, attempt: int) -> None:
    """Ask again how a refund stands, at growing distances."""
    send_refund(refund_id=refund_id, attempt=attempt)


@app.task(name="creditstore.payments.mail_refunded", retry=MAIL_RETRY)
def mail_refunded(refund_id: int) -> None:
    """Tell the buyer that money was sent back."""
    refund = Refund.objects.select_related("payment__order__seller", "line__offer__issuance__project").get(pk=refund_id)
    order = refund.payment.order
    context = {
        "order": order,
        "refund": refund,
        "amount": Money(minor=refund.amount_minor, currency=refund.payment.currency),
        "test_mode": refund.payment.test_mode,
        "link": order_link(order),
    }
    send_mail(template="refund_sent", to=order.buyer_email, language=order.language, context=context)


@app.task(name="creditstore.payments.mail_late_money", retry=MAIL_RETRY)
def mail_late_money(payment_id: int, withdrawn: bool) -> None:
    """Tell the buyer that money came when the order had ended, and that it goes back."""
    payment = Payment.objects.select_related("order__seller").get(pk=payment_id)
    order = payment.order
    context = {
        "order": order,
        "amount": Money(minor=payment.captured_minor, currency=payment.currency),
        "withdrawn": withdrawn,
        "test_mode": payment.test_mode,
        "link": order_link(order),
    }
    send_mail(template="late_money", to=order.buyer_email, language=order.language, context=context)
