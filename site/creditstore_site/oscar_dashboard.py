"""Oscar's dashboard for the shop manager. Its public shop is not mounted: the store has pages of its own."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings
from django.urls import reverse
from oscar.core.loading import get_model

#: Entries for what this store does elsewhere or not at all: flat pages are Wagtail's, mails and prices are ours (no
#: voucher or discount reaches the ledger's price), and units are counted by the ledger.
_NOT_OURS = frozenset(
    {
        "dashboard:page-list",
        "dashboard:comms-list",
        "dashboard:reviews-list",
        "dashboard:offer-list",
        "dashboard:voucher-list",
        "dashboard:voucher-set-list",
        "dashboard:range-list",
        "dashboard:stock-alert-list",
        "dashboard:shipping-method-list",
    }
)


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


def project_address(product: Any) -> str:
    """Where a product is shown: the page of its project; the catalogue for a product that has none."""
    project = getattr(product.parent or product, "project", None)
    return reverse("store:project", args=[project.ref]) if project else reverse("store:catalogue")


def catalogue_address(category: Any) -> str:
    """Where a category is shown: projects are found by filters, not by Oscar's categories."""
    return reverse("store:catalogue")


# Oscar reads its navigation from the settings at every request and offers no other way to change it; its dashboard
# links products and categories to pages of its shop, which are not mounted.
_NAVIGATION = "OSCAR_DASHBOARD_NAVIGATION"
setattr(settings, _NAVIGATION, without_foreign_entries(getattr(settings, _NAVIGATION)))
get_model("catalogue", "Product").get_absolute_url = project_address
get_model("catalogue", "Category").get_absolute_url = catalogue_address

#: For ``path("dashboard/", urls)``.
urls = apps.get_app_config("dashboard").urls  # type: ignore[attr-defined]
