"""Publishing, unpublishing, moving, deleting and scheduling a page of any kind is told to every process."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.utils import timezone
from wagtail.models import Page

from creditstore_content.pages.models import ContentIndexPage, HomePage
from creditstore_site.page_cache.triggers import CHANNEL


@pytest.mark.parametrize("how", ["published", "unpublished", "scheduled", "expired", "moved", "deleted"])
def test_a_change_of_a_page_of_any_kind_is_told(fresh_database: str, how: str) -> None:
    kinds: dict[Any, Any] = {}
    for page in Page.objects.live().filter(depth__gt=2).order_by("-path").specific():
        kinds.setdefault(type(page), page)
    assert len(kinds) >= 4
    for kind, page in kinds.items():
        with psycopg.connect(fresh_database, autocommit=True) as other:
            other.execute(f"LISTEN {CHANNEL}")
            if not _change(page, how):
                continue
            assert list(other.notifies(timeout=2.0, stop_after=1)), (kind, how)


def _change(page: Page, how: str) -> bool:
    """Do it as the admin or the clock does; False where a page of this kind cannot."""
    if how == "published":
        page.title = f"{page.title} anew"
        page.save_revision().publish()
    elif how == "unpublished":
        page.unpublish()
    elif how == "deleted":
        page.delete()
    elif how == "moved":
        if isinstance(page, ContentIndexPage) or not page.get_parent().is_site_root():
            return False
        place = ContentIndexPage.objects.first() or HomePage.objects.first().add_child(
            instance=ContentIndexPage(title="Place", slug="place")
        )
        page.move(place, pos="last-child")
    elif how == "scheduled":
        page.title = f"{page.title} in time"
        page.go_live_at = timezone.now() + timedelta(hours=1)
        page.save_revision().publish()
        revision = page.revisions.get(approved_go_live_at__isnull=False)
        # An hour later.
        revision.approved_go_live_at = timezone.now() - timedelta(minutes=1)
        revision.content["go_live_at"] = revision.approved_go_live_at.isoformat()
        revision.save()
        call_command("publish_scheduled", verbosity=0)
    else:
        Page.objects.filter(pk=page.pk).update(expire_at=timezone.now() - timedelta(minutes=1))
        call_command("publish_scheduled", verbosity=0)
    return True
