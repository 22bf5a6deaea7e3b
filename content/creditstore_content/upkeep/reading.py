"""Reads published pages as a reader gets them, and keeps what a reader would stumble over."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Final
from urllib.parse import urldefrag, urljoin, urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone, translation
from wagtail.models import Page

from creditstore_content.upkeep.addresses import own_hosts, place_at, reader_request
from creditstore_content.upkeep.lost_targets import lost_targets
from creditstore_content.upkeep.markup import Link, Markup, Picture, read_markup
from creditstore_content.upkeep.models import LONGEST_ADDRESS, ExternalAddress, Finding, PageReading

logger = logging.getLogger(__name__)

_FILE_NAME: Final = re.compile(r".*\.(jpe?g|png|gif|webp|avif|svg|tiff?)", re.IGNORECASE)
#: How many pages' places are remembered while others that link to them are read.
_REMEMBERED: Final = 500


def readable_pages() -> QuerySet[Page]:
    """Published pages that everybody may read."""
    pages: QuerySet[Page] = Page.objects.live().public().filter(depth__gt=1)
    return pages


def unread_pages() -> QuerySet[Page]:
    """Those that were never read, or were published again since."""
    read = PageReading.objects.values("page")
    stale = PageReading.objects.filter(page__last_published_at__gt=F("read_at")).values("page")
    return readable_pages().filter(~Q(pk__in=read) | Q(pk__in=stale))


def read_pages(pages: Iterable[Page]) -> int:
    """Read these pages and keep what was found, in place of what was found before. Returns how many were read."""
    reader = _Reader()
    count = 0
    for page in pages:
        reader.read(page)
        count += 1
    return count


def forget_what_is_gone() -> None:
    """Forget pages that are no longer public, and addresses that no page links to."""
    public = readable_pages().values("pk")
    Finding.objects.exclude(page__in=public).delete()
    PageReading.objects.exclude(page__in=public).delete()
    ExternalAddress.objects.filter(findings=None).delete()


class _Reader:
    """One run: what it learns of a page stays true for its other links."""

    def __init__(self) -> None:
        self._hosts = own_hosts()
        self._place = lru_cache(maxsize=_REMEMBERED)(place_at)
        self._markup = lru_cache(maxsize=_REMEMBERED)(self._markup_of)

    def read(self, page: Page) -> None:
        """Read one page. One that cannot be shown is a finding, and no reason to leave the others."""
        now = timezone.now()
        try:
            with translation.override(page.locale.language_code):
                found = list(self._findings(page, self._markup(page.pk)))
        except Exception as error:
            logger.exception("page %s cannot be read for findings", page.pk)
            found = [Finding(page=page, kind=Finding.Kind.NOT_READABLE, text=type(error).__name__)]
        _keep(page, found, now)

    def _markup_of(self, key: int) -> Markup:
        page = Page.objects.get(pk=key).specific
        request = reader_request(page.url or "/")
        response = page.serve(request)
        if hasattr(response, "render"):
            response.render()
        return read_markup(response.content.decode(response.charset))

    def _findings(self, page: Page, markup: Markup) -> Iterable[Finding]:
        base = f"{settings.SITE_URL}{page.url or '/'}"
        for link in dict.fromkeys(markup.links):
            finding = self._of_link(page, base, link)
            if finding is not None:
                yield finding
        told = {link.text for link in markup.links if not link.address}
        lost = [text for text in lost_targets(page.specific) if text not in told]
        yield from (Finding(page=page, kind=Finding.Kind.NO_TARGET, text=text[:200]) for text in dict.fromkeys(lost))
        yield from (_of_picture(page, picture) for picture in dict.fromkeys(markup.pictures) if _lacks_alt(picture))

    def _of_link(self, page: Page, base: str, link: Link) -> Finding | None:
        text = link.text[:200]
        if not link.address:
            return Finding(page=page, kind=Finding.Kind.NO_TARGET, text=text)
        whole, anchor = urldefrag(urljoin(base, link.address.strip()))
        parts = urlsplit(whole)
        if parts.scheme not in ("http", "https"):
            return None
        if parts.netloc not in self._hosts:
            kept = len(whole) <= LONGEST_ADDRESS
            return Finding(page=page, kind=Finding.Kind.EXTERNAL, address=whole, text=text) if kept else None
        kind = self._fault(parts.path or "/", anchor)
        return Finding(page=page, kind=kind, address=link.address, text=text) if kind else None

    def _fault(self, path: str, anchor: str) -> Finding.Kind | None:
        place = self._place(path)
        if not place.exists:
            return Finding.Kind.UNKNOWN_ADDRESS
        if anchor and place.page is not None and anchor not in self._markup(place.page.pk).ids:
            return Finding.Kind.NO_ANCHOR
        return None


def _lacks_alt(picture: Picture) -> bool:
    """No text, or one that is just the file's name. What the store itself draws is decoration."""
    if picture.address.startswith((settings.STATIC_URL, "data:")):
        return False
    return not picture.alt or bool(_FILE_NAME.fullmatch(picture.alt.strip()))


def _of_picture(page: Page, picture: Picture) -> Finding:
    return Finding(page=page, kind=Finding.Kind.NO_ALT, address=picture.address, text=(picture.alt or "")[:200])


def _keep(page: Page, found: list[Finding], now: datetime) -> None:
    with transaction.atomic():
        for finding in found:
            if finding.kind == Finding.Kind.EXTERNAL:
                finding.external, _made = ExternalAddress.objects.get_or_create(
                    address=finding.address, defaults={"due_at": now}
                )
        Finding.objects.filter(page=page).delete()
        Finding.objects.bulk_create(found)
        PageReading.objects.update_or_create(page=page, defaults={"read_at": now})
