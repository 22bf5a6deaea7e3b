"""What to take away from a question that has no answers."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Final

from creditstore.catalogue.facets import selected_texts
from creditstore.catalogue.live_offers import LiveOffers
from creditstore.catalogue.matching import answering
from creditstore.catalogue.query import ProjectQuery
from creditstore.catalogue.question import Question, words_left_out
from creditstore.catalogue.results import WayOut

_NO_FILTERS: Final = frozenset({"q", "sort", "currency"})


def find_ways_out(*, query: ProjectQuery, question: Question, live: LiveOffers) -> list[WayOut]:
    """Each filter or word without which there are answers, most answers first."""
    tried: list[tuple[WayOut, Question]] = []
    for field in fields(query):
        if field.name not in _NO_FILTERS and getattr(query, field.name) != field.default:
            value = ", ".join(selected_texts(query, field.name))
            tried.append((WayOut(name=field.name, value=value, query=query.without(field.name), count=0), question))
    for text, rest in words_left_out(question):
        shorter = replace(query, q=" ".join(term.text for term in rest.terms))
        tried.append((WayOut(name="q", value=text, query=shorter, count=0), rest))
    ways = [replace(way, count=answering(way.query, words, live=live).bit_count()) for way, words in tried]
    return sorted((way for way in ways if way.count), key=lambda way: -way.count)
