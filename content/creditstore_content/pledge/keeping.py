"""What time does to pledges: signers are reminded of the yearly report, and who does not report is shown as lapsed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import ExtractYear

from creditstore.core import clock
from creditstore.core.jobs import defer
from creditstore.core.states import transition
from creditstore_content.pledge.models import Pledge, YearReport
from creditstore_content.pledge.states import PLEDGES

#: Where to go on another night: nobody's mail server likes all of them at once.
_AT_ONCE = 2000


def lapses_on(*, due: date) -> date:
    """The first day on which a pledge whose report was due on ``due`` is shown as lapsed."""
    return due + _until_lapsed()


def _until_lapsed() -> timedelta:
    return timedelta(days=settings.CREDITSTORE_PLEDGE_GRACE_DAYS + 1)


def remind(*, now: datetime | None = None) -> int:
    """Have signers told that a report will be due, and once more when its day has passed. Returns how many."""
    now = now or clock.shared_now()
    today = now.date()
    ahead = timedelta(days=settings.CREDITSTORE_PLEDGE_REMIND_DAYS)
    # Forgotten when a report moves the day on: whoever is reminded anew was not reminded of this one.
    never = Q(reminded_at=None)
    soon = Q(report_due_on__gte=today, report_due_on__lte=today + ahead) & never
    past = Q(report_due_on__lt=today) & (never | Q(reminded_at__date__lte=F("report_due_on")))
    with transaction.atomic():
        found = list(_awaited().filter(soon | past).select_for_update(skip_locked=True, of=("self",))[:_AT_ONCE])
        Pledge.objects.filter(pk__in=[pledge.pk for pledge in found]).update(reminded_at=now)
        for pledge in found:
            defer("creditstore.pledge.mail_reminder", pledge_id=pledge.pk)
    return len(found)


def lapse_overdue(*, now: datetime | None = None) -> int:
    """Let pledges lapse whose report is overdue, and have their signers told. Returns how many.

    Whose report waits for a moderator does not lapse, nor does whoever was not reminded in time: a worker that stood
    still is not the signer's fault.
    """
    now = now or clock.shared_now()
    last_day = now.date() - _until_lapsed()
    warned = Q(reminded_at__lte=now - timedelta(days=min(settings.CREDITSTORE_PLEDGE_GRACE_DAYS, 7)))
    count = 0
    with transaction.atomic():
        for pledge in (
            _awaited()
            .filter(warned, report_due_on__lte=last_day)
            .select_for_update(skip_locked=True, of=("self",))[:_AT_ONCE]
        ):
            count += transition(
                instance=pledge,
                table=PLEDGES,
                to="lapsed",
                actor="system",
                reason="no report",
                values={"lapsed_at": now},
            )
            defer("creditstore.pledge.mail_lapsed", pledge_id=pledge.pk)
    return count


def _awaited() -> QuerySet[Pledge]:
    """Pledges in force that owe a report and of which none waits that would answer it."""
    waiting = YearReport.objects.filter(
        pledge=OuterRef("pk"), state="submitted", year__gte=ExtractYear(OuterRef("report_due_on")) - 1
    )
    return Pledge.objects.filter(~Exists(waiting), state="active", report_due_on__isnull=False).order_by(
        "report_due_on", "pk"
    )
