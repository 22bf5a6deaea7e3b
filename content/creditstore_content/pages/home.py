"""The first page of the site."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel, PageChooserPanel
from wagtail.api import APIField
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from creditstore_content.blocks.body import DoorsBlock, HomeStepsBlock
from creditstore_content.pages.base import StorePage


class HomePage(StorePage):
    """The first page; one for each language."""

    summary_field: ClassVar[str] = "intro"

    heading = models.CharField(_("heading"), max_length=100)
    intro = models.CharField(_("what this is, in one sentence"), max_length=250)
    doors = StreamField(DoorsBlock(), verbose_name=_("doors"))
    steps_heading = models.CharField(_("heading of the steps"), max_length=100)
    steps = StreamField(HomeStepsBlock(), verbose_name=_("how a cancellation works"))
    featured_campaign = models.ForeignKey(
        "creditstore_pages.CampaignPage",
        verbose_name=_("featured campaign"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    content_panels = [
        *Page.content_panels,
        MultiFieldPanel([FieldPanel("heading"), FieldPanel("intro")], heading=_("First screen")),
        HelpPanel(content=_("The three numbers and the newest cancellations come from the store by themselves.")),
        FieldPanel("doors"),
        MultiFieldPanel([FieldPanel("steps_heading"), FieldPanel("steps")], heading=_("How it works")),
        PageChooserPanel("featured_campaign", "creditstore_pages.CampaignPage"),
    ]
    search_fields = [*Page.search_fields, index.SearchField("heading"), index.SearchField("intro")]
    api_fields = [
        APIField("heading"),
        APIField("intro"),
        APIField("doors"),
        APIField("steps_heading"),
        APIField("steps"),
        APIField("featured_campaign"),
        APIField("numbers"),
    ]
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = [
        "creditstore_pages.CampaignPage",
        "creditstore_pages.ExplainerPage",
        "creditstore_pages.FaqPage",
        "creditstore_pages.LegalPage",
        "creditstore_pages.PartnerPage",
        "creditstore_pages.ProfilePage",
        "creditstore_pages.ProjectFeaturePage",
        "creditstore_pages.StoryPage",
        "creditstore_pages.ContentIndexPage",
    ]
    template = "pages/home_page.html"
    page_description = _("The first page of the site in one language.")

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    def clean(self) -> None:
        """One home page for each language."""
        super().clean()
        if self.locale_id and HomePage.objects.filter(locale_id=self.locale_id).exclude(pk=self.pk).exists():
            raise ValidationError(_("This language already has a home page."))

    @property
    def numbers(self) -> dict[str, int]:
        """The live numbers, for the content API."""
        from creditstore_content.pages.numbers import live_numbers, pledges_in_force

        found = live_numbers()
        return {
            "units_cancelled": found.units_cancelled,
            "units_simulated": found.units_simulated,
            "projects": found.projects,
            "countries": found.countries,
            "pledges": pledges_in_force(),
        }

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """With live numbers, newest cancellations, and the campaign while it is public."""
        from creditstore_content.pages.numbers import live_numbers, newest_cancellations

        context = super().get_context(request, *args, **kwargs)
        context["numbers"] = live_numbers()
        context["newest"] = newest_cancellations()
        campaign = self.featured_campaign
        context["campaign"] = campaign if campaign is not None and campaign.live else None
        return context
