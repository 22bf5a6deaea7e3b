"""Finding projects: the one door to the search for pages, API and content. See docs/explanation/search.md."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from creditstore.catalogue.facets import count_facets
from creditstore.catalogue.hits import page_of_hits
from creditstore.catalogue.index import Index, Moment, at_present
from creditstore.catalogue.live_offers import live_offers
from creditstore.catalogue.map_points import points_on_map
from creditstore.catalogue.query import ProjectQuery
from creditstore.catalogue.question import Question, read_question
from creditstore.catalogue.results import (
    Correction,
    FacetValue,
    MapPoint,
    ProjectHit,
    SearchPage,
    Suggestion,
    TextPart,
    WayOut,
)
from creditstore.catalogue.suggesting import suggest
from creditstore.catalogue.ways_out import find_ways_out
from creditstore.core.errors import FieldError, StoreError

__all__ = [
    "MAX_LIMIT",
    "MAX_SUGGESTIONS",
    "Correction",
    "FacetValue",
    "MapPoint",
    "ProjectHit",
    "ProjectQuery",
    "SearchPage",
    "Suggestion",
    "TextPart",
    "WayOut",
    "corrections",
    "facets",
    "map_points",
    "search_projects",
    "search_with_facets",
    "suggestions",
    "ways_out",
]

MAX_LIMIT: Final = 100
MAX_SUGGESTIONS: Final = 20


def search_projects(*, query: ProjectQuery, cursor: str | None = None, limit: int = 25) -> SearchPage:
    """One page of the projects that answer the question, with what was taken for a typing error in it.

    All that stands on a page was true at one moment. While offers change between pages, a project whose place in the
    order has not changed is neither left out nor shown twice.

    Parameters: ``cursor``, the ``next`` of the page before; ``limit``, 1 to 100.
    Errors: ``StoreError``: bad-request for a cursor that is none of this order, invalid for the limit.
    """
    _check_limit(limit, most=MAX_LIMIT)
    return at_present(lambda moment: _page(query, moment, cursor=cursor, limit=limit))


def facets(*, query: ProjectQuery) -> dict[str, list[FacetValue]]:
    """How many projects each value of each filter would leave, most first; years and numbers in their order.

    A filter ignores its own selection, so that its counts say what choosing another value would give. ``period``,
    ``vintage_from``, ``vintage_to`` and ``seller`` count projects that have such an offer now.
    """
    return at_present(lambda moment: _facets(query, moment))


def search_with_facets(
    *, query: ProjectQuery, cursor: str | None = None, limit: int = 25
) -> tuple[SearchPage, dict[str, list[FacetValue]]]:
    """What ``search_projects`` and ``facets`` answer, with one look at what may have changed."""
    _check_limit(limit, most=MAX_LIMIT)
    return at_present(lambda moment: (_page(query, moment, cursor=cursor, limit=limit), _facets(query, moment)))


def corrections(*, query: ProjectQuery) -> tuple[Correction, ...]:
    """Words of the question that stand nowhere, and what was looked for in their place."""
    return at_present(lambda moment: _question(query, moment.index)).corrections


def suggestions(*, text: str, limit: int = 8) -> list[Suggestion]:
    """How a question that is being typed could go on; empty for less than two letters.

    Errors: ``StoreError`` (invalid) for a limit that is not 1 to 20.
    """
    _check_limit(limit, most=MAX_SUGGESTIONS)
    language = _language()
    cleaned = ProjectQuery(q=text).q
    return at_present(lambda moment: suggest(text=cleaned, index=moment.index, language=language, limit=limit))


def ways_out(*, query: ProjectQuery) -> list[WayOut]:
    """For a question without answers: each filter or word without which there are some, most answers first."""
    return at_present(
        lambda moment: find_ways_out(query=query, question=_question(query, moment.index), live=live_offers(moment))
    )


def map_points(*, query: ProjectQuery) -> list[MapPoint]:
    """Every project that answers the question and whose place is known, by reference."""
    return at_present(
        lambda moment: points_on_map(query=query, question=_question(query, moment.index), live=live_offers(moment))
    )


def _page(query: ProjectQuery, moment: Moment, *, cursor: str | None, limit: int) -> SearchPage:
    """The first page without a question, which most readers see, is remembered."""
    language = _language()

    def read() -> SearchPage:
        return page_of_hits(
            query=query,
            question=_question(query, moment.index),
            live=live_offers(moment),
            language=language,
            cursor=cursor,
            limit=limit,
        )

    if cursor or not query.asks_nothing or query.currency != settings.CREDITSTORE_CURRENCY:
        return read()
    page = moment.remember(("page", query.sort, limit, language), read)
    return replace(page, items=list(page.items))


def _facets(query: ProjectQuery, moment: Moment) -> dict[str, list[FacetValue]]:
    """The counts without a question are remembered as well."""
    language = _language()

    def count() -> dict[str, list[FacetValue]]:
        question = _question(query, moment.index)
        return count_facets(query=query, question=question, live=live_offers(moment), language=language)

    if not query.asks_nothing:
        return count()
    return {name: list(values) for name, values in moment.remember(("facets", language), count).items()}


def _question(query: ProjectQuery, index: Index) -> Question:
    return read_question(query.q, index=index, language=_language())


def _language() -> str:
    return get_language() or "en"


def _check_limit(limit: int, *, most: int) -> None:
    if not 1 <= limit <= most:
        message = _("Ask for 1 to %(count)d at a time.") % {"count": most}
        raise StoreError(code="invalid", message=message, errors=[FieldError("limit", message)])
