"""The daily reconciliation."""

from __future__ import annotations

import logging

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from creditstore.core.errors import StoreError
from creditstore.reconciliation.services import reconcile

logger = logging.getLogger(__name__)


@app.periodic(cron="40 4 * * *")
@app.task(
    name="creditstore.reconciliation.daily",
    queueing_lock="creditstore.reconciliation.daily",
    retry=RetryStrategy(max_attempts=5, exponential_wait=6),
)
def daily(timestamp: int) -> None:
    """Every night, after a run that was cut off from where it stopped. A run at work is left alone."""
    try:
        reconcile(actor="schedule")
    except StoreError as error:
        if error.code != "conflict":
            raise
        logger.info("the daily reconciliation is at work already")
