"""The public addresses, for search engines: the store's own pages, projects, and what editors published."""

from __future__ import annotations

from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.urls import reverse
from wagtail.models import Page

from creditstore.catalogue.models import Project


class StoreSitemap(Sitemap[Any]):
    """Addresses under the store's own name, whatever the sites table says."""

    @property
    def protocol(self) -> str:  # type: ignore[override]
        """As in ``SITE_URL``."""
        return urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site: Any = None) -> str:
        """As in ``SITE_URL``."""
        return urlsplit(settings.SITE_URL).netloc


class ServicePages(StoreSitemap):
    """The pages that are always there, in every language."""

    i18n = True
    alternates = True

    def items(self) -> list[str]:
        """Names of addresses."""
        return [
            "store:catalogue",
            "register:index",
            "register:verify",
            "register:reconciliation",
            "pledge:sign",
            "pledge:wall",
            "terms",
            "contact",
        ]

    def location(self, item: str) -> str:
        """The address in the language at hand."""
        return reverse(item)


class Projects(StoreSitemap):
    """Every project's page, in every language."""

    i18n = True
    alternates = True
    limit = 5000

    def items(self) -> QuerySet[Project, str]:
        """References."""
        return Project.objects.order_by("ref").values_list("ref", flat=True)

    def location(self, item: str) -> str:
        """The address in the language at hand."""
        return reverse("store:project", args=[item])


class EditorsPages(StoreSitemap):
    """What is published and open to all."""

    @cached_property
    def _paths(self) -> dict[Page, str]:
        """Each page with its path on this site; one outside every site has none, and is left out."""
        pages = Page.objects.live().public().filter(depth__gt=1).select_related("locale").order_by("path")
        parts = ((page, page.get_url_parts()) for page in pages)
        return {page: str(found[2]) for page, found in parts if found and found[2]}

    def items(self) -> list[Page]:
        """Pages with an address."""
        return list(self._paths)

    def location(self, item: Page) -> str:
        """The path on this site."""
        return self._paths[item]

    def get_urls(self, page: int | str = 1, site: Any = None, protocol: str | None = None) -> list[dict[str, Any]]:
        """With the addresses of a page's translations, itself among them."""
        urls: list[dict[str, Any]] = super().get_urls(page, site, protocol)
        languages: dict[Any, list[dict[str, str]]] = {}
        for item, path in self._paths.items():
            address = {"location": settings.SITE_URL + path, "lang_code": item.locale.language_code}
            languages.setdefault(item.translation_key, []).append(address)
        for url in urls:
            translations = languages[url["item"].translation_key]
            url["alternates"] = translations if len(translations) > 1 else []
        return urls

    def lastmod(self, item: Page) -> Any:
        """When it was last published."""
        return item.last_published_at


_KINDS: dict[str, type[StoreSitemap]] = {"service": ServicePages, "projects": Projects, "pages": EditorsPages}
SITEMAPS: dict[str, type[Sitemap[Any]] | Sitemap[Any]] = {**_KINDS}


def files() -> list[str]:
    """The addresses of all parts of the sitemap: a part holds no more than its limit."""
    return [
        f"{settings.SITE_URL}{reverse('sitemap-section', args=[section])}" + (f"?p={number}" if number > 1 else "")
        for section, kind in _KINDS.items()
        for number in kind().paginator.page_range
    ]
