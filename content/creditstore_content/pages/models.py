"""The pages editors make: home, campaign, explainer, project feature, and a list of pages."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel, PageChooserPanel
from wagtail.api import APIField
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from creditstore_content.blocks.body import ActionBlock, BodyBlock, DoorsBlock, HomeStepsBlock, SourcesBlock
from creditstore_content.pages.base import StorePage
from creditstore_content.pages.feature import ProjectFeaturePage

__all__ = ["CampaignPage", "ContentIndexPage", "ExplainerPage", "HomePage", "ProjectFeaturePage", "SeededPage"]


class HomePage(StorePage):
    """The first page; one for each language."""

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
        "creditstore_pages.ProjectFeaturePage",
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
    def summary(self) -> str:
        """The editor's own summary, else the sentence of the first screen."""
        return str(self.search_description or self.intro)

    @property
    def numbers(self) -> dict[str, int]:
        """The live numbers, for the content API."""
        from creditstore_content.pages.numbers import live_numbers

        found = live_numbers()
        return {
            "units_cancelled": found.units_cancelled,
            "units_simulated": found.units_simulated,
            "projects": found.projects,
            "countries": found.countries,
            "pledges": found.pledges,
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


class CampaignPage(StorePage):
    """A campaign: why these units, and where to cancel them. It links to the store and never sells by itself."""

    lead = models.TextField(_("lead"), max_length=400, help_text=_("Two or three sentences: what, where, why."))
    demonstration = models.BooleanField(
        _("demonstration"), default=False, help_text=_("Marks the campaign as an example wherever it is shown.")
    )
    body = StreamField(BodyBlock(), verbose_name=_("body"))
    action = StreamField(ActionBlock(), verbose_name=_("call to action"), blank=True)

    content_panels = [
        *Page.content_panels,
        FieldPanel("lead"),
        FieldPanel("body"),
        FieldPanel("action"),
        FieldPanel("demonstration"),
    ]
    search_fields = [*Page.search_fields, index.SearchField("lead"), index.SearchField("body")]
    api_fields = [APIField("lead"), APIField("demonstration"), APIField("body"), APIField("action")]
    parent_page_types = ["creditstore_pages.HomePage", "creditstore_pages.ContentIndexPage"]
    subpage_types: list[str] = []
    template = "pages/campaign_page.html"
    page_description = _("A campaign that leads to one or more projects.")

    class Meta:
        verbose_name = _("campaign page")
        verbose_name_plural = _("campaign pages")

    @property
    def summary(self) -> str:
        """The editor's own summary, else the lead."""
        return str(self.search_description or self.lead)


class ExplainerPage(StorePage):
    """Explains one thing, and names the sources it rests on."""

    section = "how"

    lead = models.TextField(_("lead"), max_length=400, help_text=_("What the reader will know afterwards."))
    body = StreamField(BodyBlock(), verbose_name=_("body"))
    sources = StreamField(SourcesBlock(), verbose_name=_("sources"))

    content_panels = [*Page.content_panels, FieldPanel("lead"), FieldPanel("body"), FieldPanel("sources")]
    search_fields = [*Page.search_fields, index.SearchField("lead"), index.SearchField("body")]
    api_fields = [APIField("lead"), APIField("body"), APIField("sources")]
    parent_page_types = ["creditstore_pages.HomePage", "creditstore_pages.ContentIndexPage"]
    subpage_types: list[str] = []
    template = "pages/explainer_page.html"
    page_description = _("Explains one subject. It names its sources.")

    class Meta:
        verbose_name = _("explainer")
        verbose_name_plural = _("explainers")

    @property
    def summary(self) -> str:
        """The editor's own summary, else the lead."""
        return str(self.search_description or self.lead)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """With its sections that can be linked to, from two on."""
        context = super().get_context(request, *args, **kwargs)
        headings = [block.value for block in self.body if block.block_type == "heading"]
        sections = [(value["anchor"], value["text"]) for value in headings if value["level"] == "2" and value["anchor"]]
        context["contents"] = sections if len(sections) > 1 else []
        return context


class ContentIndexPage(StorePage):
    """Groups pages below one address and lists them."""

    lead = models.TextField(_("lead"), max_length=400, blank=True)
    order = models.CharField(
        _("order"),
        max_length=8,
        choices=[("newest", _("newest first")), ("tree", _("as in the page tree"))],
        default="newest",
    )

    content_panels = [*Page.content_panels, FieldPanel("lead"), FieldPanel("order")]
    search_fields = [*Page.search_fields, index.SearchField("lead")]
    api_fields = [APIField("lead")]
    parent_page_types = ["creditstore_pages.HomePage"]
    subpage_types = [
        "creditstore_pages.CampaignPage",
        "creditstore_pages.ExplainerPage",
        "creditstore_pages.ProjectFeaturePage",
    ]
    template = "pages/content_index_page.html"
    page_description = _("A list of campaigns, explainers or project features.")

    class Meta:
        verbose_name = _("list of pages")
        verbose_name_plural = _("lists of pages")

    @property
    def summary(self) -> str:
        """The editor's own summary, else the lead."""
        return str(self.search_description or self.lead)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """With the public pages below, in the order that the editor chose."""
        context = super().get_context(request, *args, **kwargs)
        order = ["path"] if self.order == "tree" else ["-first_published_at", "title"]
        context["entries"] = self.get_children().live().public().specific().order_by(*order)
        return context


class SeededPage(models.Model):
    """A page that a new store begins with has been made once. What editors do to it, deleting included, stands."""

    key = models.CharField(max_length=40, unique=True)
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.key
