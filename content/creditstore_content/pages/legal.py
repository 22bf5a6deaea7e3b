"""A legal text. What has been published as a version stays readable, word for word, at an address of its own."""

from __future__ import annotations

import copy
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel
from wagtail.api import APIField
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from creditstore_content.blocks.body import BodyBlock
from creditstore_content.pages.base import StorePage
from creditstore_content.pages.contents import name_sections, sections
from creditstore_content.pages.legal_versions import LegalVersion, same_words, slug_of

_version_validator = RegexValidator(
    r"^[0-9A-Za-z][0-9A-Za-z.-]*$", _("Use letters, digits, full stops and hyphens, for example “2.1” or “2026-07”.")
)


class LegalPage(RoutablePageMixin, StorePage):  # type: ignore[misc]
    """Terms, privacy, accessibility, imprint: versioned. A new text needs a new version; earlier ones stay.

    ``shown`` is the earlier version that a request asked for, on a page that carries its words.
    """

    shown: LegalVersion | None = None

    lead = models.TextField(_("lead"), max_length=400, blank=True, help_text=_("What is regulated here, and for whom."))
    version = models.CharField(
        _("version"),
        max_length=20,
        validators=[_version_validator],
        help_text=_("A new text needs a new version. It stands in the address of the text once there is a newer one."),
    )
    # Empty in drafts only.
    valid_from = models.DateField(_("valid from"), null=True)
    changes = models.TextField(
        _("what changed"),
        max_length=1_000,
        blank=True,
        help_text=_("In a few sentences, against the version before. Empty for the first version."),
    )
    body = StreamField(BodyBlock(), verbose_name=_("body"))

    content_panels = [
        *Page.content_panels,
        FieldPanel("lead"),
        MultiFieldPanel([FieldPanel("version"), FieldPanel("valid_from"), FieldPanel("changes")], heading=_("Version")),
        HelpPanel(
            content=_(
                "A version that has been published keeps its words, and readers can open it for good. The list of "
                "sections is made of the headings."
            )
        ),
        FieldPanel("body"),
    ]
    search_fields = [*Page.search_fields, index.SearchField("lead"), index.SearchField("body")]
    api_fields = [
        APIField("lead"),
        APIField("version"),
        APIField("valid_from"),
        APIField("changes"),
        APIField("body"),
        APIField("versions_for_api"),
    ]
    parent_page_types = ["creditstore_pages.HomePage", "creditstore_pages.ContentIndexPage"]
    subpage_types: list[str] = []
    template = "pages/legal_page.html"
    page_description = _("A legal text with versions: terms, privacy, imprint. Earlier versions stay readable.")
    kind_name = _("Legal texts")

    class Meta:
        verbose_name = _("legal page")
        verbose_name_plural = _("legal pages")

    @property
    def versions_for_api(self) -> list[dict[str, Any]]:
        """Every version that has been published, newest first."""
        return [
            {
                "version": kept.version,
                "valid_from": kept.valid_from,
                "changes": kept.changes,
                "published_at": kept.published_at,
                "url": url,
            }
            for kept, url in self._versions()
        ]

    def clean(self) -> None:
        """A published version keeps its words, and is not taken up again once there is a newer one."""
        super().clean()
        name_sections(self.body)
        if self.pk is None or not self.version:
            return
        kept = list(self.versions.all())
        taken = next((each for each in kept if each.slug == slug_of(self.version)), None)
        if taken is None:
            return
        if taken != kept[0] or taken.version != self.version:
            message = _(
                "There has been a version %(version)s, and what it said stays. Give this text a version of its own."
            )
            raise ValidationError({"version": message % {"version": taken.version}})
        if not same_words(taken.words, self.words()):
            message = _(
                "Version %(version)s is published, and its words and its day stay as they are. Give the changed "
                "text a new version, and say what changed."
            )
            raise ValidationError({"version": message % {"version": taken.version}})

    def words(self) -> dict[str, Any]:
        """What a version consists of, as it is stored."""
        return {
            "title": self.title,
            "lead": self.lead,
            "valid_from": self.valid_from.isoformat() if self.valid_from else None,
            "body": self.body.get_prep_value(),
        }

    def as_it_was(self, kept: LegalVersion) -> LegalPage:
        """This page with the words of an earlier version; not to be saved."""
        page = copy.copy(self)
        page.shown = kept
        page.title, page.lead = kept.words["title"], kept.words["lead"]
        page.version, page.valid_from, page.changes = kept.version, kept.valid_from, kept.changes
        page.body = self._meta.get_field("body").to_python(kept.words["body"])
        return page

    @path("versions/<str:slug>/", name="version")  # type: ignore[untyped-decorator]
    def earlier_version(self, request: HttpRequest, slug: str) -> HttpResponseBase:
        """The text of one version, as it was published."""
        kept = next((each for each in self.versions.all() if each.slug == slug), None)
        if kept is None:
            raise Http404
        answer: HttpResponseBase = self.as_it_was(kept).render(request)
        return answer

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """With its sections, its other versions, and the one that is valid until this one is."""
        context = super().get_context(request, *args, **kwargs)
        context["contents"] = sections(self.body)
        versions = self._versions()
        context["versions"] = [(kept, url) for kept, url in versions if kept.version != self.version]
        context["newest"] = versions[0] if versions else None
        context["until_then"] = (
            next((pair for pair in context["versions"] if pair[0].valid_from <= localdate()), None)
            if self.valid_from and self.valid_from > localdate()
            else None
        )
        return context

    def _versions(self) -> list[tuple[LegalVersion, str]]:
        """What has been published, newest first, with its address: the newest stands at the page's own."""
        own = self.get_url() or ""
        kept = list(self.versions.all()) if self.pk else []
        return [(each, f"{own}versions/{each.slug}/" if place else own) for place, each in enumerate(kept)]
