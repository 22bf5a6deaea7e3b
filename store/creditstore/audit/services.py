"""Auditing the ledger: every invariant recomputed from rows, in one view of the database that nothing changes."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from time import perf_counter

from django.db import connection, transaction

from creditstore.audit.checks import CHECKS, Check
from creditstore.audit.digests import check_digests
from creditstore.audit.models import AuditRun
from creditstore.core import clock

logger = logging.getLogger(__name__)

#: So many breaches of each check are named; all are counted.
SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """One row that breaks an invariant. ``detail`` holds no personal data."""

    id: int
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """What one check found. ``rows``: how many it looked at; ``breaches``: how many are wrong; ``shown``: the first."""

    invariant: int
    name: str
    subject: str
    rows: int
    breaches: int
    milliseconds: int
    shown: tuple[Breach, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditResult:
    """One audit of the whole ledger."""

    started_at: datetime
    milliseconds: int
    results: tuple[CheckResult, ...]

    @property
    def rows(self) -> int:
        """Rows looked at; the same row counts for each check that looks at it."""
        return sum(result.rows for result in self.results)

    @property
    def breaches(self) -> int:
        """How much is wrong, over all checks."""
        return sum(result.breaches for result in self.results)


def run_audit() -> AuditResult:
    """Check everything. All statements see the same moment; nothing is written, and nobody waits for a lock.

    Inside a caller's transaction (a test's) the audit sees what that transaction sees.
    """
    started_at, begun = clock.now(), perf_counter()
    with _one_view():
        results = [_run(check) for check in CHECKS]
        results.append(_digests())
    milliseconds = round((perf_counter() - begun) * 1000)
    return AuditResult(started_at=started_at, milliseconds=milliseconds, results=tuple(results))


@contextmanager
def _one_view() -> Iterator[None]:
    inside = connection.in_atomic_block
    with transaction.atomic():
        if not inside:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def _run(check: Check) -> CheckResult:
    begun = perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {check.rows}")
        (rows,) = cursor.fetchone()
        cursor.execute(
            f"WITH found AS MATERIALIZED ({check.breaches}) "
            f"SELECT (SELECT count(*) FROM found), id, detail FROM found ORDER BY id LIMIT {SHOWN}"
        )
        found = cursor.fetchall()
    return CheckResult(
        invariant=check.invariant,
        name=check.name,
        subject=check.subject,
        rows=rows,
        breaches=found[0][0] if found else 0,
        milliseconds=round((perf_counter() - begun) * 1000),
        shown=tuple(Breach(id=pk, detail=str(detail)) for _count, pk, detail in found),
    )


def _digests() -> CheckResult:
    """The check that the database cannot make: canonical JSON and SHA-256."""
    begun = perf_counter()
    rows, wrong = check_digests()
    return CheckResult(
        invariant=13,
        name="digests-are-of-the-facts",
        subject="certificate",
        rows=rows,
        breaches=len(wrong),
        milliseconds=round((perf_counter() - begun) * 1000),
        shown=tuple(Breach(id=pk, detail=detail) for pk, detail in wrong[:SHOWN]),
    )


def record_audit() -> AuditRun:
    """Check everything and keep the result; what is wrong goes to the log as errors."""
    audit = run_audit()
    for result in audit.results:
        for breach in result.shown:
            logger.error(
                "ledger audit: %s (invariant %s): %s %s: %s",
                result.name,
                result.invariant,
                result.subject,
                breach.id,
                breach.detail,
            )
    return AuditRun.objects.create(
        started_at=audit.started_at,
        milliseconds=audit.milliseconds,
        rows=audit.rows,
        breaches=audit.breaches,
        results=[asdict(result) for result in audit.results],
    )


def latest() -> AuditRun | None:
    """The newest audit that was kept."""
    return AuditRun.objects.first()
