"""The list of campaigns with their figures, also as a file, and one campaign by day and project."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.reports import ReportView

from creditstore.campaigns.models import Campaign
from creditstore.desk.campaigns import CampaignFigures, days_of, figures_of, projects_of
from creditstore_site.admin_pages import DetailPage, Permitted

VIEW: Final = "creditstore_campaigns.view_campaign"


class CampaignsView(Permitted, ReportView):  # type: ignore[misc]
    """Every campaign that orders could be counted towards, the newest first."""

    permissions = (VIEW,)
    page_title = gettext_lazy("Campaigns")
    header_icon = "pick"
    index_url_name = "creditstore_campaigns"
    index_results_url_name = "creditstore_campaigns_results"
    model = Campaign
    verbose_name = gettext_lazy("campaign")
    verbose_name_plural = gettext_lazy("campaigns")
    default_ordering = "-pk"
    export_filename = "campaigns"
    list_export = ["title", "key", "open", "orders", "given_up", "ordered", "cancelled", "simulated", "kept"]
    export_headings = {
        "given_up": gettext_lazy("Orders given up unpaid"),
        "ordered": gettext_lazy("Tonnes ordered"),
        "cancelled": gettext_lazy("Tonnes cancelled"),
        "simulated": gettext_lazy("Of them simulated"),
        "kept": gettext_lazy("Paid, less refunds"),
    }

    def get_queryset(self) -> QuerySet[Campaign]:
        """Open and closed ones."""
        return Campaign.objects.order_by("-pk")

    @cached_property
    def _figures(self) -> Mapping[int, CampaignFigures]:
        return figures_of(campaigns=list(self.get_queryset()))

    @cached_property
    def columns(self) -> list[Column]:
        """The campaign and its sums."""
        return [
            TitleColumn("title", label=_("Campaign"), url_name="creditstore_campaign"),
            Column("open", label=_("At present"), accessor=lambda found: _("open") if found.open else _("closed")),
            *(
                Column(name, label=label, accessor=lambda found, name=name: getattr(self._figures[found.pk], name))
                for name, label in (
                    ("orders", _("Orders")),
                    ("ordered", _("Tonnes ordered")),
                    ("cancelled", _("Tonnes cancelled")),
                )
            ),
            Column("kept", label=_("Paid, less refunds"), accessor=self._kept),
        ]

    def _kept(self, campaign: Campaign) -> str:
        return ", ".join(f"{money} {money.currency}" for money in self._figures[campaign.pk].kept)

    def to_row_dict(self, item: Campaign) -> dict[str, Any]:
        """A row of the file."""
        figures = self._figures[item.pk]
        row = {name: getattr(figures, name, getattr(item, name, "")) for name in self.list_export}
        row["kept"] = self._kept(item)
        return row


class CampaignView(DetailPage, TemplateView):
    """One campaign: its sums, days and projects."""

    permissions = (VIEW,)
    lists = (CampaignsView,)
    template_name = "campaign_report/campaign.html"
    header_icon = "pick"

    @cached_property
    def campaign(self) -> Campaign:
        """The campaign of the address."""
        return get_object_or_404(Campaign, pk=self.kwargs["pk"])

    def get_page_title(self) -> str:
        """Its title."""
        return self.campaign.title

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Sums, days, projects, and the word that its links carry."""
        projects = projects_of(campaign=self.campaign)
        return {
            **super().get_context_data(**kwargs),
            "campaign": self.campaign,
            "figures": figures_of(campaigns=[self.campaign])[self.campaign.pk],
            "days": days_of(campaign=self.campaign),
            "projects": [(row, reverse("store:project", args=[row.ref])) for row in projects],
        }
