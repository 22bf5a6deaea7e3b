"""Where moderation stands in the admin: its addresses, its place in the menu, its permissions."""

from __future__ import annotations

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from creditstore_site.admin_pages import PermittedItem, permissions_named
from creditstore_site.pledge_moderation.views import CHANGE, VIEW, ListingsView, ListingView


@hooks.register("register_admin_menu_item")  # type: ignore[untyped-decorator]
def menu_item() -> PermittedItem:
    """In the menu itself: somebody waits."""
    return PermittedItem(
        _("Pledges to look at"),
        "creditstore_pledge_listings",
        permission=VIEW,
        name="pledge-listings",
        icon_name="clipboard-list",
        order=360,
    )


@hooks.register("register_permissions")  # type: ignore[untyped-decorator]
def permissions() -> QuerySet[Permission]:
    """What a group of staff can be given: to see what waits, and to decide."""
    return permissions_named(VIEW, CHANGE)


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def urls() -> list[URLPattern]:
    """Below ``/admin/pledge-listings/``."""
    at = "pledge-listings/"
    return [
        path(at, ListingsView.as_view(), name="creditstore_pledge_listings"),
        path(f"{at}results/", ListingsView.as_view(results_only=True), name="creditstore_pledge_listings_results"),
        path(f"{at}<int:pk>/", ListingView.as_view(), name="creditstore_pledge_listing"),
    ]
