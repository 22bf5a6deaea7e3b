"""Where the pledge stands in the admin: its addresses, its places in the menu, its permissions."""

from __future__ import annotations

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from wagtail import hooks

from creditstore_site.admin_pages import PermittedItem, permissions_named
from creditstore_site.pledge_moderation import pledge_views, report_views, views


@hooks.register("register_admin_menu_item")  # type: ignore[untyped-decorator]
def listings_item() -> PermittedItem:
    """In the menu itself: somebody waits."""
    return PermittedItem(
        _("Pledges to look at"),
        "creditstore_pledge_listings",
        permission=views.VIEW,
        name="pledge-listings",
        icon_name="clipboard-list",
        order=360,
    )


@hooks.register("register_admin_menu_item")  # type: ignore[untyped-decorator]
def reports_item() -> PermittedItem:
    """Here too somebody waits."""
    return PermittedItem(
        _("Yearly reports"),
        "creditstore_pledge_reports",
        permission=report_views.VIEW,
        name="pledge-reports",
        icon_name="form",
        order=361,
    )


@hooks.register("register_admin_menu_item")  # type: ignore[untyped-decorator]
def pledges_item() -> PermittedItem:
    """For those who help signers."""
    return PermittedItem(
        _("Pledges"),
        "creditstore_pledges",
        permission=pledge_views.VIEW,
        name="pledges",
        icon_name="clipboard-list",
        order=362,
    )


@hooks.register("register_permissions")  # type: ignore[untyped-decorator]
def permissions() -> QuerySet[Permission]:
    """What a group of staff can be given: to see what waits, to decide, to find pledges, to withdraw one."""
    return permissions_named(
        *(views.VIEW, views.CHANGE, report_views.VIEW, report_views.CHANGE, pledge_views.VIEW, pledge_views.WITHDRAW)
    )


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def urls() -> list[URLPattern]:
    """Below ``/admin/pledge-listings/``, ``/admin/pledge-reports/`` and ``/admin/pledges/``."""
    listings, reports, pledges = views.ListingsView, report_views.ReportsView, pledge_views.PledgesView
    return [
        *_list("pledge-listings/", "creditstore_pledge_listings", listings),
        path("pledge-listings/<int:pk>/", views.ListingView.as_view(), name="creditstore_pledge_listing"),
        *_list("pledge-reports/", "creditstore_pledge_reports", reports),
        path("pledge-reports/<int:pk>/", report_views.YearReportView.as_view(), name="creditstore_pledge_report"),
        *_list("pledges/", "creditstore_pledges", pledges),
        path("pledges/<int:pk>/", pledge_views.PledgeView.as_view(), name="creditstore_pledge"),
    ]


def _list(at: str, name: str, view: type[View]) -> list[URLPattern]:
    return [
        path(at, view.as_view(), name=name),
        path(f"{at}results/", view.as_view(results_only=True), name=f"{name}_results"),
    ]
