"""Jobs of payments."""

from __future__ import annotations

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from creditstore.core.jobs import defer, order_lock
from creditstore.payments.models import Payment
from creditstore.payments.services import POLL_SECONDS, refresh_payment


@app.task(name="creditstore.payments.refresh", retry=RetryStrategy(max_attempts=20, exponential_wait=2))
def refresh(payment_id: int, attempt: int) -> None:
    """Ask the provider; while the payment is undecided, ask again later, at growing distances."""
    payment = Payment.objects.select_related("order").get(pk=payment_id)
    if refresh_payment(payment=payment):
        return
    defer(
        "creditstore.payments.refresh",
        lock=order_lock(payment.order.number),
        in_seconds=POLL_SECONDS[min(attempt + 1, len(POLL_SECONDS) - 1)],
        payment_id=payment_id,
        attempt=attempt + 1,
    )
