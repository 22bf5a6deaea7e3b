"""Projects and offers for reading."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from ninja import Query

from creditstore.api.answers import objections_answer
from creditstore.api.application import ApiRouter
from creditstore.api.schemas import catalogue as out
from creditstore.api.schemas.common import MoneyValue, Named
from creditstore.api.schemas.filters import ProjectFilters, ProjectListing, SuggestionRequest
from creditstore.cancellation.services import registry_is_simulated
from creditstore.catalogue.fact_types import GoalFacts, OfferFacts, SellerFacts, VintageFacts
from creditstore.catalogue.facts_of import offer_facts, project_facts
from creditstore.catalogue.search import ProjectHit, ProjectQuery, facets, search_projects, suggestions

router = ApiRouter(tags=["Catalogue"])


@router.get("/projects", response=out.ProjectList, operation_id="list_projects", summary="Find projects")
def list_projects(request: HttpRequest, listing: Query[ProjectListing]) -> out.ProjectList:
    """Search and filter. Repeat a parameter for "or"; different parameters mean "and"."""
    page = search_projects(
        query=ProjectQuery.from_params(request.GET), cursor=listing.cursor or None, limit=listing.limit
    )
    return out.ProjectList(
        items=[_item(hit) for hit in page.items],
        next=page.next,
        total=page.total,
        corrections=[out.Correction(typed=one.typed, meant=one.meant) for one in page.corrections],
    )


@router.get(
    "/projects/facets",
    response=dict[str, list[out.FacetValue]],
    operation_id="get_facets",
    summary="Count projects per filter value",
)
def get_facets(request: HttpRequest, filters: Query[ProjectFilters]) -> dict[str, list[out.FacetValue]]:
    """For the same filters as the list: a filter ignores its own selection."""
    counted = facets(query=ProjectQuery.from_params(request.GET))
    return {
        name: [
            out.FacetValue(value=value.value, label=value.label, count=value.count, selected=value.selected)
            for value in values
        ]
        for name, values in counted.items()
    }


@router.get(
    "/projects/suggestions",
    response=out.Suggestions,
    operation_id="suggest_projects",
    summary="Suggest how a search could go on",
)
def get_suggestions(request: HttpRequest, asked: Query[SuggestionRequest]) -> out.Suggestions:
    """Countries, types, methodologies, words and projects that the last word of `q` begins, with their counts."""
    return out.Suggestions(
        items=[
            out.Suggestion(kind=one.kind, label=one.label, value=one.value, count=one.count, rest=one.rest)
            for one in suggestions(text=asked.q, limit=asked.limit)
        ]
    )


@router.get("/projects/{ref}", response=out.Project, operation_id="get_project", summary="One project")
def get_project(request: HttpRequest, ref: str) -> out.Project:
    """Facts, units issued and cancelled, and what is for sale."""
    facts = project_facts(ref=ref, language=_language())
    hosts = [out.Party(code=country.code, name=country.name, role="host") for country in facts.countries]
    others = [out.Party(code=None, name=name, role="other") for name in facts.other_parties]
    placed = facts.latitude is not None and facts.longitude is not None
    return out.Project(
        ref=facts.ref,
        title=facts.title,
        countries=[country.code for country in facts.countries],
        type=facts.type,
        subtype=facts.subtype,
        scopes=[scope.code for scope in facts.scopes],
        methodologies=[methodology.code for methodology in facts.methodologies],
        sectors=[Named(code=scope.code, name=scope.name) for scope in facts.scopes],
        methodology_titles=[Named(code=item.code, name=item.name) for item in facts.methodologies],
        scale=facts.scale,
        activity=facts.activity,
        status=facts.status,
        status_note=facts.status_note,
        unfccc_id=facts.unfccc_id,
        registered_on=facts.registered_on,
        parties=[*hosts, *others],
        region=facts.region,
        subnational_region=facts.subnational_region,
        least_developed=facts.least_developed,
        small_island=facts.small_island,
        methodology_versions=list(facts.methodology_versions),
        crediting_period=out.CreditingPeriod(
            start=facts.crediting_start, end=facts.crediting_end, type=facts.crediting_period_type
        ),
        crediting_periods=[
            out.CreditingTerm(start=period.start, end=period.end, expected_reductions=period.annual_reductions)
            for period in facts.crediting_periods
        ],
        expected_reductions=facts.annual_reductions,
        installed_capacity_mw=float(facts.installed_capacity_mw) if facts.installed_capacity_mw is not None else None,
        validated_by=facts.validated_by,
        coordinates=out.Coordinates(latitude=float(facts.latitude or 0), longitude=float(facts.longitude or 0))
        if placed
        else None,
        documents=[out.Document(title=one.title, url=one.url, kind=one.kind) for one in facts.documents],
        goals=[_goal(goal) for goal in facts.goals],
        objections=objections_answer(facts.objections),
        source=facts.source,
        issued=facts.totals.issued,
        cancelled=facts.totals.cancelled,
        cancelled_here=facts.totals.cancelled_here,
        outstanding=facts.totals.outstanding,
        available=facts.totals.available,
        vintages=[_vintage(vintage) for vintage in facts.vintages],
        price_from=MoneyValue.of(facts.price_from) if facts.price_from else None,
        price_invented=facts.price_invented,
        offers=[offer_answer(offer) for offer in facts.offers],
        url=_project_url(facts.ref),
        simulated=registry_is_simulated(),
    )


@router.get("/offers/{id}", response=out.Offer, operation_id="get_offer", summary="One offer")
def get_offer(request: HttpRequest, id: str) -> out.Offer:
    """Price, quantity and state as they are now."""
    return offer_answer(offer_facts(code=id, language=_language()))


def offer_answer(offer: OfferFacts) -> out.Offer:
    """An offer as it is sent."""
    return out.Offer(
        id=offer.code,
        project=offer.project_ref,
        project_title=offer.project_title,
        seller=seller_answer(offer.seller),
        price=MoneyValue.of(offer.price),
        price_invented=offer.price_invented,
        available=offer.available,
        min=offer.minimum,
        max=offer.maximum,
        vintage=out.Vintage(from_=offer.vintage_from, to=offer.vintage_to),
        period=offer.period,
        unit_type=offer.unit_type,
        unit_name=offer.unit_name,
        objections=objections_answer(offer.objections),
        state=offer.state,
        simulated=registry_is_simulated(),
    )


def seller_answer(seller: SellerFacts) -> out.SellerFacts:
    """A seller as it is sent."""
    return out.SellerFacts(
        id=seller.slug, name=seller.name, country=seller.country, about=seller.about, invented=seller.invented
    )


def _goal(goal: GoalFacts) -> out.Goal:
    return out.Goal(
        goal=goal.goal,
        name=goal.name,
        basis=goal.basis,
        text=goal.text,
        source_title=goal.source_title,
        source_url=goal.source_url,
    )


def _vintage(vintage: VintageFacts) -> out.VintageUnits:
    return out.VintageUnits(
        year=vintage.year,
        issued=vintage.issued,
        cancelled_un_store=vintage.cancelled_un_store,
        cancelled_elsewhere=vintage.cancelled_elsewhere,
        cancelled_here=vintage.cancelled_here,
        outstanding=vintage.outstanding,
        available=vintage.available,
    )


def _item(hit: ProjectHit) -> out.ProjectItem:
    return out.ProjectItem(
        ref=hit.ref,
        title=hit.title,
        countries=list(hit.countries),
        type=hit.type,
        scopes=list(hit.scopes),
        methodologies=list(hit.methodologies),
        scale=hit.scale,
        activity=hit.activity,
        registered_on=hit.registered_on,
        price_from=MoneyValue.of(hit.price_from) if hit.price_from else None,
        price_invented=hit.price_invented,
        available=hit.available,
        vintage_from=hit.vintage_from,
        vintage_to=hit.vintage_to,
        title_parts=[out.TextPart(text=part.text, matched=part.matched) for part in hit.title_parts],
        subtype=hit.subtype,
        goals=list(hit.goals),
        least_developed=hit.least_developed,
        installed_capacity_mw=None if hit.installed_capacity_mw is None else float(hit.installed_capacity_mw),
        url=_project_url(hit.ref),
        simulated=registry_is_simulated(),
    )


def _project_url(ref: str) -> str:
    return f"{settings.SITE_URL}{reverse('store:project', kwargs={'ref': ref})}"


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE
