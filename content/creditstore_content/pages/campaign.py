"""A campaign page."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, PageChooserPanel
from wagtail.api import APIField
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from creditstore_content.blocks.body import ActionBlock, BodyBlock
from creditstore_content.pages.base import StorePage
from creditstore_content.pages.structured_data import article_data


class CampaignPage(StorePage):
    """A campaign: why these units, and where to cancel them. It links to the store and never sells by itself."""

    lead = models.TextField(_("lead"), max_length=400, help_text=_("Two or three sentences: what, where, why."))
    demonstration = models.BooleanField(
        _("demonstration"), default=False, help_text=_("Marks the campaign as an example wherever it is shown.")
    )
    partner = models.ForeignKey(
        "creditstore_pages.PartnerPage",
        verbose_name=_("partner"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("With whom you run it. The campaign then stands on the partner's page, too."),
    )
    body = StreamField(BodyBlock(), verbose_name=_("body"))
    action = StreamField(ActionBlock(), verbose_name=_("call to action"), blank=True)

    content_panels = [
        *Page.content_panels,
        FieldPanel("lead"),
        FieldPanel("body"),
        FieldPanel("action"),
        PageChooserPanel("partner", "creditstore_pages.PartnerPage"),
        FieldPanel("demonstration"),
    ]
    search_fields = [*Page.search_fields, index.SearchField("lead"), index.SearchField("body")]
    api_fields = [
        APIField("lead"),
        APIField("demonstration"),
        APIField("partner"),
        APIField("body"),
        APIField("action"),
        APIField("topics"),
    ]
    parent_page_types = ["creditstore_pages.HomePage", "creditstore_pages.ContentIndexPage"]
    subpage_types: list[str] = []
    template = "pages/campaign_page.html"
    page_description = _("A campaign that leads to one or more projects.")
    kind_name = _("Campaigns")

    class Meta:
        verbose_name = _("campaign page")
        verbose_name_plural = _("campaign pages")

    @property
    def summary(self) -> str:
        """The editor's own summary, else the lead."""
        return str(self.search_description or self.lead)

    def described(self) -> list[dict[str, Any]]:
        """An article of the operator's."""
        return [article_data(self)]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """With the partner while its page is public."""
        context = super().get_context(request, *args, **kwargs)
        context["partner"] = self.partner if self.partner is not None and self.partner.live else None
        return context
