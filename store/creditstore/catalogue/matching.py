"""Which projects answer a question, as a set of the index."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import and_, or_
from typing import Any

from creditstore.catalogue.index import DIMENSION_OF, Index
from creditstore.catalogue.live_offers import LiveOffers
from creditstore.catalogue.query import ProjectQuery
from creditstore.catalogue.question import Question


def selected(query: ProjectQuery, name: str) -> tuple[Any, ...]:
    """The values chosen of a filter that looks at a dimension."""
    if name == "ldc":
        return ("1",) if query.ldc else ()
    values: tuple[Any, ...] = getattr(query, name)
    return values


def having_chosen(query: ProjectQuery, *, index: Index) -> dict[str, int]:
    """By each filter of facts that something is chosen of, the projects that have any of it."""
    return {name: _any_of(index.having[name], values) for name in DIMENSION_OF if (values := selected(query, name))}


def matching_words(question: Question, *, index: Index) -> int:
    """The projects in which every term stands."""
    return index.matching([term.tsquery for term in question.terms])


def answering(query: ProjectQuery, question: Question, *, live: LiveOffers) -> int:
    """The projects that answer words and filters."""
    found = reduce(and_, having_chosen(query, index=live.index).values(), matching_words(question, index=live.index))
    return found & live.meeting(query).projects if query.asks_for_offers else found


def _any_of(having: Mapping[str, int], values: tuple[Any, ...]) -> int:
    return reduce(or_, (having.get(str(value), 0) for value in values))
