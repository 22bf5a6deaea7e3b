"""The public addresses, for search engines: the store's own pages, projects, and what editors published."""

from __future__ import annotations

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
        ]

    def location(self, item: str) -> str:
        """The address in the language at hand."""
        return reverse(item)


class Projects(StoreSitemap):
    """Every project's page, in every language."""

    i18n = True
    limit = 5000

    def items(self) -> QuerySet[Project, str]:
        """References."""
        return Project.objects.order_by("ref").values_list("ref", flat=True)

    def location(self, item: str) -> str:
        """The address in the language at hand."""
        return reverse("store:project", args=[item])


class EditorsPages(StoreSitemap):
    """What is published and open to all."""

    def items(self) -> list[Page]:
        """Pages with an address."""
        return [page for page in Page.objects.live().public().filter(depth__gt=1).order_by("path") if page.url_path]

    def location(self, item: Page) -> str:
        """The path on this site."""
        parts = item.get_url_parts()
        return str(parts[2]) if parts and parts[2] else "/"

    def lastmod(self, item: Page) -> Any:
        """When it was last published."""
        return item.last_published_at


SITEMAPS = {"service": ServicePages, "projects": Projects, "pages": EditorsPages}
