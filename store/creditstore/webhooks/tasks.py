"""Jobs of webhooks."""

from __future__ import annotations

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from creditstore.webhooks import services


@app.task(name="creditstore.webhooks.process", retry=RetryStrategy(max_attempts=20, exponential_wait=2))
def process(delivery_id: int, attempt: int) -> None:
    """Look at one delivery."""
    services.process(delivery_id=delivery_id, attempt=attempt)


@app.periodic(cron="41 3 * * *")
@app.task(name="creditstore.webhooks.forget", queueing_lock="creditstore.webhooks.forget")
def forget(timestamp: int) -> None:
    """Every night: delete what is done with and old."""
    services.forget()
