"""Where deliveries of webhooks stand in the admin: their addresses, their place in the menu, their permissions."""

from __future__ import annotations

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from creditstore_site.admin_pages import PermittedItem, permissions_named
from creditstore_site.webhook_report.views import CHANGE, VIEW, DeliveriesView, DeliveryView


@hooks.register("register_reports_menu_item")  # type: ignore[untyped-decorator]
def menu_item() -> PermittedItem:
    """Among the reports."""
    return PermittedItem(
        _("Webhooks"), "creditstore_webhooks", permission=VIEW, name="webhooks", icon_name="mail", order=650
    )


@hooks.register("register_permissions")  # type: ignore[untyped-decorator]
def permissions() -> QuerySet[Permission]:
    """What a group of staff can be given: to see deliveries, and to have them looked at again."""
    return permissions_named(VIEW, CHANGE)


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def urls() -> list[URLPattern]:
    """Below ``/admin/reports/webhooks/``."""
    at = "reports/webhooks/"
    return [
        path(at, DeliveriesView.as_view(), name="creditstore_webhooks"),
        path(f"{at}results/", DeliveriesView.as_view(results_only=True), name="creditstore_webhooks_results"),
        path(f"{at}<int:pk>/", DeliveryView.as_view(), name="creditstore_webhook"),
    ]
