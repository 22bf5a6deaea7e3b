"""A partner's landing page: its campaigns, under both names."""

from __future__ import annotations

from typing import Any

from django.core.validators import URLValidator
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel
from wagtail.api import APIField
from wagtail.fields import StreamField
from wagtail.images import get_image_model_string
from wagtail.models import Page
from wagtail.search import index

from creditstore_content.blocks.body import BodyBlock
from creditstore_content.blocks.pictures import image_representation
from creditstore_content.pages.base import StorePage
from creditstore_content.pages.campaign import CampaignPage
from creditstore_content.pages.pictures import check_rights
from creditstore_content.pages.structured_data import page_data
from creditstore_content.pages.subjects import Subject, subject_data


class PartnerPage(StorePage):
    """Where readers of a partner arrive. It states who the partner is and which campaigns are its own, no more."""

    organisation = models.CharField(
        _("organisation"), max_length=120, help_text=_("The name as the partner writes it.")
    )
    logo = models.ForeignKey(
        get_image_model_string(),
        verbose_name=_("logo"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("With the partner's leave to show it; say so in the library, under Rights."),
    )
    website = models.URLField(_("website"), max_length=300, blank=True, validators=[URLValidator(schemes=["https"])])
    lead = models.TextField(_("lead"), max_length=400, help_text=_("What you do together, in two or three sentences."))
    body = StreamField(BodyBlock(required=False), verbose_name=_("body"), blank=True)

    content_panels = [
        *Page.content_panels,
        MultiFieldPanel(
            [FieldPanel("organisation"), FieldPanel("logo"), FieldPanel("website")], heading=_("The partner")
        ),
        FieldPanel("lead"),
        FieldPanel("body"),
        HelpPanel(
            content=_(
                "Campaigns that name this partner are listed below by themselves. State facts only: a partnership "
                "proves nothing about the partner's emissions."
            )
        ),
    ]
    search_fields = [
        *Page.search_fields,
        index.SearchField("organisation"),
        index.SearchField("lead"),
        index.SearchField("body"),
    ]
    api_fields = [
        APIField("organisation"),
        APIField("logo_for_api"),
        APIField("website"),
        APIField("lead"),
        APIField("body"),
        APIField("campaigns_for_api"),
        APIField("topics"),
    ]
    parent_page_types = ["creditstore_pages.HomePage", "creditstore_pages.ContentIndexPage"]
    subpage_types: list[str] = []
    template = "pages/partner_page.html"
    page_description = _("Where readers of a partner organisation arrive, with its campaigns.")
    kind_name = _("Partners")

    class Meta:
        verbose_name = _("partner page")
        verbose_name_plural = _("partner pages")

    @property
    def logo_for_api(self) -> dict[str, Any] | None:
        """The logo's address, size, words and rights, or null."""
        return image_representation(self.logo, alt=self.organisation)

    @property
    def campaigns(self) -> QuerySet[CampaignPage]:
        """The partner's campaigns that anybody may read, newest first."""
        found: QuerySet[CampaignPage] = CampaignPage.objects.filter(partner=self.pk).live().public()
        return found.order_by("-first_published_at", "title")

    @property
    def campaigns_for_api(self) -> list[dict[str, Any]]:
        """Number, title, summary and address of each."""
        return [
            {"id": page.pk, "title": page.title, "summary": page.summary, "url": page.url} for page in self.campaigns
        ]

    def described(self) -> list[dict[str, Any]]:
        """A page about the partner."""
        about = subject_data(name=self.organisation, subject=Subject.ORGANISATION)
        if self.website:
            about["url"] = self.website
        return [{**page_data(self), "about": about}]

    def clean(self) -> None:
        """A logo says whose it is."""
        super().clean()
        check_rights(self.logo, field="logo")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """With its campaigns."""
        context = super().get_context(request, *args, **kwargs)
        context["campaigns"] = list(self.campaigns)
        return context
