"""Where the report on campaigns stands in the admin: its addresses, its place in the menu, its permission."""

from __future__ import annotations

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from creditstore_site.admin_pages import PermittedItem, permissions_named
from creditstore_site.campaign_report.views import VIEW, CampaignsView, CampaignView


@hooks.register("register_reports_menu_item")  # type: ignore[untyped-decorator]
def menu_item() -> PermittedItem:
    """Among the reports."""
    return PermittedItem(
        _("Campaigns"), "creditstore_campaigns", permission=VIEW, name="campaigns", icon_name="pick", order=640
    )


@hooks.register("register_permissions")  # type: ignore[untyped-decorator]
def permissions() -> QuerySet[Permission]:
    """What a group of staff can be given: to see what campaigns brought."""
    return permissions_named(VIEW)


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def urls() -> list[URLPattern]:
    """Below ``/admin/reports/campaigns/``."""
    at = "reports/campaigns/"
    return [
        path(at, CampaignsView.as_view(), name="creditstore_campaigns"),
        path(f"{at}results/", CampaignsView.as_view(results_only=True), name="creditstore_campaigns_results"),
        path(f"{at}<int:pk>/", CampaignView.as_view(), name="creditstore_campaign"),
    ]
