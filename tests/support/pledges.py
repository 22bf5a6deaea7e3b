"""Pledges for tests: signed and confirmed as a person would, through the services and the mails."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core import mail

from creditstore.accounts.models import User
from creditstore.core import clock
from creditstore_content.pledge.listing import decide
from creditstore_content.pledge.models import Pledge, YearReport
from creditstore_content.pledge.report_requests import ReportRequest
from creditstore_content.pledge.reporting import decide_report, submit_report
from creditstore_content.pledge.requests import PledgeRequest
from creditstore_content.pledge.services import confirm, sign
from support.jobs import run_jobs

GOOD: dict[str, Any] = {
    "kind": "person",
    "name": "Amina Otieno",
    "country": "KE",
    "email": "amina@example.org",
    "steps": ("measure", "reduce", "contribute"),
    "listing": "named",
    "text_version": 1,
    "language": "en",
}


def request(**changes: Any) -> PledgeRequest:
    """A signature that is in order, but for the changes."""
    return PledgeRequest(**{**GOOD, **changes})


def mailed_token(kind: str = "confirm") -> str:
    """The secret of the newest mail's link: ``confirm``, ``mine``."""
    found = re.findall(rf"/pledge/{kind}/([^/\s]+)/", mail.outbox[-1].body)
    return found[0]  # type: ignore[no-any-return]


def signed(**changes: Any) -> Pledge:
    """Signed and not confirmed; the mail is out."""
    sign(request=request(**changes))
    run_jobs()
    return Pledge.objects.filter(state="signed").latest("pk")


def pledged(**changes: Any) -> Pledge:
    """Signed and confirmed; the mails are out."""
    signed(**changes)
    pledge = confirm(token=mailed_token())
    run_jobs()
    return pledge


def shown(*, moderator: User, **changes: Any) -> Pledge:
    """Signed, confirmed, and shown in the public list."""
    pledge = pledged(**changes)
    decide(listing=pledge.listing, show=True, by=moderator, seen_name=pledge.listing.name)
    run_jobs()
    pledge.refresh_from_db()
    return pledge


def aged(pledge: Pledge, *, days: int) -> Pledge:
    """The same pledge as if it had been confirmed so many days earlier."""
    assert pledge.confirmed_at is not None
    assert pledge.report_due_on is not None
    back = timedelta(days=days)
    Pledge.objects.filter(pk=pledge.pk).update(
        confirmed_at=pledge.confirmed_at - back, report_due_on=pledge.report_due_on - back
    )
    pledge.refresh_from_db()
    return pledge


def report(**changes: Any) -> ReportRequest:
    """A person's report of last year that is in order, but for the changes."""
    year = changes.pop("year", clock.shared_now().year - 1)
    good: dict[str, Any] = {
        "ended_on": date(year, 12, 31),
        "measured_kg": Decimal(8000),
        "boundary": "All of the household",
        "method": "The calculator of this store, factors of 2025",
    }
    return ReportRequest(**{**good, **changes})


def accepted(pledge: Pledge, *, moderator: User, **changes: Any) -> YearReport:
    """A report that a moderator has accepted."""
    sent = submit_report(pledge=pledge, request=report(**changes))
    decide_report(report=sent, publish=True, by=moderator, seen_revision=sent.revision)
    run_jobs()
    sent.refresh_from_db()
    return sent
