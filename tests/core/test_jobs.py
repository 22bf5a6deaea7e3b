"""Jobs: part of the transaction that asks for them, one after the other per order, put back when a worker died."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import psycopg
import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from creditstore.core.jobs import defer, defer_later, order_lock
from creditstore_plugins import Unknown
from support.database import ROOT, SETTINGS
from support.jobs import pending_jobs
from support.journeys import pay
from support.ledger import make_offer, make_order
from support.plugin_host import scripted_host


@pytest.mark.django_db
def test_a_job_dies_with_its_transaction() -> None:
    before = pending_jobs()

    def interrupted() -> None:
        with transaction.atomic():
            defer("creditstore.orders.mail_placed", order_id=1)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        interrupted()
    assert pending_jobs() == before


@pytest.mark.django_db
def test_two_jobs_of_one_order_never_run_together() -> None:
    for _number in range(2):
        defer("creditstore.orders.mail_placed", lock=order_lock("X-1"), order_id=1)
    defer("creditstore.orders.mail_placed", lock=order_lock("X-2"), order_id=2)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")
        (worker,) = cursor.fetchone()
        fetched = []
        for _number in range(3):
            cursor.execute("SELECT lock FROM procrastinate_fetch_job_v2(NULL, %s)", [worker])
            fetched.append(cursor.fetchone()[0])
    assert fetched == [order_lock("X-1"), order_lock("X-2"), None]


@pytest.mark.django_db(transaction=True)
def test_a_job_whose_worker_was_killed_is_put_back_and_done(fresh_database: str) -> None:
    """A real worker takes the job of a dead one and finishes it."""
    with psycopg.connect(fresh_database, autocommit=True) as database:
        database.execute("DELETE FROM procrastinate_jobs")
        # Of this one the next already waits, and two cannot: it is dropped, and those after it are still put back.
        defer("creditstore.core.forget_old_jobs", timestamp=0)
        defer("creditstore.orders.expire", timestamp=0)
        (dead,) = database.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') RETURNING id"
        ).fetchone() or (0,)
        database.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", [dead])
        assert set(ProcrastinateJob.objects.values_list("status", flat=True)) == {"doing"}
        defer_later("creditstore.core.forget_old_jobs", in_seconds=3600, timestamp=1)
        defer("creditstore.core.rescue_stalled", timestamp=0)
        environment = {**os.environ, "DATABASE_URL": fresh_database, "DJANGO_SETTINGS_MODULE": SETTINGS}
        for _round in range(2):
            subprocess.run(
                [sys.executable, "manage.py", "procrastinate", "worker", "--one-shot"],
                cwd=ROOT,
                env=environment,
                check=True,
                capture_output=True,
                timeout=60,
            )
            # What is put back is due a moment later.
            time.sleep(1)
        rows = database.execute("SELECT task_name, status FROM procrastinate_jobs WHERE status <> 'todo'").fetchall()
    assert ("creditstore.orders.expire", "succeeded") in rows
    assert [row for row in rows if row[0] == "creditstore.core.forget_old_jobs"] == []


def test_every_deferred_name_is_a_task() -> None:
    """Jobs are named across packages, so nothing else would notice a wrong name."""
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "store").glob("**/*.py")]
    named = {name for text in sources for name in _names_after(text, "defer(")}
    assert named
    assert named <= set(app.tasks)


def _names_after(text: str, call: str) -> list[str]:
    """The task names in calls of ``defer``; querysets have a ``defer`` too, with names of columns."""
    names = [part.lstrip().split('"')[1] for part in text.split(call)[1:] if part.lstrip().startswith('"')]
    return [name for name in names if name.startswith("creditstore.")]


@pytest.mark.django_db
def test_what_waits_never_holds_back_an_order() -> None:
    """A job that waits for its time blocks those behind it under the same lock: so waiting ones have none."""
    with scripted_host() as (_registry, provider):
        provider.outcomes.append(lambda request: Unknown(reason="lost"))
        order = make_order((make_offer(), 1)).order
        pay(order)
    waiting = ProcrastinateJob.objects.filter(status="todo", scheduled_at__isnull=False)
    assert {job.task_name for job in waiting} >= {"creditstore.payments.refresh", "creditstore.payments.look_after"}
    assert not waiting.exclude(lock=None).exists()
    mail = ProcrastinateJob.objects.get(task_name="creditstore.orders.mail_placed", args__order_id=order.pk)
    assert mail.lock != order_lock(order.number)
