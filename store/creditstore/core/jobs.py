"""Jobs: deferred inside the transaction that asks for them, so both commit or neither does.

Packages may only call downwards, but a job may be named from anywhere: ``defer`` takes the task's name.
Consumers are idempotent: a job may run twice.
"""

from __future__ import annotations

from typing import Any

from procrastinate.contrib.django import app


def order_lock(number: str) -> str:
    """The lock under which jobs of one order run one after the other."""
    return f"order:{number}"


def defer(task: str, *, lock: str | None = None, in_seconds: int = 0, **arguments: Any) -> None:
    """Ask for a job. Parameters: ``task``, its full name; ``lock``, jobs with the same lock never run together."""
    options: dict[str, Any] = {"name": task}
    if lock:
        options["lock"] = lock
    if in_seconds:
        options["schedule_in"] = {"seconds": in_seconds}
    app.configure_task(**options).defer(**arguments)
