"""Jobs of cancellations."""

from __future__ import annotations

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from creditstore.cancellation import services

_RETRY = RetryStrategy(max_attempts=20, exponential_wait=2)


@app.task(name="creditstore.cancellation.submit_line", retry=_RETRY)
def submit_line(line_id: int) -> None:
    """Propose the cancellation of a paid line."""
    services.submit_line(line_id=line_id)


@app.task(name="creditstore.cancellation.poll", retry=_RETRY)
def poll(transaction_id: int, attempt: int) -> None:
    """Ask the registry how a transaction stands."""
    services.poll_transaction(transaction_id=transaction_id, attempt=attempt)
