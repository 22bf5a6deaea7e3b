"""Where the report stands in the admin: its addresses, its place among the reports, its permissions."""

from __future__ import annotations

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from creditstore_site.admin_pages import PermittedItem, permissions_named
from creditstore_site.reconciliation_report.details import CLOSE, ItemView, RunView
from creditstore_site.reconciliation_report.lists import VIEW, ItemsView, RunsView
from creditstore_site.reconciliation_report.releasing import DecideItemView, ReleaseView


@hooks.register("register_reports_menu_item")  # type: ignore[untyped-decorator]
def menu_item() -> PermittedItem:
    """Among Wagtail's own reports."""
    return PermittedItem(
        _("Reconciliation"),
        "creditstore_reconciliation",
        permission=VIEW,
        name="reconciliation",
        icon_name="resubmit",
        order=640,
    )


@hooks.register("register_permissions")  # type: ignore[untyped-decorator]
def permissions() -> QuerySet[Permission]:
    """What a group of staff can be given: to see the report, and to close items."""
    return permissions_named(VIEW, CLOSE)


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def urls() -> list[URLPattern]:
    """Below ``/admin/reports/reconciliation/``."""
    at = "reports/reconciliation/"
    return [
        path(at, ItemsView.as_view(), name="creditstore_reconciliation"),
        path(f"{at}results/", ItemsView.as_view(results_only=True), name="creditstore_reconciliation_results"),
        path(f"{at}runs/", RunsView.as_view(), name="creditstore_reconciliation_runs"),
        path(f"{at}runs/results/", RunsView.as_view(results_only=True), name="creditstore_reconciliation_runs_results"),
        path(f"{at}runs/<int:pk>/", RunView.as_view(), name="creditstore_reconciliation_run"),
        path(f"{at}items/<int:pk>/", ItemView.as_view(), name="creditstore_reconciliation_item"),
        path(f"{at}items/<int:pk>/release/", ReleaseView.as_view(), name="creditstore_reconciliation_release"),
        path(
            f"{at}items/<int:pk>/approvals/<int:question>/",
            DecideItemView.as_view(),
            name="creditstore_reconciliation_decide",
        ),
    ]
