"""A page about one project: the editor's words, with the store's facts as they are when it is shown."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, HelpPanel
from wagtail.api import APIField
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from creditstore.catalogue.models import Project
from creditstore_content.blocks.body import BodyBlock
from creditstore_content.pages.base import StorePage
from creditstore_content.pages.feature_facts import FeatureFacts, feature_facts, remembered
from creditstore_content.pages.pictures import WithPicture, picture_panel
from creditstore_content.pages.structured_data import article_data

__all__ = ["ProjectFeaturePage"]


class ProjectFeaturePage(WithPicture, StorePage):  # type: ignore[django-manager-missing]
    """One project, told by an editor. It stays up when the project is sold out, de-registered or gone, and says so.

    ``known`` is what the page keeps of its project, for the day on which the store does not have it any more.
    """

    lead = models.TextField(_("lead"), max_length=400, help_text=_("Two or three sentences: what, where, for whom."))
    project = models.ForeignKey(
        "creditstore_catalogue.Project",
        verbose_name=_("project"),
        null=True,
        # Without a project only a page whose project the store does not have any more; see clean().
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Its facts, prices and objections are read from the store whenever the page is shown."),
    )
    known = models.JSONField(default=dict, editable=False)
    body = StreamField(BodyBlock(), verbose_name=_("body"))

    content_panels = [
        *Page.content_panels,
        FieldPanel("lead"),
        FieldPanel("project"),
        HelpPanel(
            content=_(
                "When the project is sold out, de-registered or no longer in the store, the page stays, says so, and "
                "leads to projects of the same type and country."
            )
        ),
        picture_panel(),
        FieldPanel("body"),
    ]
    search_fields = [
        *Page.search_fields,
        index.SearchField("lead"),
        index.SearchField("body"),
        index.SearchField("project_words"),
    ]
    api_fields = [
        APIField("lead"),
        APIField("project_facts"),
        APIField("picture_for_api"),
        APIField("picture_caption"),
        APIField("body"),
        APIField("topics"),
    ]
    parent_page_types = ["creditstore_pages.HomePage", "creditstore_pages.ContentIndexPage"]
    subpage_types: list[str] = []
    template = "pages/project_feature_page.html"
    page_description = _("One project, in your words, with its facts kept up to date by the store.")
    kind_name = _("Project features")

    class Meta:
        verbose_name = _("project feature")
        verbose_name_plural = _("project features")

    @property
    def project_words(self) -> str:
        """Reference and title of the project, so that a search for them finds the page."""
        known = remembered(self.project) if self.project else self.known
        return f"{known.get('ref', '')} {known.get('title', '')}".strip()

    @property
    def facts(self) -> FeatureFacts:
        """What the store tells of the project now."""
        return feature_facts(project=self.project, known=self.known)

    @property
    def project_facts(self) -> dict[str, Any]:
        """The same for the content API."""
        return self.facts.for_api()

    def described(self) -> list[dict[str, Any]]:
        """The text; what it is about stands on the project's own page."""
        return [self.told(article_data(self))]

    def clean(self) -> None:
        """There is a project, unless it is gone from the store."""
        super().clean()
        known = self.known.get("ref")
        if self.project is None and (not known or Project.objects.filter(ref=known).exists()):
            raise ValidationError({"project": _("Choose the project that this page is about.")})

    def save(self, *args: Any, **kwargs: Any) -> Any:
        """Keep in mind which project it is about."""
        if self.project is not None:
            self.known = remembered(self.project)
        return super().save(*args, **kwargs)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """With the facts, asked for once."""
        context = super().get_context(request, *args, **kwargs)
        context["facts"] = self.facts
        return context
