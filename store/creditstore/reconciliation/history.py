"""From when on a comparison has to look: what earlier ones did completely need not be done again every day."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Min

from creditstore.reconciliation.found import Comparison
from creditstore.reconciliation.items import watched
from creditstore.reconciliation.models import Outcome, Step

_COMPLETE = (Outcome.MATCHED, Outcome.DIFFERS)


def last_complete(comparison: Comparison) -> Step | None:
    """The last step of this stage with this other side in which everything in reach was compared."""
    return (
        Step.objects.filter(
            stage=comparison.stage, plugin=comparison.plugin, account=comparison.account, outcome__in=_COMPLETE
        )
        .order_by("-asked_at")
        .first()
    )


def watermark(comparison: Comparison, *, overlap: timedelta) -> datetime | None:
    """From when on to compare: a little before the last complete comparison, and before what is still watched.

    None, everything, when there was none.
    """
    last = last_complete(comparison)
    if last is None:
        return None
    reach = watched(stage=comparison.stage, plugin=comparison.plugin, account=comparison.account)
    oldest: datetime | None = reach.aggregate(oldest=Min("happened_at"))["oldest"]
    since = last.asked_at - overlap
    return since if oldest is None else min(since, oldest)
