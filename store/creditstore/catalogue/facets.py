"""How many projects each value of each filter would leave, counted in sets that the process keeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from operator import and_
from typing import Any, Final

from creditstore.catalogue import labels
from creditstore.catalogue.goals import GOALS
from creditstore.catalogue.index import Index
from creditstore.catalogue.live_offers import COUNTED, LiveOffers
from creditstore.catalogue.matching import having_chosen, matching_words
from creditstore.catalogue.query import ProjectQuery
from creditstore.catalogue.question import Question
from creditstore.catalogue.results import FacetValue
from creditstore.core.countries import country_name

#: The filters counted. ``price_max`` and ``available_min`` have no values to count.
NAMES: Final = (
    "country", "region", "ldc", "type", "sdg", "scope", "methodology", "scale", "activity",
    "period", "vintage_from", "vintage_to", "seller",
)  # fmt: skip
#: Those that stand in the order of their values; the others have the most frequent value first.
_IN_ORDER: Final = frozenset({"vintage_from", "vintage_to", "period", "sdg"})


def count_facets(
    *, query: ProjectQuery, question: Question, live: LiveOffers, language: str
) -> dict[str, list[FacetValue]]:
    """Counts for the filters in ``NAMES``; selected values are listed even if nothing is left."""
    counts = _counts(query, question, live=live)
    label_of = live.index.remember(("labels", language), lambda: _labels(live.index, language))
    label_of = {**label_of, "seller": lambda slug: live.sellers.get(slug, slug)}
    return {name: _values(name, counts[name], query, label_of[name]) for name in NAMES}


def _counts(query: ProjectQuery, question: Question, *, live: LiveOffers) -> dict[str, dict[str, int]]:
    """By filter and value how many projects there are, all other filters met; none is nought."""
    chosen = having_chosen(query, index=live.index)
    offers = live.meeting(query)
    found = matching_words(question, index=live.index)
    answers = found & offers.projects if query.asks_for_offers else found
    every = reduce(and_, chosen.values(), answers)
    counts: dict[str, dict[str, int]] = {}
    for name, having in live.index.having.items():
        others = every
        if name in chosen:
            others = reduce(and_, (projects for other, projects in chosen.items() if other != name), answers)
        counts[name] = _count(having, others)
    of_offers = reduce(and_, chosen.values(), found)
    for name in COUNTED:
        counts[name] = _count(offers.having[name], of_offers)
    counts["vintage_from"] = _running(counts["vintage_from"], newest_first=True)
    counts["vintage_to"] = _running(counts["vintage_to"], newest_first=False)
    return counts


def _count(having: Mapping[Any, int], among: int) -> dict[str, int]:
    return {str(value): count for value, projects in having.items() if (count := (projects & among).bit_count())}


def _running(years: Mapping[str, int], *, newest_first: bool) -> dict[str, int]:
    """Sums of all that would be left by each year as a limit."""
    found: dict[str, int] = {}
    projects = 0
    for year in sorted(years, key=int, reverse=newest_first):
        projects += years[year]
        found[year] = projects
    return found


def _values(name: str, counts: dict[str, int], query: ProjectQuery, label_of: Callable[[str], str]) -> list[FacetValue]:
    chosen = selected_texts(query, name)
    for value in chosen:
        counts.setdefault(value, 0)
    values = [
        FacetValue(value=value, label=label_of(value), count=count, selected=value in chosen)
        for value, count in counts.items()
    ]
    if name in _IN_ORDER:
        return sorted(values, key=lambda one: int(one.value))
    return sorted(values, key=lambda one: (-one.count, one.label, one.value))


def selected_texts(query: ProjectQuery, name: str) -> list[str]:
    """What is chosen of a filter, as its parameter is written."""
    value = getattr(query, name)
    if isinstance(value, tuple):
        return [str(one) for one in value]
    return [] if value is None or value is False else ["1" if value is True else str(value)]


def _labels(index: Index, language: str) -> dict[str, Callable[[str], str]]:
    def as_it_is(value: str) -> str:
        return value

    def goal(number: str) -> str:
        return f"{number} {GOALS[int(number)]}"

    def named(table: Mapping[str, Any]) -> Callable[[str], str]:
        return lambda code: f"{code} {table.get(code, '')}".strip()

    found: dict[str, Callable[[str], str]] = {
        "country": lambda code: country_name(code, language),
        "region": as_it_is,
        "ldc": labels.least_developed,
        "type": labels.project_type,
        "sdg": goal,
        "scope": named(index.scopes),
        "methodology": named(index.methodologies),
        "scale": labels.scale,
        "activity": labels.activity,
        "period": lambda number: labels.period(int(number)),
        "vintage_from": as_it_is,
        "vintage_to": as_it_is,
    }
    # Written once for all values that there are; what somebody invents is not kept.
    known = {name: {value: label_of(value) for value in index.having.get(name, ())} for name, label_of in found.items()}
    return {name: _known_or(known[name], label_of) for name, label_of in found.items()}


def _known_or(known: Mapping[str, str], label_of: Callable[[str], str]) -> Callable[[str], str]:
    return lambda value: known.get(value) or label_of(value)
