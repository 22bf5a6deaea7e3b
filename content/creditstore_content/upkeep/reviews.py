"""When somebody last found a page to be right, and which pages have waited for that too long."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import DateField, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast, Coalesce, Greatest
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page

from creditstore_content.upkeep.models import PageReview


def review_page(*, page: Page, reviewed_on: date, by: Any, note: str = "") -> PageReview:
    """Keep that somebody read the page and found it right; the page itself stays as it is.

    Parameters: ``reviewed_on``, today or earlier; ``by``, the user who says so.
    Errors: ``ValidationError`` on ``reviewed_on`` for a day that is still to come.
    """
    if reviewed_on > timezone.localdate():
        raise ValidationError({"reviewed_on": _("This day is still to come. Choose today or an earlier day.")})
    review, _made = PageReview.objects.update_or_create(
        page=page, defaults={"reviewed_on": reviewed_on, "reviewed_by": by, "note": note}
    )
    return review


def with_last_look(pages: QuerySet[Page]) -> QuerySet[Page]:
    """Pages with ``looked_at``: the day of the last review, or of the last publishing where that is later."""
    published = Cast(Coalesce(F("last_published_at"), F("latest_revision_created_at")), DateField())
    reviewed = PageReview.objects.filter(page=OuterRef("pk")).values("reviewed_on")[:1]
    # Greatest leaves out what is null: a page that nobody reviewed counts from its publishing.
    known: QuerySet[Page] = pages.annotate(reviewed_on=Subquery(reviewed)).annotate(
        looked_at=Greatest(published, F("reviewed_on"))
    )
    return known


def stale_pages(pages: QuerySet[Page], *, months: int, today: date) -> QuerySet[Page]:
    """Those of ``pages`` that are live and that nobody has looked at for so many months, the longest first."""
    before = months_before(today, months)
    return with_last_look(pages).filter(live=True, looked_at__lt=before).order_by("looked_at", "pk")


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier; the month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
