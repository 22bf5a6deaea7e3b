"""Where deliveries of webhooks stand in the admin: their addresses, their place in the menu, their permissions."""

from __future__ import annotations

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from creditstore_site.webhook_report.views import VIEW, DeliveriesView, DeliveryView


class WebhooksMenuItem(MenuItem):  # type: ignore[misc]
    """An entry for those who may see deliveries."""

    def is_shown(self, request: HttpRequest) -> bool:
        """As the pages behind it ask."""
        return bool(request.user.has_perm(VIEW))


@hooks.register("register_reports_menu_item")  # type: ignore[untyped-decorator]
def menu_item() -> WebhooksMenuItem:
    """Among the reports."""
    return WebhooksMenuItem(
        _("Webhooks"), reverse_lazy("creditstore_webhooks"), name="webhooks", icon_name="mail", order=650
    )


@hooks.register("register_permissions")  # type: ignore[untyped-decorator]
def permissions() -> QuerySet[Permission]:
    """What a group of staff can be given: to see deliveries, and to have them looked at again."""
    names = ("view_inboundwebhook", "change_inboundwebhook")
    return Permission.objects.filter(content_type__app_label="creditstore_webhooks", codename__in=names)


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def urls() -> list[URLPattern]:
    """Below ``/admin/reports/webhooks/``."""
    at = "reports/webhooks/"
    return [
        path(at, DeliveriesView.as_view(), name="creditstore_webhooks"),
        path(f"{at}results/", DeliveriesView.as_view(results_only=True), name="creditstore_webhooks_results"),
        path(f"{at}<int:pk>/", DeliveryView.as_view(), name="creditstore_webhook"),
    ]
