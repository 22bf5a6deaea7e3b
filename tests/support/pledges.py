"""Pledges for tests: signed and confirmed as a person would, through the services and the mails."""

from __future__ import annotations

import re
from typing import Any

from django.core import mail

from creditstore.accounts.models import User
from creditstore_content.pledge.listing import decide
from creditstore_content.pledge.models import Pledge
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
