"""Jobs of webhooks."""

from __future__ import annotations

from procrastinate.contrib.django import app

from creditstore.core.jobs import RETRY
from creditstore.webhooks import services


@app.task(name="creditstore.webhooks.process", retry=RETRY)
def process(delivery_id: int, attempt: int) -> None:
    """Look at one delivery."""
    services.process(delivery_id=delivery_id, attempt=attempt)


@app.periodic(cron="41 3 * * *")
@app.task(name="creditstore.webhooks.forget", queueing_lock="creditstore.webhooks.forget")
def forget(timestamp: int) -> None:
    """Every night: delete what is done with and old."""
    services.forget()
