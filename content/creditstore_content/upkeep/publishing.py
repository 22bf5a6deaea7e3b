"""Scheduled publishing: pages come and go at the times that editors set.

Wagtail's command ``publish_scheduled`` does the same, but stops at the first page that cannot be published and then
holds back all others for ever.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from wagtail.models import Page, Revision

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Done:
    """How many pages were published and unpublished, and how many could not be."""

    published: int
    unpublished: int
    failed: int


def publish_due(*, now: datetime) -> Done:
    """Publish what is due to go live, and unpublish what is due to end.

    Parameters: ``now``, an aware time. Each page is a transaction of its own: one that fails is logged with its key
    and tried again the next time.
    """
    ended = [_tried(_unpublish, key, now) for key in _expired(now)]
    begun = [_tried(_publish, key, now) for key in _due(now)]
    return Done(published=begun.count(True), unpublished=ended.count(True), failed=(begun + ended).count(None))


def _expired(now: datetime) -> list[int]:
    return list(Page.objects.filter(live=True, expire_at__lt=now).order_by("expire_at").values_list("pk", flat=True))


def _due(now: datetime) -> list[int]:
    due = Revision.page_revisions.filter(approved_go_live_at__lt=now)
    return list(due.order_by("approved_go_live_at").values_list("pk", flat=True))


def _unpublish(key: int, now: datetime) -> bool:
    # Locked and looked at again: an editor may have changed the time meanwhile.
    page = Page.objects.select_for_update(of=("self",)).filter(pk=key, live=True, expire_at__lt=now).first()
    if page is None:
        return False
    page.specific.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
    return True


def _publish(key: int, now: datetime) -> bool:
    revision = Revision.page_revisions.select_for_update().filter(pk=key, approved_go_live_at__lt=now).first()
    if revision is None:
        return False
    revision.publish(log_action="wagtail.publish.scheduled")
    return True


def _tried(act: Callable[[int, datetime], bool], key: int, now: datetime) -> bool | None:
    try:
        with transaction.atomic():
            return act(key, now)
    except Exception:
        # Whatever it is, it is one page's own: the others must not wait for it.
        logger.exception("scheduled publishing failed: %s %s", act.__name__, key)
        return None
