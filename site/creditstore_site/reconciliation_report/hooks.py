"""Where the report stands in the admin: its addresses, its place among the reports, its permissions."""

from __future__ import annotations

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from creditstore_site.reconciliation_report.access import VIEW
from creditstore_site.reconciliation_report.details import ItemView, RunView
from creditstore_site.reconciliation_report.lists import ItemsView, RunsView


class ReportMenuItem(MenuItem):  # type: ignore[misc]
    """An entry for those who may see the report."""

    def is_shown(self, request: HttpRequest) -> bool:
        """As the pages behind it ask."""
        return bool(request.user.has_perm(VIEW))


@hooks.register("register_reports_menu_item")  # type: ignore[untyped-decorator]
def menu_item() -> ReportMenuItem:
    """Among Wagtail's own reports."""
    address = reverse_lazy("creditstore_reconciliation")
    return ReportMenuItem(_("Reconciliation"), address, name="reconciliation", icon_name="resubmit", order=640)


@hooks.register("register_permissions")  # type: ignore[untyped-decorator]
def permissions() -> QuerySet[Permission]:
    """What a group of staff can be given: to see the report, and to close items."""
    names = ("view_openitem", "change_openitem")
    return Permission.objects.filter(content_type__app_label="creditstore_reconciliation", codename__in=names)


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
    ]
