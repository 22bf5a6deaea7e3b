"""Slugs that a page directly below a home page may not take: another part of the site answers at that address."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.translation import gettext as _

#: Kept free whatever the addresses are today: parts of the store, permanent addresses, and what will come.
ALWAYS_RESERVED = frozenset(
    {
        "account", "accounts", "admin", "api", "basket", "certificates", "dashboard", "demo", "documents",
        "healthz", "images", "measure", "media", "metrics", "pledge", "problems", "readyz", "reduce", "register",
        "robots", "search", "sitemap", "static", "store", "support", "terms", "webhooks", "well-known",
    }
)  # fmt: skip

_LITERAL = re.compile(r"[A-Za-z0-9._-]+")


@lru_cache(maxsize=1)
def reserved_slugs() -> frozenset[str]:
    """Every first part of an address that is not a page's: from the URLconf, the languages, and the list above."""
    languages = {code.lower() for code, _name in settings.LANGUAGES}
    return ALWAYS_RESERVED | languages | frozenset(_first_parts(get_resolver().url_patterns))


def _first_parts(patterns: Iterable[Any]) -> Iterable[str]:
    for pattern in patterns:
        text = str(pattern.pattern)
        language_prefix = type(pattern.pattern).__name__ == "LocalePrefixPattern"
        if isinstance(pattern, URLResolver) and (language_prefix or text in {"", "^"}):
            yield from _first_parts(pattern.url_patterns)
        elif isinstance(pattern, URLPattern | URLResolver):
            first = _LITERAL.match(text.removeprefix("^"))
            if first:
                yield first.group().lower()


def check_slug(*, slug: str, parent: Any) -> None:
    """Refuse a reserved slug below a home page.

    Parameters: ``slug`` of the page; ``parent``, the page above, or ``None`` when it is not known yet.
    Errors: ``ValidationError`` on ``slug``.
    """
    from creditstore_content.pages.models import HomePage

    if parent is None or not slug or slug.lower() not in reserved_slugs():
        return
    if parent.is_site_root() or issubclass(parent.specific_class or type(parent), HomePage):
        message = _(
            "“%(slug)s” is an address of the store itself. A page there could never be reached: choose another slug."
        )
        raise ValidationError({"slug": message % {"slug": slug}})
