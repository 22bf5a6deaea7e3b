"""An explainer."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.api import APIField
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from creditstore_content.blocks.body import BodyBlock, SourcesBlock
from creditstore_content.pages.base import StorePage
from creditstore_content.pages.contents import sections
from creditstore_content.pages.structured_data import article_data


class ExplainerPage(StorePage):
    """Explains one thing, and names the sources it rests on."""

    section = "how"

    lead = models.TextField(_("lead"), max_length=400, help_text=_("What the reader will know afterwards."))
    body = StreamField(BodyBlock(), verbose_name=_("body"))
    sources = StreamField(SourcesBlock(), verbose_name=_("sources"))

    content_panels = [*Page.content_panels, FieldPanel("lead"), FieldPanel("body"), FieldPanel("sources")]
    search_fields = [*Page.search_fields, index.SearchField("lead"), index.SearchField("body")]
    api_fields = [APIField("lead"), APIField("body"), APIField("sources"), APIField("topics")]
    parent_page_types = ["creditstore_pages.HomePage", "creditstore_pages.ContentIndexPage"]
    subpage_types: list[str] = []
    template = "pages/explainer_page.html"
    page_description = _("Explains one subject. It names its sources.")
    kind_name = _("Explainers")

    class Meta:
        verbose_name = _("explainer")
        verbose_name_plural = _("explainers")

    def described(self) -> list[dict[str, Any]]:
        """An article of the operator's."""
        return [article_data(self)]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """With its sections that can be linked to, from two on."""
        context = super().get_context(request, *args, **kwargs)
        context["contents"] = sections(self.body)
        return context
