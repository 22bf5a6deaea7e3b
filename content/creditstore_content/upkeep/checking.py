"""Which addresses of other sites are due to be asked, and what their answers change."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet
from django.utils import timezone

from creditstore_content.upkeep.asking import Answer, Asker
from creditstore_content.upkeep.models import ExternalAddress

Outcome = ExternalAddress.Outcome

#: So many are asked in one run; a week has enough runs for 8,000.
MOST_AT_ONCE: Final = 50
#: An address is shown as broken from the second failure in a row on: any site has a bad hour.
FAILURES_SHOWN: Final = 2
BROKEN: Final = (Outcome.GONE, Outcome.FAILING, Outcome.UNREACHABLE, Outcome.NOT_PUBLIC)
_GOOD_FOR: Final = timedelta(days=7)
_AFTER_FAILURES: Final = (timedelta(hours=2), timedelta(days=1), timedelta(days=3))


def due_addresses(*, now: datetime, limit: int = MOST_AT_ONCE) -> QuerySet[ExternalAddress]:
    """Those to ask now, the longest due first."""
    return ExternalAddress.objects.filter(due_at__lte=now).order_by("due_at", "pk")[:limit]


def check_due(asker: Asker, *, now: datetime, limit: int = MOST_AT_ONCE) -> int:
    """Ask for the addresses that are due and keep what they answered. Returns how many were asked."""
    addresses = list(due_addresses(now=now, limit=limit))
    for address in addresses:
        note(address, asker.ask(address.address), at=timezone.now())
    return len(addresses)


def note(address: ExternalAddress, answer: Answer, *, at: datetime) -> None:
    """Keep an answer, and say when to ask again: a week later, or sooner after a failure."""
    failed = answer.outcome in BROKEN
    failures = address.failures + 1 if failed else 0
    again = _AFTER_FAILURES[min(failures, len(_AFTER_FAILURES)) - 1] if failed else _GOOD_FOR
    ExternalAddress.objects.filter(pk=address.pk).update(
        outcome=answer.outcome,
        status=answer.status,
        leads_to=answer.leads_to,
        checked_at=at,
        failures=failures,
        due_at=at + again,
    )
