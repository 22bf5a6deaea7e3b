"""Jobs of the site itself."""

from __future__ import annotations

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from creditstore_site.demo import waiting


@app.task(name=waiting.TASK, retry=RetryStrategy(max_attempts=5, wait=5))
def make_waiting_orders(attempt: int) -> None:
    """Make the demo's orders that need somebody, step by step."""
    waiting.make_waiting_orders(attempt=attempt)
