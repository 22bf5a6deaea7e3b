"""A list of pages."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.api import APIField
from wagtail.models import Page
from wagtail.search import index

from creditstore_content.pages.base import StorePage
from creditstore_content.pages.listing import list_pages, tidy


class ContentIndexPage(StorePage):
    """Groups pages below one address and lists them; readers filter by kind, topic and year."""

    lead = models.TextField(_("lead"), max_length=400, blank=True)
    order = models.CharField(
        _("order"),
        max_length=8,
        choices=[("newest", _("newest first")), ("tree", _("as in the page tree"))],
        default="newest",
    )

    content_panels = [*Page.content_panels, FieldPanel("lead"), FieldPanel("order")]
    search_fields = [*Page.search_fields, index.SearchField("lead")]
    api_fields = [APIField("lead"), APIField("order")]
    parent_page_types = ["creditstore_pages.HomePage"]
    subpage_types = [
        "creditstore_pages.CampaignPage",
        "creditstore_pages.ExplainerPage",
        "creditstore_pages.FaqPage",
        "creditstore_pages.LegalPage",
        "creditstore_pages.PartnerPage",
        "creditstore_pages.ProfilePage",
        "creditstore_pages.ProjectFeaturePage",
        "creditstore_pages.StoryPage",
    ]
    template = "pages/content_index_page.html"
    page_description = _("A list of the pages below it, which readers filter by kind, topic and year.")

    class Meta:
        verbose_name = _("list of pages")
        verbose_name_plural = _("lists of pages")

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The list; what a form sends for filters that were left open does not stay in the address."""
        query = tidy(request.GET)
        if query is not None:
            return redirect(f"{request.path}?{query}" if query else request.path)
        answer: HttpResponseBase = super().serve(request, *args, **kwargs)
        return answer

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """With the public pages below that meet the filters, in the order that the editor chose."""
        context = super().get_context(request, *args, **kwargs)
        listing = list_pages(below=self, parameters=request.GET, in_tree_order=self.order == "tree")
        context["listing"] = listing
        # Filtered, it is a view of the whole list; its further pages are found nowhere else.
        if listing.number > 1 and not listing.filtered:
            context["canonical_url"] += f"?page={listing.number}"
        return context
