"""A page about one project: the editor's words, with the store's facts as they are when it is shown."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel
from wagtail.api import APIField
from wagtail.fields import StreamField
from wagtail.images import get_image_model_string
from wagtail.models import Page
from wagtail.search import index

from creditstore.catalogue.models import Project
from creditstore_content.blocks.body import BodyBlock
from creditstore_content.blocks.pictures import image_representation
from creditstore_content.pages.base import StorePage
from creditstore_content.pages.feature_facts import FeatureFacts, feature_facts, remembered
from creditstore_content.pages.structured_data import article_data

__all__ = ["ProjectFeaturePage"]


class ProjectFeaturePage(StorePage):
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
    picture = models.ForeignKey(
        get_image_model_string(),
        verbose_name=_("picture"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Whose it is stands in the library, under Rights, and is printed below it."),
    )
    picture_text = models.CharField(
        _("what the picture shows"),
        max_length=250,
        blank=True,
        help_text=_("In one sentence, for readers who do not see it."),
    )
    picture_caption = models.CharField(_("caption"), max_length=250, blank=True)
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
        MultiFieldPanel(
            [FieldPanel("picture"), FieldPanel("picture_text"), FieldPanel("picture_caption")], heading=_("Picture")
        ),
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
    ]
    parent_page_types = ["creditstore_pages.HomePage", "creditstore_pages.ContentIndexPage"]
    subpage_types: list[str] = []
    template = "pages/project_feature_page.html"
    page_description = _("One project, in your words, with its facts kept up to date by the store.")

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

    @property
    def picture_for_api(self) -> dict[str, Any] | None:
        """The picture's address, size, words and rights, or null."""
        return image_representation(self.picture, alt=self.picture_text)

    def described(self) -> list[dict[str, Any]]:
        """The text; what it is about stands on the project's own page."""
        return [article_data(self)]

    def clean(self) -> None:
        """There is a project, unless it is gone from the store; a picture says what it shows, and whose it is."""
        super().clean()
        known = self.known.get("ref")
        if self.project is None and (not known or Project.objects.filter(ref=known).exists()):
            raise ValidationError({"project": _("Choose the project that this page is about.")})
        if self.picture is not None and not self.picture_text:
            raise ValidationError({"picture_text": _("Say what the picture shows.")})
        if self.picture is not None and not self.picture.rights:
            message = _("Nobody knows whose this picture is. Fill in “Rights” in the library, then choose it again.")
            raise ValidationError({"picture": message})

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
