"""Oscar's dashboard for the shop manager. Its public shop is not mounted: the store has pages of its own."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings

#: Entries that would lead to what this store does elsewhere: flat pages (Wagtail), and sending orders by post.
_NOT_OURS = frozenset({"dashboard:page-list", "dashboard:shipping-method-list"})


def without_foreign_entries(navigation: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Oscar's navigation without the entries that have no meaning here; headings that lost all theirs go too."""
    kept = []
    for entry in navigation:
        if entry.get("url_name") in _NOT_OURS:
            continue
        if "children" in entry:
            children = without_foreign_entries(entry["children"])
            if not children:
                continue
            kept.append({**entry, "children": children})
        else:
            kept.append(entry)
    return kept


# Oscar reads its navigation from the settings at every request and offers no other way to change it.
settings.OSCAR_DASHBOARD_NAVIGATION = without_foreign_entries(settings.OSCAR_DASHBOARD_NAVIGATION)

#: For ``path("dashboard/", urls)``.
urls = apps.get_app_config("dashboard").urls  # type: ignore[attr-defined]
