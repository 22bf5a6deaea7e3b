"""A story: a buyer or a project, told with the consent of those it is about."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.api import APIField
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from creditstore_content.blocks.body import BodyBlock
from creditstore_content.blocks.projects import project_card
from creditstore_content.pages.base import StorePage
from creditstore_content.pages.pictures import WithPicture, picture_panel
from creditstore_content.pages.structured_data import article_data
from creditstore_content.pages.subjects import Subject, subject_data


class StoryPage(WithPicture, StorePage):  # type: ignore[django-manager-missing]
    """What a person or an organisation did, in an editor's words. Without their consent it is not published."""

    lead = models.TextField(_("lead"), max_length=400, help_text=_("Two or three sentences: who, what, why."))
    subject = models.CharField(
        _("about"),
        max_length=12,
        choices=Subject.choices,
        default=Subject.ORGANISATION,
    )
    subject_name = models.CharField(_("name"), max_length=120, help_text=_("As they want to be named."))
    subject_role = models.CharField(
        _("role or place"),
        max_length=160,
        blank=True,
        help_text=_("For example “Bakery in Lyon” or “Project developer”."),
    )
    date = models.DateField(_("date"), default=localdate, help_text=_("Lists put the newest first."))
    project = models.ForeignKey(
        "creditstore_catalogue.Project",
        verbose_name=_("project"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("The project that the story is about, or whose units were cancelled."),
    )
    body = StreamField(BodyBlock(), verbose_name=_("body"))
    consent_on = models.DateField(
        _("consent given on"),
        # Empty in drafts only: a story may be written while its people read it.
        null=True,
        help_text=_(
            "The day on which those named, quoted and pictured agreed to the publication of this text. Keep their "
            "words. If they withdraw, unpublish the page."
        ),
    )

    content_panels = [
        *Page.content_panels,
        FieldPanel("lead"),
        MultiFieldPanel(
            [FieldPanel("subject"), FieldPanel("subject_name"), FieldPanel("subject_role"), FieldPanel("consent_on")],
            heading=_("Who it is about"),
        ),
        FieldPanel("date"),
        FieldPanel("project"),
        picture_panel(),
        FieldPanel("body"),
    ]
    search_fields = [
        *Page.search_fields,
        index.SearchField("lead"),
        index.SearchField("subject_name"),
        index.SearchField("body"),
    ]
    api_fields = [
        APIField("lead"),
        APIField("subject"),
        APIField("subject_name"),
        APIField("subject_role"),
        APIField("date"),
        APIField("project_for_api"),
        APIField("picture_for_api"),
        APIField("picture_caption"),
        APIField("body"),
        APIField("consent_on"),
        APIField("topics"),
    ]
    parent_page_types = ["creditstore_pages.HomePage", "creditstore_pages.ContentIndexPage"]
    subpage_types: list[str] = []
    template = "pages/story_page.html"
    page_description = _("What a buyer or the people of a project did, published with their consent.")
    kind_name = _("Stories")

    class Meta:
        verbose_name = _("story")
        verbose_name_plural = _("stories")

    @property
    def project_for_api(self) -> dict[str, Any] | None:
        """The project's card, or null."""
        return project_card(self.project)

    def described(self) -> list[dict[str, Any]]:
        """An article about somebody."""
        about = subject_data(name=self.subject_name, subject=self.subject)
        return [self.told({**article_data(self), "datePublished": self.date.isoformat(), "about": about})]

    def clean(self) -> None:
        """Nobody can have agreed tomorrow."""
        super().clean()
        if self.consent_on is not None and self.consent_on > localdate():
            raise ValidationError({"consent_on": _("This day is in the future. Enter the day on which they agreed.")})

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """With the project's card."""
        context = super().get_context(request, *args, **kwargs)
        context["card"] = project_card(self.project)
        return context
