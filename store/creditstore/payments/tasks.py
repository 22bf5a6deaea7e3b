"""Jobs of payments."""

from __future__ import annotations

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from creditstore.payments.models import Payment
from creditstore.payments.services import ask_later, refresh_payment

_RETRY = RetryStrategy(max_attempts=20, exponential_wait=2)


@app.task(name="creditstore.payments.refresh", retry=_RETRY)
def refresh(payment_id: int, attempt: int) -> None:
    """Ask the provider; while the payment is undecided, ask again later, at growing distances."""
    if not refresh_payment(payment=Payment.objects.get(pk=payment_id)):
        ask_later(payment_id=payment_id, attempt=attempt + 1)


@app.task(name="creditstore.payments.look_after", retry=_RETRY)
def look_after(payment_id: int) -> None:
    """An attempt that was cut off before its outcome was written down: find out what became of it."""
    payment = Payment.objects.get(pk=payment_id)
    if payment.state == "created":
        refresh(payment_id=payment_id, attempt=0)
