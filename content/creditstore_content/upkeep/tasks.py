"""Jobs that keep pages as editors and readers expect them."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from creditstore_content.upkeep.asking import Asker
from creditstore_content.upkeep.checking import check_due
from creditstore_content.upkeep.publishing import publish_due
from creditstore_content.upkeep.reading import forget_what_is_gone, read_pages, readable_pages, unread_pages
from creditstore_host.http import HostHttpClient

_PUBLISH: Final = "creditstore_content.publish_scheduled"
_READ_NEW: Final = "creditstore_content.read_new_pages"
_READ_ALL: Final = "creditstore_content.read_all_pages"
_ASK: Final = "creditstore_content.ask_other_sites"
#: By this name staff ask for the nightly reading at once; a job of its own, as a periodic one takes a time stamp.
READ_NOW: Final = "creditstore_content.read_pages_now"
#: One reading at a time.
_READING_LOCK: Final = "creditstore_content.reading"
#: What the reading of new pages takes at most in one go.
_MOST_NEW: Final = 200


@app.periodic(cron="* * * * *")
@app.task(name=_PUBLISH, queueing_lock=_PUBLISH, lock=_PUBLISH)
def publish_scheduled(timestamp: int) -> None:
    """Every minute: pages go live and end at the times that editors set."""
    publish_due(now=timezone.now())


@app.periodic(cron="*/5 * * * *")
@app.task(name=_READ_NEW, queueing_lock=_READ_NEW, lock=_READING_LOCK)
def read_new_pages(timestamp: int) -> None:
    """Every five minutes: look at pages that were published since they were last looked at."""
    read_pages(unread_pages().order_by("pk")[:_MOST_NEW])


@app.periodic(cron="23 2 * * *")
@app.task(name=_READ_ALL, queueing_lock=_READ_ALL, lock=_READING_LOCK)
def read_all_pages(timestamp: int) -> None:
    """Every night: look at all pages, as what they link to may have gone, and forget what is no longer linked to."""
    _read_all()


@app.task(name=READ_NOW, lock=_READING_LOCK)
def read_pages_now() -> None:
    """The same when staff ask for it."""
    _read_all()


def _read_all() -> None:
    read_pages(readable_pages().order_by("pk").iterator(chunk_size=100))
    forget_what_is_gone()


@app.periodic(cron="37 * * * *")
@app.task(name=_ASK, queueing_lock=_ASK, lock=_ASK)
def ask_other_sites(timestamp: int) -> None:
    """Every hour: ask a few of the addresses that pages link to whether they still answer."""
    if settings.CREDITSTORE_CHECK_EXTERNAL_LINKS:
        client = HostHttpClient(timeout_seconds=15.0, max_body_bytes=1_000_000, only_public=True)
        check_due(Asker(client), now=timezone.now())
