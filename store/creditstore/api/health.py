"""Whether the store can do its work now, in words for the public. Asked often, so answers are kept for some seconds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.conf import settings
from django.core.cache import cache
from django.db.models import Max, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from procrastinate.contrib.django.models import ProcrastinateJob

from creditstore.core import clock
from creditstore_host.installation import get_host
from creditstore_plugins import Severity

Health = Literal["ok", "slow", "down"]

KEPT_SECONDS = 5
#: Work that has been due for longer than this is late, and after the second it stands still.
LATE_SECONDS = 60
STOPPED_SECONDS = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFacts:
    """Work that is due and has not begun. ``oldest_seconds`` is 0 when nothing waits."""

    waiting: int
    oldest_seconds: int

    @property
    def state(self) -> Health:
        """How late the work is."""
        if self.oldest_seconds > STOPPED_SECONDS:
            return "down"
        return "slow" if self.oldest_seconds > LATE_SECONDS else "ok"


def queue_facts(*, now: datetime | None = None) -> QueueFacts:
    """What waits in the queue. One small query, without the cache."""
    now = now or clock.now()
    due = (
        ProcrastinateJob.objects.filter(status="todo")
        .filter(Q(scheduled_at=None) | Q(scheduled_at__lte=now))
        .annotate(due_at=Coalesce("scheduled_at", Max("procrastinateevent__at")))
        .values_list("due_at", flat=True)
    )
    times = [moment for moment in due[:10_000] if moment is not None]
    oldest = max(0, int((now - min(times)).total_seconds())) if times else 0
    return QueueFacts(waiting=len(times), oldest_seconds=oldest)


def registry_state() -> Health:
    """How the registry's connector finds itself; asked at most every few seconds."""
    key = "creditstore.api:registry-state"
    kept: Health | None = cache.get(key)
    if kept is None:
        kept = _ask_registry()
        cache.set(key, kept, KEPT_SECONDS)
    return kept


def _ask_registry() -> Health:
    host = get_host()
    if host.find_connector(settings.CREDITSTORE_REGISTRY_CONNECTOR) is None:
        return "down"
    # This one only: what other plugins take for their checks is no matter of the registry's.
    findings = host.findings_of(settings.CREDITSTORE_REGISTRY_CONNECTOR)
    severities = {finding.severity for finding in findings}
    if Severity.ERROR in severities:
        return "down"
    return "slow" if Severity.WARNING in severities else "ok"


def registry_words(state: Health) -> str:
    """The registry's state in a sentence."""
    return {
        "ok": _("The registry answers."),
        "slow": _("The registry answers with limits; cancellations may take longer."),
        "down": _("The registry does not answer now. Orders are kept and go on as soon as it does."),
    }[state]


def queue_words(state: Health) -> str:
    """The queue's state in a sentence."""
    return {
        "ok": _("Orders go on at once."),
        "slow": _("There is more to do than usual; orders go on with a delay."),
        "down": _("Work stands still. Orders are kept and go on as soon as it moves again."),
    }[state]
