"""Most stores have one site. When nothing is remembered it is read once, with all that stands around its pages, and its
root paths come with the page that is looked for: Wagtail would ask three times more.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.core.cache import cache
from django.http import HttpRequest
from django.http.request import split_domain_port
from wagtail.models import Page, Site
from wagtail.models.sites import SITE_ROOT_PATHS_CACHE_KEY, SITE_ROOT_PATHS_CACHE_VERSION, SiteRootPath

from creditstore_content.navigation.frame import sites_with_settings

#: As long as Wagtail keeps them; it forgets them when a site or a root page changes.
_SECONDS = 3600


def find_site(request: HttpRequest) -> tuple[Site | None, bool]:
    """The site of the request's host, as Wagtail finds it; and whether its root paths are to be told.

    They are when Wagtail has none at hand and there is one site alone: with several, Wagtail looks itself.
    """
    alone = False
    if not hasattr(request, "_wagtail_site") and not _root_paths_are_kept():
        sites = list(sites_with_settings()[:2])
        host = split_domain_port(request._get_raw_host())[0]  # type: ignore[attr-defined]
        alone = len(sites) == 1 and (sites[0].is_default_site or sites[0].hostname == host)
        if alone:
            request._wagtail_site = sites[0]  # type: ignore[attr-defined]
    return Site.find_for_request(request), alone


def keep_root_paths(*, site: Site, roots: Iterable[Page]) -> None:
    """Let Wagtail know where the only site's home page and its translations lie, as it would find out itself."""
    paths = [SiteRootPath(site.pk, page.url_path, site.root_url, page.locale.language_code) for page in roots]
    cache.set(SITE_ROOT_PATHS_CACHE_KEY, paths, _SECONDS, version=SITE_ROOT_PATHS_CACHE_VERSION)


def _root_paths_are_kept() -> bool:
    return cache.get(SITE_ROOT_PATHS_CACHE_KEY, version=SITE_ROOT_PATHS_CACHE_VERSION) is not None
