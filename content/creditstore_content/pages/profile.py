"""A profile: a person or an organisation behind the store."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.api import APIField
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from creditstore_content.blocks.body import BodyBlock
from creditstore_content.blocks.named_links import NamedLinksBlock
from creditstore_content.pages.base import StorePage
from creditstore_content.pages.pictures import WithPicture, picture_panel
from creditstore_content.pages.structured_data import page_data
from creditstore_content.pages.subjects import Subject, subject_data


class ProfilePage(WithPicture, StorePage):  # type: ignore[django-manager-missing]
    """Who someone is and what they do here. The page's title is the name."""

    subject = models.CharField(
        _("about"),
        max_length=12,
        choices=Subject.choices,
        default=Subject.PERSON,
    )
    part = models.CharField(
        _("belongs to"),
        max_length=8,
        choices=[("team", _("the team")), ("partner", _("partners")), ("council", _("the council"))],
        default="team",
    )
    role = models.CharField(_("role"), max_length=160, help_text=_("For example “Registry officer” or “Auditor”."))
    lead = models.TextField(
        _("lead"), max_length=400, blank=True, help_text=_("Who this is, in two or three sentences.")
    )
    body = StreamField(BodyBlock(required=False), verbose_name=_("body"), blank=True)
    links = StreamField(NamedLinksBlock(), verbose_name=_("links"), blank=True)

    content_panels = [
        *Page.content_panels,
        MultiFieldPanel([FieldPanel("subject"), FieldPanel("part"), FieldPanel("role")], heading=_("Who it is")),
        FieldPanel("lead"),
        picture_panel(),
        FieldPanel("body"),
        FieldPanel("links"),
    ]
    search_fields = [
        *Page.search_fields,
        index.SearchField("role"),
        index.SearchField("lead"),
        index.SearchField("body"),
    ]
    api_fields = [
        APIField("subject"),
        APIField("part"),
        APIField("role"),
        APIField("lead"),
        APIField("picture_for_api"),
        APIField("picture_caption"),
        APIField("body"),
        APIField("links"),
        APIField("topics"),
    ]
    parent_page_types = ["creditstore_pages.HomePage", "creditstore_pages.ContentIndexPage"]
    subpage_types: list[str] = []
    template = "pages/profile_page.html"
    page_description = _("A person or an organisation: the team, partners, the council.")
    kind_name = _("People and organisations")

    class Meta:
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")

    @property
    def summary(self) -> str:
        """The editor's own summary, else the lead, else the role."""
        return str(self.search_description or self.lead or self.role)

    def described(self) -> list[dict[str, Any]]:
        """The page, and who it is about."""
        about = subject_data(name=self.title, subject=self.subject)
        about["jobTitle" if self.subject == Subject.PERSON else "description"] = self.role
        if self.links:
            about["sameAs"] = [link.value["address"] for link in self.links]
        return [{**page_data(self, kind="ProfilePage"), "mainEntity": self.told(about)}]
