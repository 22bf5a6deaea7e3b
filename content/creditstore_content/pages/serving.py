"""The way from an address to a page: one query for the page and all that lies above it, one for what it holds.

Wagtail goes down level by level, with two queries for each, and reads what lies above the page twice more: for who may
read it and for the way back. Here these are read once. Where an address asks more of a page than to be shown, or where
anything above it is restricted or an alias, Wagtail's own way is taken.
"""

from __future__ import annotations

from typing import Any, cast

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import get_language
from wagtail import views
from wagtail.models import Page, PageViewRestriction
from wagtail.url_routing import RouteResult

from creditstore_content.pages.attribution import open_key
from creditstore_content.pages.models import CampaignPage
from creditstore_content.pages.only_site import find_site, keep_root_paths
from creditstore_content.pages.topics import PageTopic


def serve(request: HttpRequest, path: str) -> HttpResponseBase:
    """The page at this address below the language's prefix. Errors: ``Http404``."""
    if not hasattr(request, "_wagtail_route_for_request"):
        found = find(request, path)
        if found is not None:
            request._wagtail_route_for_request = RouteResult(found)  # type: ignore[attr-defined]
    return cast(HttpResponseBase, views.serve(request, path))


def find(request: HttpRequest, path: str) -> Page | None:
    """The live page at this address with what lies above it in ``page.above``; None where Wagtail must look itself."""
    site, alone = find_site(request)
    if site is None:
        return None
    steps = [step for step in path.split("/") if step]
    chain, roots = _chain(site.root_page, steps, translations=alone)
    if alone:
        keep_root_paths(site=site, roots=roots)
    if not chain or chain[-1 - len(steps)].locale.language_code != get_language():
        home = site.root_page.localized
        chain = _chain(home, steps)[0] if home.pk != site.root_page.pk else chain
    if not chain or not chain[-1].live:
        return None
    below = chain[-1 - len(steps) :]
    kind = chain[-1].content_type.model_class()
    if kind is None or any(_has_a_way_of_its_own(page) for page in below):
        return None
    rows = kind._default_manager.select_related("locale").annotate(
        has_topics=Exists(PageTopic.objects.filter(page=OuterRef("pk")))
    )
    if issubclass(kind, CampaignPage):
        rows = rows.annotate(open_key=open_key(OuterRef("translation_key")))
    page = cast(Page, rows.get(pk=chain[-1].pk))
    page.above = tuple(chain[:-1])
    page.open_to_all = not any(one.is_restricted or one.alias_of_id for one in chain)
    return page


def _chain(home: Page, steps: list[str], *, translations: bool = False) -> tuple[list[Page], list[Page]]:
    """All pages from the tree's root to the one so many steps below the home page; empty where one is missing.

    Besides, if asked for, the home page and its ``translations``.
    """
    addresses = [home.url_path + "".join(f"{step}/" for step in steps[:count]) for count in range(len(steps) + 1)]
    above_home = [home.path[:end] for end in range(Page.steplen, len(home.path), Page.steplen)]
    restrictions = PageViewRestriction.objects.filter(page=OuterRef("pk"))
    way = Q(url_path__in=addresses, path__startswith=home.path) | Q(path__in=above_home, depth__lt=home.depth)
    rows = list(
        Page.objects.filter(way | Q(translation_key=home.translation_key) if translations else way)
        .select_related("content_type", "locale")
        .annotate(is_restricted=Exists(restrictions))
        .order_by("path")
    )
    roots = [page for page in rows if page.translation_key == home.translation_key]
    found = [page for page in rows if page.pk == home.pk or page not in roots]
    return (found if [page.url_path for page in found[len(above_home) :]] == addresses else []), roots


def _has_a_way_of_its_own(page: Page) -> bool:
    kind: Any = page.content_type.model_class()
    return kind is None or kind.route is not Page.route
