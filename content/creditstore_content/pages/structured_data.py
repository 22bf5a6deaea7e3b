"""What search engines read of a page (schema.org). Facts that stand on the page, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from django.conf import settings
from django.utils.translation import get_language

if TYPE_CHECKING:
    from creditstore_content.pages.base import StorePage

#: What search engines show of a headline.
_LONGEST_HEADLINE = 110


def absolute(url: str) -> str:
    """The whole address of what stands at ``url`` on this site; one on another site as it is."""
    return urljoin(f"{settings.SITE_URL}/", url)


def page_data(page: StorePage, *, kind: str = "WebPage") -> dict[str, Any]:
    """A page with its title, summary, language, dates and who publishes it. ``kind``: its type in schema.org."""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": kind,
        "name": page.title,
        "url": page.canonical_url,
        # The page is shown in its own language; its locale would be one more question to the database.
        "inLanguage": get_language() or settings.LANGUAGE_CODE,
        "publisher": publisher(),
    }
    if page.summary:
        data["description"] = page.summary
    if page.first_published_at:
        data["datePublished"] = page.first_published_at.isoformat()
    if page.last_published_at:
        data["dateModified"] = page.last_published_at.isoformat()
    return data


def article_data(page: StorePage) -> dict[str, Any]:
    """A page that is read from the beginning to the end. The operator stands for its text."""
    return {**page_data(page, kind="Article"), "headline": page.title[:_LONGEST_HEADLINE], "author": publisher()}


def publisher() -> dict[str, str]:
    """The operator."""
    return {"@type": "Organization", "name": settings.CREDITSTORE_OPERATOR or settings.CREDITSTORE_NAME}


def trail_data(parents: Sequence[tuple[str, str]], *, title: str, url: str) -> dict[str, Any]:
    """Where the page stands: the addresses and titles of those above it, then its own."""
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": absolute(where)}
            for position, (where, name) in enumerate([*parents, (url, title)], start=1)
        ],
    }
