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
    "period": "offer.commitment_period",
    "seller": "offer.seller_id",
    "vintage_from": "offer.monitoring_start",
    "vintage_to": "offer.monitoring_end",
}

#: What is kept of them for a project. Periods are bits of a number, so that projects can be counted by it.
_OF_PROJECT: Final = {
    "period": "bit_or(1 << live.period)",
    "seller": "array_agg(live.seller)",
    "vintage_from": "max(live.vintage_from)",
    "vintage_to": "min(live.vintage_to)",
}

#: What ``SaleStamp`` is now, as a text.
_STAMP: Final = (
    "(SELECT count(*)::text || ' ' || coalesce(bit_xor(stamp), 0)::text FROM creditstore_catalogue_salestamp)"
)

Counts = dict[str, dict[str, int]]


def count_facets(
    *, query: ProjectQuery, question: Question, index: Index, language: str
) -> dict[str, list[FacetValue]]:
    """Counts for the filters in ``NAMES``; selected values are listed even if nothing is left.

    Those of the question that asks nothing are remembered as long as no project, offer or seller has changed.
    """
    if not query.asks_nothing:
        return _count(rows_of(_statement(query, question, index)), query=query, index=index, language=language)
    ((stamp,),) = rows_of(Sql(f"SELECT {_STAMP}"))
    kept = index.memory.get(("facets", language))
    if kept is None or kept[0] != stamp:
        # Counted and stamped in one statement. Others may have changed something since the stamp was looked at.
        statement = _statement(query, question, index)
        stamped = f" UNION ALL (SELECT 'stamp', NULL::int, {_STAMP}, NULL::text, 0)"
        rows = rows_of(Sql(statement.text + stamped, statement.params))
        (stamp,) = (row[2] for row in rows if row[0] == "stamp")
        counted = (row for row in rows if row[0] != "stamp")
        kept = stamp, _count(counted, query=query, index=index, language=language)
        index.memory["facets", language] = kept
    remembered: dict[str, list[FacetValue]] = kept[1]
    return {name: list(values) for name, values in remembered.items()}


def _count(
    rows: Iterable[tuple[Any, ...]], *, query: ProjectQuery, index: Index, language: str
) -> dict[str, list[FacetValue]]:
    counts: Counts = {name: {} for name in NAMES}
    shown: dict[tuple[str, str], str] = {}
    years: dict[str, dict[int, int]] = {"vintage_from": {}, "vintage_to": {}}
    numbers: dict[str, dict[int, int]] = {dimension: {} for dimension in DIMENSIONS}
    for kind, number, text, label, projects in rows:
        if kind in numbers:
            numbers[kind][number] = projects
        elif kind in years:
            years[kind][number] = projects
        elif kind == "period":
            for period in range(number.bit_length()):
                if number >> period & 1:
                    counts[kind][str(period)] = counts[kind].get(str(period), 0) + projects
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
    """Rows of kind, number, text, label, count: numbers of dimensions, years, sets of periods, and sellers."""
    left = allowed(query, index=index)
    ok = {name: joined(" AND ", in_dimensions({name: found}, table="found")) for name, found in left.items()}
    offers = offer_conditions(query)
    dimensions = ", ".join(f"found.{dimension}" for dimension in DIMENSIONS)
    tables = []
    # Words are looked for once, for the projects and for their offers.
    rows = "creditstore_catalogue_searchrow"
    if question.terms:
        clause = where([has_words(question)])
        columns = f"found.project_id, {dimensions}"
        tables.append(
            Sql(f"matched AS MATERIALIZED (SELECT {columns} FROM {rows} AS found{clause.text})", clause.params)
        )
        rows = "matched"
    tables.append(_sold(offers, among=rows if question.terms else None))
    # The projects themselves matter only where something is asked of them, or where they are counted by their offers.
    sold = "sold AS found"
    if question.terms or ok or offers:
        sold = f"(SELECT sold.*, {dimensions} FROM sold JOIN {rows} AS found USING (project_id)) AS found"
        if offers:
            tables.append(Sql(f"counted AS MATERIALIZED (SELECT * FROM {sold})"))
        else:
            # Nothing else is counted by this table, so that it holds no more than what passes the filters.
            clause = where(ok.values())
            tables.append(Sql(f"counted AS MATERIALIZED (SELECT * FROM {sold}{clause.text})", clause.params))
        sold = "counted AS found"
    if offers:
        source, count = Sql("(SELECT * FROM counted AS found WHERE found.meets_all) AS found"), "count(*)"
    elif question.terms:
        source, count = Sql("matched AS found"), "count(*)"
    else:
        source, count = Sql("creditstore_catalogue_searchcount AS found"), "sum(found.projects)"
    pieces = [_of_dimensions(source, count=count, ok=ok)]
    pieces += _of_offers(sold, ok=ok if offers else {})
    return joined("", [Sql("WITH "), joined(", ", tables), Sql(" "), joined(" UNION ALL ", pieces)])


def _sold(offers: Mapping[str, Sql], *, among: str | None) -> Sql:
    """A table of what each project's live offers have of each filter, all other conditions met by the same offer.

    The first year counts by its youngest offer, the last year by its oldest one. ``meets_all``: whether an offer meets
    all conditions. Parameters: ``among``, a table of the only projects that matter.
    """
    join = f" JOIN {among} AS found ON found.project_id = offer.project_id" if among else ""
    flags = [Sql(f"{condition.text} AS ok_{name}", condition.params) for name, condition in offers.items()]
    live = joined(
        "",
        [
            Sql("SELECT "),
            joined(
                ", ", [Sql("offer.project_id"), *(Sql(f"{it} AS {name}") for name, it in _OF_OFFERS.items()), *flags]
            ),
            Sql(f"{LIVE_OFFERS}{join} WHERE {IS_LIVE}"),
        ],
    )
    columns = ["live.project_id"]
    for name, aggregate in _OF_PROJECT.items():
        others = " AND ".join(f"live.ok_{other}" for other in offers if other != name)
        columns.append(f"{aggregate}{f' FILTER (WHERE {others})' if others else ''} AS {name}")
    if offers:
        every = " AND ".join(f"live.ok_{name}" for name in offers)
        columns.append(f"coalesce(bool_or({every}), false) AS meets_all")
    return Sql(
        f"sold AS MATERIALIZED (SELECT {', '.join(columns)} FROM ({live.text}) AS live GROUP BY live.project_id)",
        live.params,
    )


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


def _of_offers(sold: str, *, ok: Mapping[str, Sql]) -> list[Sql]:
    """How many projects have an offer with each value of a filter of offers."""
    pieces = []
    for name in ("vintage_from", "vintage_to", "period"):
        number = f"found.{name}" if name == "period" else f"extract(year FROM found.{name})::int"
        clause = where([*ok.values(), Sql(f"found.{name} IS NOT NULL")])
        pieces.append(
            Sql(
                f"(SELECT '{name}', {number}, NULL::text, NULL::text, count(*)::int"
                f" FROM {sold}{clause.text} GROUP BY 2)",
                clause.params,
            )
        )
    clause = where(ok.values())
    pieces.append(
        Sql(
            "(SELECT 'seller', NULL::int, seller.slug::text, seller.name::text, counted.projects FROM (SELECT"
            " one.seller, count(*)::int AS projects FROM (SELECT DISTINCT found.project_id, unnest(found.seller) AS"
            f" seller FROM {sold}{clause.text}) AS one GROUP BY 1) AS counted"
            " JOIN creditstore_sellers_seller AS seller ON seller.id = counted.seller)",
            clause.params,
        )
    )
    return pieces


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
