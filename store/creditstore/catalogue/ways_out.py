"""What to take away from a question that has no answers."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Final

from creditstore.catalogue.facets import selected_texts
from creditstore.catalogue.index import Index
from creditstore.catalogue.query import ProjectQuery
from creditstore.catalogue.question import Question, words_left_out
from creditstore.catalogue.results import WayOut
from creditstore.catalogue.statements import joined, rows_of, total

_NO_FILTERS: Final = frozenset({"q", "sort", "currency"})


def find_ways_out(*, query: ProjectQuery, question: Question, index: Index) -> list[WayOut]:
    """Each filter or word without which there are answers, most answers first: counted in one statement."""
    tried: list[tuple[WayOut, Question]] = []
    for field in fields(query):
        if field.name not in _NO_FILTERS and getattr(query, field.name) != field.default:
            value = ", ".join(selected_texts(query, field.name))
            tried.append((WayOut(name=field.name, value=value, query=query.without(field.name), count=0), question))
    for text, rest in words_left_out(question):
        shorter = replace(query, q=" ".join(term.text for term in rest.terms))
        tried.append((WayOut(name="q", value=text, query=shorter, count=0), rest))
    if not tried:
        return []
    counts = joined(", ", [total(way.query, words, index=index) for way, words in tried])
    (found,) = rows_of(replace(counts, text=f"SELECT {counts.text}"))
    ways = [replace(way, count=count) for (way, _words), count in zip(tried, found, strict=True) if count]
    return sorted(ways, key=lambda way: -way.count)
