"""Whether this process lives, and whether the store behind it can do its work."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from procrastinate.contrib.django.models import ProcrastinateWorker

from creditstore.core import clock

OK = "ok"


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers: asks nobody."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, its schema is this version's and a worker is alive; else 503 and what is wrong."""
    checks = {"database": _database()}
    if checks["database"] == OK:
        checks |= {"migrations": _migrations(), "worker": _worker()}
    ready = all(state == OK for state in checks.values())
    return JsonResponse({"ready": ready, "checks": checks}, status=200 if ready else 503)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError:
        return "the database does not answer"
    return OK


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    return f"{waiting} migrations wait" if waiting else OK


def _worker() -> str:
    since = clock.now() - timedelta(seconds=settings.CREDITSTORE_STALLED_JOB_SECONDS)
    if ProcrastinateWorker.objects.filter(last_heartbeat__gte=since).exists():
        return OK
    return "no worker gave a sign of life lately: payments, cancellations, certificates and mail wait"
