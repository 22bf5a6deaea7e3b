"""Projects chosen by a rule instead of one by one: what meets it is looked up whenever the page is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from creditstore.catalogue.labels import project_type
from creditstore.catalogue.search import ProjectHit, ProjectQuery, search_projects
from creditstore.core.errors import StoreError
from creditstore_content.blocks.base import STORE, StoreStructBlock, choice_block
from creditstore_content.blocks.choices import country_choices, region_choices, type_choices
from creditstore_content.blocks.words import price_words

MOST: Final = 12
ORDERS: Final = {
    "price": _("Lowest price first"),
    "-vintage": _("Youngest vintage first"),
    "vintage": _("Oldest vintage first"),
    "-available": _("Most available first"),
    "title": _("By title"),
}
#: From the catalogue's parameters to the block's fields, where they differ.
_FIELDS: Final = {"type": "types", "country": "countries", "sort": "order", "ldc": "least_developed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a rule finds now: the first projects, how many there are in all, and the catalogue's page with all."""

    hits: tuple[ProjectHit, ...]
    total: int
    url: str


def parameters(rule: Any) -> dict[str, list[str]]:
    """The rule as parameters of the catalogue, as they stand in its address. Empty conditions are left out."""
    price = rule.get("price_max")
    asked = {
        "type": list(rule.get("types") or ()),
        "country": list(rule.get("countries") or ()),
        "region": [rule.get("region")],
        "ldc": ["1" if rule.get("least_developed") else ""],
        "price_max": [f"{price:f}" if price is not None else ""],
        "vintage_from": [rule.get("vintage_from")],
        "vintage_to": [rule.get("vintage_to")],
        "available_min": [rule.get("available_min")],
        "sort": [rule.get("order")],
    }
    given = {name: [str(value) for value in values if value not in (None, "")] for name, values in asked.items()}
    return {name: values for name, values in given.items() if values}


def catalogue_url(asked: dict[str, list[str]]) -> str:
    """The catalogue's page with these filters."""
    address = reverse("store:catalogue")
    return f"{address}?{urlencode(asked, doseq=True)}" if asked else address


def find(asked: dict[str, list[str]], *, limit: int) -> Found:
    """Ask the catalogue. A question that it no longer understands (a country that left the list) finds nothing.

    Parameters: ``limit``, 1 to 100 projects.
    """
    try:
        page = search_projects(query=ProjectQuery.from_params(asked), limit=limit)
    except StoreError:
        return Found(hits=(), total=0, url=reverse("store:catalogue"))
    return Found(hits=tuple(page.items), total=page.total, url=catalogue_url(asked))


def hit_card(hit: ProjectHit) -> dict[str, Any]:
    """A found project for the content API."""
    return {
        "ref": hit.ref,
        "title": hit.title,
        "countries": list(hit.country_names),
        "type": project_type(hit.type),
        "price_from": price_words(hit.price_from) if hit.price_from else None,
        "price_invented": hit.price_invented,
        "available": hit.available,
        "url": reverse("store:project", args=[hit.ref]),
    }


def _years(label: Any) -> Any:
    return blocks.IntegerBlock(label=label, required=False, min_value=1990, max_value=2100)


class ProjectsByRuleBlock(StoreStructBlock):
    """A list of projects that keeps itself up to date."""

    heading = blocks.CharBlock(label=_("Heading"), max_length=120)
    types = blocks.ListBlock(
        choice_block(label=_("Type"), choices=type_choices),
        label=_("Types of project"),
        default=[],
        max_num=20,
        help_text=_("One of these. None: any type."),
    )
    countries = blocks.ListBlock(
        choice_block(label=_("Country"), choices=country_choices),
        label=_("Countries"),
        default=[],
        max_num=20,
        help_text=_("One of these. None: any country."),
    )
    region = choice_block(label=_("Region"), choices=region_choices, required=False)
    least_developed = blocks.BooleanBlock(
        label=_("Least developed countries only"),
        required=False,
        help_text=_("Hosted by a country that is on the United Nations' list of least developed countries."),
    )
    price_max = blocks.DecimalBlock(
        label=_("Price at most"),
        required=False,
        max_digits=11,
        decimal_places=2,
        help_text=_("For one tonne, in the store's currency."),
    )
    vintage_from = _years(_("Vintage from, year"))
    vintage_to = _years(_("Vintage to, year"))
    available_min = blocks.IntegerBlock(
        label=_("Available at least, tonnes"), required=False, min_value=1, max_value=10**15
    )
    order = choice_block(label=_("Order"), choices=list(ORDERS.items()), default="price")
    count = blocks.IntegerBlock(label=_("How many to show"), min_value=1, max_value=MOST, default=3)
    fallback = blocks.CharBlock(
        label=_("When nothing meets the rule"),
        max_length=200,
        default=_("No project meets this at present."),
        help_text=_("Shown in place of the list, with a link to all projects."),
    )

    def heading_levels(self, value: Any) -> Sequence[int]:
        """The list's own, and each project's."""
        return (2, 3)

    def clean(self, value: Any) -> Any:
        """Say at the field what the catalogue would not understand, and what can never be met."""
        cleaned = super().clean(value)
        wrong: dict[str, ValidationError] = {}
        price = cleaned.get("price_max")
        if price is not None and price <= 0:
            wrong["price_max"] = ValidationError(_("Give a price above zero, such as 2.50."))
        first, last = cleaned.get("vintage_from"), cleaned.get("vintage_to")
        if first and last and first > last:
            wrong["vintage_to"] = ValidationError(_("The last year lies before the first one."))
        if not wrong:
            try:
                ProjectQuery.from_params(parameters(cleaned))
            except StoreError as error:
                wrong = {_FIELDS.get(item.field, item.field): ValidationError(item.message) for item in error.errors}
        if wrong:
            raise StructBlockValidationError(wrong)
        return cleaned

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """With what the rule finds now. Editors see in the preview how many there are, and when there is none."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        context["found"] = find(parameters(value), limit=_limit(value))
        context["for_editors"] = bool(getattr(context.get("request"), "is_preview", False))
        context["currency"] = settings.CREDITSTORE_CURRENCY
        return context

    def get_api_representation(self, value: Any, context: dict[str, Any] | None = None) -> dict[str, Any]:
        """The rule, what it finds now, and the catalogue's page with all of it."""
        asked = parameters(value)
        found = find(asked, limit=_limit(value))
        return {
            "heading": value["heading"],
            "rule": {name: asked[name] for name in asked if name != "sort"},
            "order": value["order"],
            "count": value["count"],
            "found": found.total,
            "projects": [hit_card(hit) for hit in found.hits],
            "url": found.url,
            "fallback": value["fallback"],
        }

    class Meta:
        icon = "list-ul"
        group = STORE
        label = _("Projects by rule")
        description = _(
            "The projects that meet a rule, such as wind under 3 USD in least developed countries. The list keeps "
            "itself up to date."
        )
        template = "blocks/projects_by_rule.html"
        preview_value = {
            "heading": _("The cheapest units of wind power"),
            "types": ["Wind"],
            "countries": [],
            "order": "price",
            "count": 3,
            "fallback": _("No project meets this at present."),
        }


def _limit(value: Any) -> int:
    """How many to show; a draft may lack the number."""
    return min(max(value.get("count") or 3, 1), MOST)
