"""Runs the jobs that the code under test deferred, in the test's own transaction, as a worker would one by one."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.db.models import Q
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob


def pending_jobs() -> list[str]:
    """Names of the jobs that wait, in order."""
    return list(ProcrastinateJob.objects.filter(status="todo").order_by("id").values_list("task_name", flat=True))


def run_jobs(*, at_most: int = 100, within_seconds: int | None = None) -> list[str]:
    """Run waiting jobs, later ones too, until none is left; the names of those that ran.

    Parameters: ``within_seconds`` leaves those that wait longer where they are. A job that fails raises here, and so
    does one that asks for itself for ever.
    """
    done: list[str] = []
    waiting = ProcrastinateJob.objects.filter(status="todo")
    if within_seconds is not None:
        latest = timezone.now() + timedelta(seconds=within_seconds)
        waiting = waiting.filter(Q(scheduled_at=None) | Q(scheduled_at__lte=latest))
    while True:
        job = waiting.order_by("id").first()
        if job is None:
            return done
        if len(done) >= at_most:
            raise AssertionError(f"more than {at_most} jobs: {done[-5:]}")
        # Taken off the queue first, as a worker does; plain SQL because the model is read-only on purpose.
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [job.id])
        app.tasks[job.task_name].func(**job.args)
        done.append(job.task_name)
