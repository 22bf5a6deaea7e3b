"""A list of pages."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.api import APIField
from wagtail.models import Page
from wagtail.search import index

from creditstore_content.pages.base import StorePage


class ContentIndexPage(StorePage):
    """Groups pages below one address and lists them."""

    lead = models.TextField(_("lead"), max_length=400, blank=True)
    order = models.CharField(
        _("order"),
        max_length=8,
        choices=[("newest", _("newest first")), ("tree", _("as in the page tree"))],
        default="newest",
    )

    content_panels = [*Page.content_panels, FieldPanel("lead"), FieldPanel("order")]
    search_fields = [*Page.search_fields, index.SearchField("lead")]
    api_fields = [APIField("lead")]
    parent_page_types = ["creditstore_pages.HomePage"]
    subpage_types = [
        "creditstore_pages.CampaignPage",
        "creditstore_pages.ExplainerPage",
        "creditstore_pages.FaqPage",
        "creditstore_pages.ProjectFeaturePage",
    ]
    template = "pages/content_index_page.html"
    page_description = _("A list of campaigns, explainers or project features.")

    class Meta:
        verbose_name = _("list of pages")
        verbose_name_plural = _("lists of pages")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """With the public pages below, in the order that the editor chose."""
        context = super().get_context(request, *args, **kwargs)
        order = ["path"] if self.order == "tree" else ["-first_published_at", "title"]
        context["entries"] = self.get_children().live().public().specific().order_by(*order)
        return context
