"""What is new, for feed readers (Atom): the editors' pages, and cancellations as far as they are published."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.models import Page, Site

from creditstore.certificates.register import RegisterEntry, RegisterFilters, register_page
from creditstore.core.written import grouped
from creditstore_content.pages.models import CampaignPage, ExplainerPage, ProfilePage, ProjectFeaturePage, StoryPage
from creditstore_site.views.answers import public_for

#: As many as a feed reader that looks once a day may miss nothing of.
MOST: Final = 30
_KINDS: Final = (CampaignPage, ExplainerPage, ProfilePage, ProjectFeaturePage, StoryPage)
#: Characters that XML has no place for, not even written as numbers.
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry. ``key`` stays the same whatever becomes of its address; ``path`` is its address on this site."""

    key: str
    title: str
    path: str
    text: str
    published: datetime
    updated: datetime


@require_safe
@public_for(300)
def news(request: HttpRequest) -> HttpResponse:
    """The editors' newest pages that everybody may read, in the language of the address."""
    return _feed(
        request, title=_("News"), subtitle=_("New campaigns, stories and explanations."), entries=_pages(request)
    )


@require_safe
@public_for(300)
def cancellations(request: HttpRequest) -> HttpResponse:
    """The newest entries of the public register. Names only as published."""
    page = register_page(filters=RegisterFilters(), limit=MOST)
    subtitle = _("Units cancelled through this store, as its public register has them.")
    return _feed(request, title=_("Cancellations"), subtitle=subtitle, entries=map(_cancellation, page.items))


def _pages(request: HttpRequest) -> Iterable[Entry]:
    site = Site.find_for_request(request)
    if site is None:
        return
    home = site.root_page.localized
    newest = (
        Page.objects.live()
        .public()
        .type(*_KINDS)
        .descendant_of(home)
        .filter(locale=home.locale_id, first_published_at__isnull=False)
        .order_by("-first_published_at", "-pk")
        .specific()[:MOST]
    )
    for page in newest:
        if page.url:
            yield Entry(
                key=f"page/{page.pk}",
                title=page.title,
                path=page.url,
                text=page.summary,
                published=page.first_published_at,
                updated=page.last_published_at or page.first_published_at,
            )


def _cancellation(entry: RegisterEntry) -> Entry:
    units = {"quantity": grouped(entry.quantity), "project": entry.project_title}
    title = ngettext(
        "%(quantity)s unit cancelled: %(project)s", "%(quantity)s units cancelled: %(project)s", entry.quantity
    )
    told = [
        _("Simulated: no real unit was cancelled.") if entry.simulated else "",
        _("For %(name)s.") % {"name": entry.beneficiary} if entry.beneficiary else "",
        _("Serial numbers %(first)s to %(last)s.") % {"first": entry.serial_start, "last": entry.serial_end},
    ]
    return Entry(
        key=f"cancellation/{entry.number}",
        title=title % units,
        path=f"{reverse('register:index')}?{urlencode({'serial': entry.serial_start})}",
        text=" ".join(filter(None, told)),
        published=entry.completed_at,
        updated=entry.completed_at,
    )


def _feed(request: HttpRequest, *, title: str, subtitle: str, entries: Iterable[Entry]) -> HttpResponse:
    language = get_language() or settings.LANGUAGE_CODE
    own = f"{settings.SITE_URL}{request.path}"
    feed: Any = Atom1Feed(
        title=_readable(f"{title}: {settings.CREDITSTORE_NAME}"),
        link=f"{settings.SITE_URL}/{language}/",
        description="",
        subtitle=subtitle,
        language=language,
        author_name=_readable(settings.CREDITSTORE_OPERATOR or settings.CREDITSTORE_NAME),
        feed_url=own,
        feed_guid=own,
    )
    for entry in entries:
        feed.add_item(
            title=_readable(entry.title),
            link=f"{settings.SITE_URL}{entry.path}",
            description=_readable(entry.text),
            unique_id=f"tag:{urlsplit(settings.SITE_URL).hostname},2026:{entry.key}",
            pubdate=entry.published,
            updateddate=entry.updated,
        )
    response = HttpResponse(content_type=feed.content_type)
    feed.write(response, "utf-8")
    return response


def _readable(text: str) -> str:
    return _NOT_XML.sub("", text)
