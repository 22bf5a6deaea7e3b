"""How many projects each value of each filter would leave: one statement over all filters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from creditstore.catalogue import labels
from creditstore.catalogue.goals import GOALS
from creditstore.catalogue.index import DIMENSION_OF, Index
from creditstore.catalogue.models import DIMENSIONS
from creditstore.catalogue.query import ProjectQuery
from creditstore.catalogue.question import Question
from creditstore.catalogue.results import FacetValue
from creditstore.catalogue.statements import (
    IS_LIVE,
    LIVE_OFFERS,
    Sql,
    allowed,
    has_words,
    in_dimensions,
    joined,
    offer_conditions,
    rows_of,
    selected,
    where,
)
from creditstore.core.countries import country_name

#: The filters counted. ``price_max`` and ``available_min`` have no values to count.
NAMES: Final = (
    "country", "region", "ldc", "type", "sdg", "scope", "methodology", "scale", "activity",
    "period", "vintage_from", "vintage_to", "seller",
)  # fmt: skip
#: Those that stand in the order of their values; the others have the most frequent value first.
_IN_ORDER: Final = frozenset({"vintage_from", "vintage_to", "period", "sdg"})
#: Filters that speak of offers, with the column that each looks at.
_OF_OFFERS: Final = {
    "period": "issuance.commitment_period",
    "seller": "offer.seller_id",
    "vintage_from": "issuance.monitoring_start",
    "vintage_to": "issuance.monitoring_end",
}

Counts = dict[str, dict[str, int]]


def count_facets(
    *, query: ProjectQuery, question: Question, index: Index, language: str
) -> dict[str, list[FacetValue]]:
    """Counts for the filters in ``NAMES``; selected values are listed even if nothing is left."""
    counts: Counts = {name: {} for name in NAMES}
    shown: dict[tuple[str, str], str] = {}
    years: dict[str, dict[int, int]] = {"vintage_from": {}, "vintage_to": {}}
    numbers: dict[str, dict[int, int]] = {dimension: {} for dimension in DIMENSIONS}
    for kind, number, text, label, projects in rows_of(_statement(query, question, index)):
        if kind in numbers:
            numbers[kind][number] = projects
        elif kind in years:
            years[kind][number] = projects
        else:
            counts[kind][text] = projects
            shown[kind, text] = label
    for name, dimension in DIMENSION_OF.items():
        counts[name] = _by_value(name, query, numbers[dimension], index)
    counts["vintage_from"] = _running(years["vintage_from"], newest_first=True)
    counts["vintage_to"] = _running(years["vintage_to"], newest_first=False)
    label_of = _labels(index, language, shown)
    return {name: _values(name, counts[name], query, label_of[name]) for name in NAMES}


def _statement(query: ProjectQuery, question: Question, index: Index) -> Sql:
    """Rows of kind, number, text, label, count: numbers of dimensions, years, and values of the offers' filters."""
    left = allowed(query, index=index)
    ok = {name: joined(" AND ", in_dimensions({name: found}, table="found")) for name, found in left.items()}
    offers = offer_conditions(query)
    # An offer that fails in two points counts nowhere: each count leaves out one filter only.
    flags = [Sql(f"{condition.text} AS ok_{name}", condition.params) for name, condition in offers.items()]
    columns = [Sql(f"{column} AS {name}") for name, column in _OF_OFFERS.items()]
    dimensions = ", ".join(f"found.{dimension}" for dimension in DIMENSIONS)
    # Words are looked for once, for the projects and for their offers.
    matched = Sql("")
    table = "creditstore_catalogue_searchrow"
    if question.terms:
        clause = where([has_words(question)])
        matched = Sql(
            f"matched AS MATERIALIZED (SELECT found.project_id, {dimensions} FROM {table} AS found{clause.text}), ",
            clause.params,
        )
        table = "matched"
    # The projects themselves matter to an offer only where something is asked of them, or they are counted by it.
    of_project, join = Sql("issuance.project_id"), Sql("")
    if question.terms or ok or offers:
        of_project = Sql(f"found.project_id, {dimensions}")
        join = Sql(f" JOIN {table} AS found ON found.project_id = issuance.project_id")
    live = joined(
        "",
        [
            Sql("WITH "),
            matched,
            Sql("live AS MATERIALIZED (SELECT "),
            joined(", ", [of_project, *columns, *flags]),
            Sql(LIVE_OFFERS),
            join,
            where([Sql(IS_LIVE)]),
            Sql(")"),
        ],
    )
    every_offer = [Sql(f"found.ok_{name}") for name in offers]
    if offers:
        clause = where(every_offer)
        source = Sql(f"(SELECT DISTINCT project_id, {dimensions} FROM live AS found{clause.text}) AS found")
        count = "count(*)"
    elif question.terms:
        source, count = Sql("matched AS found"), "count(*)"
    else:
        source, count = Sql("creditstore_catalogue_searchcount AS found"), "sum(found.projects)"
    pieces = [_of_dimensions(source, count=count, ok=ok)]
    pieces += [_of_offers(name, ok=ok, offers=list(offers)) for name in _OF_OFFERS]
    return joined("", [live, Sql(" "), joined(" UNION ALL ", pieces)])


def _of_dimensions(source: Sql, *, count: str, ok: Mapping[str, Sql]) -> Sql:
    """For each dimension how many projects have each of its values, all other dimensions' filters met.

    The dimension's own filters are left to ``_by_value``: each of them ignores itself, but not the others.
    """
    kinds = " ".join(f"WHEN grouping(found.{dimension}) = 0 THEN '{dimension}'" for dimension in DIMENSIONS)
    counted = []
    for dimension in DIMENSIONS:
        others = joined(" AND ", [condition for name, condition in ok.items() if name != dimension])
        number = f"WHEN grouping(found.{dimension}) = 0 THEN {count}"
        counted.append(Sql(f"{number} FILTER (WHERE {others.text})", others.params) if others else Sql(number))
    sets = ", ".join(f"(found.{dimension})" for dimension in DIMENSIONS)
    numbers = ", ".join(f"found.{dimension}" for dimension in DIMENSIONS)
    return joined(
        "",
        [
            Sql(f"(SELECT CASE {kinds} END, coalesce({numbers}), NULL::text, NULL::text, (CASE "),
            joined(" ", counted),
            Sql(" END)::int FROM "),
            source,
            Sql(f" GROUP BY GROUPING SETS ({sets}))"),
        ],
    )


def _of_offers(name: str, *, ok: Mapping[str, Sql], offers: Iterable[str]) -> Sql:
    """How many projects have an offer with each value of a filter, all other conditions met by the same offer."""
    conditions = [*ok.values(), *(Sql(f"found.ok_{other}") for other in offers if other != name)]
    clause = where([*conditions, Sql(f"found.{name} IS NOT NULL")])
    if name == "seller":
        return Sql(
            "(SELECT 'seller', NULL::int, seller.slug::text, seller.name::text, counted.projects FROM (SELECT"
            " found.seller, count(DISTINCT found.project_id)::int AS projects"
            f" FROM live AS found{clause.text} GROUP BY 1) AS counted"
            " JOIN creditstore_sellers_seller AS seller ON seller.id = counted.seller)",
            clause.params,
        )
    if name == "period":
        return Sql(
            "(SELECT 'period', NULL::int, found.period::text, NULL::text, count(DISTINCT found.project_id)::int"
            f" FROM live AS found{clause.text} GROUP BY found.period)",
            clause.params,
        )
    # A project counts for every first year up to that of its youngest offer, and for last years the other way round.
    extreme = "max" if name == "vintage_from" else "min"
    return Sql(
        f"(SELECT '{name}', extract(year FROM best.day)::int, NULL::text, NULL::text, count(*)::int FROM (SELECT"
        f" {extreme}(found.{name}) AS day FROM live AS found{clause.text} GROUP BY found.project_id) AS best"
        " GROUP BY 2)",
        clause.params,
    )


def _by_value(name: str, query: ProjectQuery, numbers: Mapping[int, int], index: Index) -> dict[str, int]:
    """From counts per value of the dimension to counts per value of one filter, which ignores its own selection."""
    others = {
        other: frozenset(selected(query, other))
        for other, dimension in DIMENSION_OF.items()
        if dimension == DIMENSION_OF[name] and other != name and selected(query, other)
    }
    found: dict[str, int] = {}
    for number, projects in numbers.items():
        facts = index.facts(number)
        if projects and all(not wanted.isdisjoint(facts[other]) for other, wanted in others.items()):
            for value in facts[name]:
                text = str(value)
                found[text] = found.get(text, 0) + projects
    return found


def _running(years: Mapping[int, int], *, newest_first: bool) -> dict[str, int]:
    """Sums of all that would be left by each year as a limit."""
    found: dict[str, int] = {}
    projects = 0
    for year in sorted(years, reverse=newest_first):
        projects += years[year]
        found[str(year)] = projects
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


def _labels(index: Index, language: str, shown: Mapping[tuple[str, str], str]) -> dict[str, Callable[[str], str]]:
    def as_it_is(value: str) -> str:
        return value

    def goal(number: str) -> str:
        return f"{number} {GOALS[int(number)]}"

    def named(table: Mapping[str, Any]) -> Callable[[str], str]:
        return lambda code: f"{code} {table.get(code, '')}".strip()

    return {
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
        "seller": lambda slug: shown.get(("seller", slug), slug),
    }
