"""Which projects, and which of their offers, answer a question: conditions for the database, no order, no pages."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.contrib.postgres.aggregates import BoolOr
from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from creditstore.catalogue.goals import inferred_goals
from creditstore.catalogue.models import Project
from creditstore.catalogue.query import ProjectQuery
from creditstore.catalogue.search_text import words_of
from creditstore.credits.models import Offer

#: How alike a mistyped word and a word of the text must be (pg_trgm): "guangdnog" and "guangdong" share 0.6.
SIMILARITY: Final = 0.45
#: Shorter words have too few letters to be alike to anything.
SHORTEST_TYPO: Final = 4


def matching_projects(query: ProjectQuery, *, words: Q | None = None) -> QuerySet[Project]:
    """The projects that answer the question, in no order. ``words``: its ``text_condition`` where that is known."""
    found = Project.objects.order_by().filter(text_condition(query) if words is None else words)
    for column, values in (
        ("country_codes__overlap", query.country),
        ("region__in", query.region),
        ("scopes__overlap", query.scope),
        ("methodologies__overlap", query.methodology),
        ("project_type__in", query.type),
        ("scale__in", query.scale),
        ("activity_type__in", query.activity),
    ):
        if values:
            found = found.filter(**{column: list(values)})
    if query.ldc:
        found = found.filter(least_developed=True)
    if query.sdg:
        found = found.filter(_serves(query.sdg))
    if query.asks_for_offers:
        found = found.filter(Exists(offers_for_sale(query).filter(issuance__project=OuterRef("pk"))))
    return found


def _serves(goals: tuple[int, ...]) -> Q:
    """Projects with a goal that an editor entered, or that their type implies."""
    kinds = Project.objects.order_by().values_list("project_type", "project_subtype").distinct()
    found = Q(benefits__goal__in=goals)
    for kind, subtype in kinds:
        if set(goals) & set(inferred_goals(project_type=kind, project_subtype=subtype)):
            found |= Q(project_type=kind, project_subtype=subtype)
    return Q(pk__in=Project.objects.filter(found).values("pk"))


def offers_for_sale(query: ProjectQuery) -> QuerySet[Offer]:
    """The live offers with units left that meet the question, in no order."""
    offers = Offer.objects.order_by().filter(state="live", offered__gt=F("reserved") + F("sold"))
    if query.period:
        offers = offers.filter(issuance__commitment_period__in=query.period)
    if query.vintage_from:
        offers = offers.filter(issuance__monitoring_start__gte=date(query.vintage_from, 1, 1))
    if query.vintage_to:
        offers = offers.filter(issuance__monitoring_end__lte=date(query.vintage_to, 12, 31))
    if query.price_max:
        offers = offers.filter(currency=query.price_max.currency, price_minor__lte=query.price_max.minor)
    if query.seller:
        offers = offers.filter(seller__slug__in=query.seller)
    if query.available_min:
        offers = offers.filter(offered__gte=F("reserved") + F("sold") + query.available_min)
    return offers


def text_condition(query: ProjectQuery) -> Q:
    """Every word of the question stands in the text; a word that stands in no text at all may be a typing error."""
    words = words_of(query.q)
    if not words:
        return Q()
    typos = [word for word in words if len(word) >= SHORTEST_TYPO]
    contained = {f"word{position}": BoolOr(Q(search_text__contains=word)) for position, word in enumerate(typos)}
    known = Project.objects.aggregate(**contained) if typos else {}
    condition = Q()
    for word in words:
        if word in typos and not known[f"word{typos.index(word)}"]:
            alike = Project.objects.annotate(alike=TrigramWordSimilarity(word, "search_text"))
            condition &= Q(pk__in=alike.filter(alike__gte=SIMILARITY).values("pk"))
        else:
            condition &= Q(search_text__contains=word)
    return condition
