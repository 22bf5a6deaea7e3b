"""The editors' part of the main menu."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import get_language
from wagtail.models import Site

_SECONDS = 60
_GENERATION_KEY = "creditstore_pages.menu.generation"


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One entry: the page's title and its address on this site."""

    title: str
    url: str


def menu_for(request: HttpRequest) -> tuple[MenuItem, ...]:
    """The menu of the site that the request's host belongs to, or nothing. Kept as ``menu_items`` are.

    Which site it is costs a query with more to put together than to answer, and stands on every page of the store.
    """
    language = get_language() or settings.LANGUAGE_CODE
    generation = cache.get_or_set(_GENERATION_KEY, 1, None)

    def read() -> tuple[MenuItem, ...]:
        site = Site.find_for_request(request)
        return menu_items(site=site) if site else ()

    key = f"creditstore_pages.menu.{generation}.{request.get_host()}.{language}"
    return cache.get_or_set(key, read, _SECONDS)  # type: ignore[return-value]


def menu_items(*, site: Site) -> tuple[MenuItem, ...]:
    """Live, public pages below the site's home page that are marked for menus, in the editors' order.

    Kept for a minute; a change made in this process shows at once, in others within that minute.
    """
    language = get_language() or settings.LANGUAGE_CODE
    generation = cache.get_or_set(_GENERATION_KEY, 1, None)
    return cache.get_or_set(  # type: ignore[return-value]
        f"creditstore_pages.menu.{generation}.{site.pk}.{language}", lambda: _read(site), _SECONDS
    )


def _read(site: Site) -> tuple[MenuItem, ...]:
    pages = site.root_page.localized.get_children().live().public().in_menu()
    return tuple(MenuItem(page.title, page.url) for page in pages if page.url)


def forget(**_signal: object) -> None:
    """Read the menu anew; the receiver of every signal that may change it."""
    cache.set(_GENERATION_KEY, (cache.get(_GENERATION_KEY) or 1) + 1, None)
