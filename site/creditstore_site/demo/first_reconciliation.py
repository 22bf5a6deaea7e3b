"""A new demo does not wait for the night to be reconciled for the first time."""

from __future__ import annotations

from procrastinate.contrib.django.models import ProcrastinateJob

from creditstore.core.jobs import defer_later
from creditstore.reconciliation.models import Run

_TASK = "creditstore.reconciliation.daily"
#: By then the simulated registry has taken in what it holds.
_SECONDS = 20


def ask_for_first_reconciliation() -> None:
    """Let the worker reconcile once, unless that was done or waits to be."""
    waiting = ProcrastinateJob.objects.filter(task_name=_TASK, status__in=("todo", "doing"))
    if not Run.objects.exists() and not waiting.exists():
        defer_later(_TASK, in_seconds=_SECONDS, timestamp=0)
