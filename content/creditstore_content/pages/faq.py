"""A page of questions and answers."""

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

from creditstore_content.blocks.base import public_html
from creditstore_content.blocks.faq import QuestionsBlock
from creditstore_content.pages.base import StorePage
from creditstore_content.pages.structured_data import page_data


class FaqPage(StorePage):
    """Questions in groups, each with an address of its own. Answers open by themselves, without JavaScript."""

    section = "how"

    lead = models.TextField(
        _("lead"), max_length=400, blank=True, help_text=_("What is answered here, and whom to ask else.")
    )
    questions = StreamField(QuestionsBlock(), verbose_name=_("questions"))

    content_panels = [*Page.content_panels, FieldPanel("lead"), FieldPanel("questions")]
    search_fields = [*Page.search_fields, index.SearchField("lead"), index.SearchField("questions")]
    api_fields = [APIField("lead"), APIField("questions"), APIField("topics")]
    parent_page_types = ["creditstore_pages.HomePage", "creditstore_pages.ContentIndexPage"]
    subpage_types: list[str] = []
    template = "pages/faq_page.html"
    page_description = _("Questions and answers, in groups. Each question has an address of its own.")
    kind_name = _("Questions and answers")

    class Meta:
        verbose_name = _("questions and answers")
        verbose_name_plural = _("pages of questions and answers")

    def described(self) -> list[dict[str, Any]]:
        """The page with every question and its answer."""
        asked = [question for group in self.questions for question in group.value["questions"]]
        entries = [
            {
                "@type": "Question",
                "name": question["question"],
                "url": f"{self.canonical_url}#{question['anchor']}",
                "acceptedAnswer": {"@type": "Answer", "text": public_html(question["answer"].source)},
            }
            for question in asked
        ]
        return [{**page_data(self, kind="FAQPage"), "mainEntity": entries}]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """With its groups, from two on."""
        context = super().get_context(request, *args, **kwargs)
        groups = [(group.value["anchor"], group.value["heading"]) for group in self.questions]
        context["contents"] = groups if len(groups) > 1 else []
        return context
