"""Jobs: deferred inside the transaction that asks for them, so both commit or neither does.

Packages may only call downwards, but a job may be named from anywhere: ``defer`` takes the task's name.
Consumers are idempotent: a job may run twice.

A lock keeps the order of jobs, and a job that waits for its time holds back those behind it. Hence three kinds: what
moves an order forward has the order's lock and never waits; mail has a lock of its own, so a mail server that is down
holds back mail only; asking again later has no lock (the rows that it changes are locked in the database).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.db import transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

#: Work that must be done: tries at growing distances.
RETRY: Final = RetryStrategy(max_attempts=20, exponential_wait=2)
#: A mail server may be down for a day.
MAIL_RETRY: Final = RetryStrategy(max_attempts=12, exponential_wait=3)


def order_lock(number: str) -> str:
    """The lock under which jobs of one order run one after the other."""
    return f"order:{number}"


def mail_lock(number: str) -> str:
    """The lock under which mail about one order is sent in its order."""
    return f"mail:{number}"


def defer(task: str, *, lock: str | None = None, **arguments: Any) -> None:
    """Ask for a job now. Parameters: ``task``, its full name; ``lock``, jobs with the same lock never run together."""
    app.configure_task(name=task, lock=lock).defer(**arguments)


def defer_later(task: str, *, in_seconds: int, **arguments: Any) -> None:
    """Ask for a job after so many seconds. It has no lock: see above."""
    app.configure_task(name=task, schedule_in={"seconds": in_seconds}).defer(**arguments)


def wait_before(attempt: int, *, seconds: Sequence[int]) -> int:
    """Seconds until something is asked again that was asked so often before; the last of ``seconds`` repeats."""
    return seconds[min(attempt, len(seconds) - 1)]


def defer_once(task: str, *, waiting: str, **arguments: Any) -> bool:
    """Ask for a job unless one of the same name waits already; False when it does.

    Parameters: ``waiting``, what tells such jobs apart. A job that is running does not count as waiting. Its task must
    not retry: a failed job could not be put back while the next one waits.
    """
    try:
        # A savepoint, so that the database's refusal does not spoil the caller's transaction.
        with transaction.atomic():
            app.configure_task(name=task, queueing_lock=f"{task}:{waiting}").defer(**arguments)
    except AlreadyEnqueued:
        return False
    return True
