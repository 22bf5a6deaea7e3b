"""Jobs of cancellations."""

from __future__ import annotations

from procrastinate.contrib.django import app

from creditstore.cancellation import retrying, services
from creditstore.cancellation.gate import release_due
from creditstore.core.jobs import RETRY


@app.task(name="creditstore.cancellation.submit_line", retry=RETRY)
def submit_line(line_id: int) -> None:
    """Propose the cancellation of a paid line."""
    services.submit_line(line_id=line_id)


@app.task(name="creditstore.cancellation.poll", retry=RETRY)
def poll(transaction_id: int, attempt: int, question: int | None = None) -> None:
    """Ask the registry how a transaction stands, and again while it is open."""
    services.poll_transaction(transaction_id=transaction_id, attempt=attempt, question=question)


@app.task(name="creditstore.cancellation.ask")
def ask(transaction_id: int) -> None:
    """Ask the registry once how a transaction stands: something said that it has moved. If it fails, others ask."""
    services.poll_transaction(transaction_id=transaction_id, once=True)


@app.task(name="creditstore.cancellation.retry_refused", retry=RETRY)
def retry_refused(line_id: int, attempt: int) -> None:
    """Ask again for what was refused for a passing reason."""
    retrying.retry_refused(line_id=line_id, attempt=attempt)


@app.periodic(cron="* * * * *")
@app.task(name="creditstore.cancellation.release_due", queueing_lock="creditstore.cancellation.release_due")
def release(timestamp: int) -> None:
    """Every minute: let go what has waited long enough."""
    release_due()
