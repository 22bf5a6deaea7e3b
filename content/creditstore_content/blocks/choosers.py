"""The windows in which editors choose a project or an offer: the catalogue's own search, filters, prices, usage."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.paginator import InvalidPage
from django.db.models import F, Q, QuerySet
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic.chooser import ChooseResultsView, ChooseView, ChosenView
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.admin.widgets.chooser import BaseChooser
from wagtail.blocks import ChooserBlock

from creditstore.catalogue.labels import project_type
from creditstore.catalogue.models import Project
from creditstore.catalogue.search import ProjectHit, ProjectQuery
from creditstore.core.countries import country_name
from creditstore.core.written import years_words
from creditstore.credits.models import Offer
from creditstore_content.blocks.choices import country_choices, type_choices
from creditstore_content.blocks.found import FoundProjects
from creditstore_content.blocks.loading import LoadedTogether
from creditstore_content.blocks.usage import pages_using
from creditstore_content.blocks.words import NOTHING, language, price_words
from creditstore_plugins import Money

PROJECT, OFFER = "creditstore_catalogue.Project", "creditstore_credits.Offer"


class _CatalogueFilterForm(BaseFilterForm):  # type: ignore[misc]
    """Words, country and type, as the catalogue understands them."""

    q = forms.CharField(label=_("Search term"), required=False, max_length=200)
    country = forms.ChoiceField(label=_("Country"), required=False)
    type = forms.ChoiceField(label=_("Type"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = [("", _("All countries")), *country_choices()]
        self.fields["type"].choices = [("", _("All types")), *type_choices()]

    def question(self) -> ProjectQuery:
        """What was asked; everything when the form makes no sense."""
        asked = {name: value for name, value in self.cleaned_data.items() if value} if self.is_valid() else {}
        self.is_searching = bool(asked)
        # Wagtail says "no matches for …": also when only a filter was chosen.
        self.search_query = asked.get("q") or gettext("these filters")
        return ProjectQuery.from_params(self.parameters(asked))

    def parameters(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The catalogue's own parameters."""
        return asked


class ProjectFilterForm(_CatalogueFilterForm):
    """Any project, or those with something for sale."""

    q = forms.CharField(
        label=_("Search term"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"placeholder": _("Reference, title, country, technology")}),
    )
    for_sale = forms.BooleanField(label=_("Only with something for sale"), required=False)

    def parameters(self, asked: dict[str, Any]) -> dict[str, Any]:
        """With at least one unit for sale, if asked."""
        found = dict(asked)
        if found.pop("for_sale", False):
            found["available_min"] = "1"
        return found


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project in the window's list."""

    pk: int
    hit: ProjectHit
    used_on: int

    def __str__(self) -> str:
        return self.hit.title


class _ProjectsView:
    """The list of projects; a mixin of Wagtail's two views."""

    filter_form_class = ProjectFilterForm

    def get_results_page(self, request: HttpRequest) -> Any:
        """A page of the search's answer instead of a page of a table."""
        found = FoundProjects(self.filter_form.question())  # type: ignore[attr-defined]
        self.paginator = self.paginator_class(found, per_page=self.per_page)  # type: ignore[attr-defined]
        try:
            page = self.paginator.page(request.GET.get("p", 1))
        except InvalidPage as error:
            raise Http404 from error
        page.object_list = _project_rows(page.object_list)
        return page

    @property
    def columns(self) -> list[Column]:
        """Reference, title, country, type, price and what is available, and how many pages show it already."""
        return [
            Column("ref", label=_("Reference"), accessor="hit.ref"),
            self.title_column,  # type: ignore[attr-defined]
            Column("country", label=_("Country"), accessor=lambda row: ", ".join(row.hit.country_names)),
            Column("type", label=_("Type"), accessor=lambda row: project_type(row.hit.type)),
            Column("price", label=_("Price from"), accessor=lambda row: price_words(row.hit.price_from)),
            Column("available", label=_("Available"), accessor=lambda row: _units(row.hit.available)),
            _UsageColumn(
                "used_on",
                label=_("On pages"),
                accessor=lambda row: row.used_on or NOTHING,
                get_url=lambda row: _usage_url(project=row.pk),
            ),
        ]


class ProjectChooseView(_ProjectsView, ChooseView):  # type: ignore[misc]
    """The window."""


class ProjectChooseResultsView(_ProjectsView, ChooseResultsView):  # type: ignore[misc]
    """Its list, when somebody searches or turns the page."""


class _ProjectBlock(LoadedTogether, ChooserBlock):  # type: ignore[misc]
    """A chosen project."""


class ProjectChooserViewSet(ChooserViewSet):  # type: ignore[misc]
    """Projects are chosen here, never made: they come from the catalogue's import."""

    model = PROJECT
    icon = "globe"
    base_block_class = _ProjectBlock
    per_page = 15
    choose_one_text = _("Choose a project")
    choose_another_text = _("Choose another project")
    choose_view_class = ProjectChooseView
    choose_results_view_class = ProjectChooseResultsView


class OfferFilterForm(_CatalogueFilterForm):
    """Offers by their project, their seller or their own code."""

    q = forms.CharField(
        label=_("Search term"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"placeholder": _("Project, seller or code of the offer")}),
    )

    def filter(self, objects: QuerySet[Offer]) -> QuerySet[Offer]:
        """The live offers that were asked for."""
        question = self.question()
        if not self.is_searching:
            return objects
        refs = [hit.ref for hit in FoundProjects(question)]
        condition = Q(issuance__project__ref__in=refs)
        if question.q:
            named = Q(code__iexact=question.q) | Q(seller__name__icontains=question.q)
            if question.country:
                named &= Q(issuance__project__country_codes__overlap=list(question.country))
            if question.type:
                named &= Q(issuance__project__project_type__in=question.type)
            condition |= named
        return objects.filter(condition)

    def parameters(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Projects with nothing for sale have no offers to choose."""
        return {**asked, "available_min": "1"}


def offers_left() -> QuerySet[Offer]:
    """Live offers of which something is left, whatever became of their projects."""
    return Offer.objects.filter(state="live", offered__gt=F("reserved") + F("sold") + F("frozen"))


class _OffersView:
    """The list of live offers, cheapest first; a mixin of Wagtail's two views."""

    filter_form_class = OfferFilterForm

    def get_object_list(self) -> QuerySet[Offer]:
        """What can be bought now."""
        registered = offers_left().filter(issuance__project__status="registered")
        return registered.select_related("seller", "issuance__project")

    @property
    def columns(self) -> list[Column]:
        """Code, project, vintage, price, available, seller."""
        return [
            Column("code", label=_("Offer")),
            self.title_column,
            Column("vintage", label=_("Vintage"), accessor=_vintage),
            Column("price", label=_("Price"), accessor=lambda offer: price_words(offer_price(offer))),
            Column("available", label=_("Available"), accessor=lambda offer: _units(offer.available)),
            Column("seller", label=_("Seller"), accessor="seller.name"),
        ]

    @property
    def title_column(self) -> TitleColumn:
        """The project's title leads to the choice."""
        column = super().title_column  # type: ignore[misc]
        column.accessor = "issuance.project.title"
        return column


class OfferChooseView(_OffersView, ChooseView):  # type: ignore[misc]
    """The window."""


class OfferChooseResultsView(_OffersView, ChooseResultsView):  # type: ignore[misc]
    """Its list, when somebody searches or turns the page."""


class OfferChosenView(ChosenView):  # type: ignore[misc]
    """What the form shows of the chosen one."""

    def get_display_title(self, instance: Offer) -> str:
        """Not the code alone."""
        return offer_title(instance)


class OfferWidget(BaseChooser):  # type: ignore[misc]
    """The same in a form that is opened again."""

    def get_display_title(self, instance: Offer) -> str:
        """Not the code alone."""
        return offer_title(instance)


class _OfferBlock(LoadedTogether, ChooserBlock):  # type: ignore[misc]
    """A chosen offer."""

    def queryset(self) -> QuerySet[Any]:
        """With its seller and its project."""
        return super().queryset().select_related("seller", "issuance__project")


class OfferChooserViewSet(ChooserViewSet):  # type: ignore[misc]
    """Live offers are chosen here, never made: sellers make them."""

    model = OFFER
    icon = "tag"
    base_block_class = _OfferBlock
    per_page = 15
    choose_one_text = _("Choose an offer")
    choose_another_text = _("Choose another offer")
    choose_view_class = OfferChooseView
    choose_results_view_class = OfferChooseResultsView
    chosen_view_class = OfferChosenView
    base_widget_class = OfferWidget


project_chooser_viewset = ProjectChooserViewSet("creditstore_project_chooser")
offer_chooser_viewset = OfferChooserViewSet("creditstore_offer_chooser")
ProjectChooserBlock = project_chooser_viewset.get_block_class(
    name="ProjectChooserBlock", module_path="creditstore_content.blocks.projects"
)
OfferChooserBlock = offer_chooser_viewset.get_block_class(
    name="OfferChooserBlock", module_path="creditstore_content.blocks.offers"
)


class _UsageColumn(TitleColumn):  # type: ignore[misc]
    """How many pages show it, leading to the list of them in a window of its own."""

    def get_link_attrs(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        """The window of the chooser stays open."""
        return {"target": "_blank", "rel": "noopener"}

    def get_link_url(self, instance: Any, parent_context: Any) -> str | None:
        """Nothing to see without a page."""
        return super().get_link_url(instance, parent_context) if instance.used_on else None


def offer_price(offer: Offer) -> Money:
    """What a unit costs."""
    return Money(minor=offer.price_minor, currency=offer.currency)


def offer_title(offer: Offer) -> str:
    """An offer in one line: code, project, vintage, price."""
    project = offer.issuance.project
    countries = ", ".join(country_name(code, language()) for code in project.country_codes)
    parts = (f"{project.title} ({countries})", _vintage(offer), price_words(offer_price(offer)))
    return f"{offer.code}: " + ", ".join(part for part in parts if part)


def _vintage(offer: Offer) -> str:
    return years_words(offer.issuance.monitoring_start, offer.issuance.monitoring_end)


def _units(number: int) -> str:
    return number_format(number, force_grouping=True) if number else NOTHING


def _project_rows(hits: Iterable[ProjectHit]) -> Sequence[ProjectRow]:
    found = list(hits)
    keys = dict(Project.objects.filter(ref__in=[hit.ref for hit in found]).values_list("ref", "pk"))
    used = pages_using(Project, keys.values())
    # A project that went away between the two questions is not offered.
    return [ProjectRow(keys[hit.ref], hit, used.get(keys[hit.ref], 0)) for hit in found if hit.ref in keys]


def _usage_url(*, project: int) -> str:
    return f"{reverse('creditstore_usage')}?project={project}"
