"""The conditions and pieces of SQL that the answers to a question are put together from.

Written by hand: one statement gives hits, their offers and the total, and one gives the counts of all filters. What a
reader typed is only ever a parameter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection

from creditstore.catalogue.index import DIMENSION_OF, Index
from creditstore.catalogue.models import DIMENSIONS
from creditstore.catalogue.objections import SECOND_PERIOD_YEAR
from creditstore.catalogue.query import ProjectQuery
from creditstore.catalogue.question import Question

#: Larger than any price; a project without one is listed after all that have one.
LARGEST: Final = 2**63 - 1
UNITS_LEFT: Final = "offer.offered - offer.reserved - offer.sold - offer.frozen"
LIVE_OFFERS: Final = " FROM creditstore_credits_offer AS offer"
#: As ``objections.vintage_year`` has it. (``greatest`` passes over what is null.)
_EARNED_FROM: Final = (
    "greatest(extract(year FROM offer.monitoring_start),"
    f" CASE WHEN offer.commitment_period >= 2 THEN {SECOND_PERIOD_YEAR} END)"
)
SUM_OF_UNITS: Final = f"sum({UNITS_LEFT})::bigint AS available"
_OLDEST: Final = "extract(year FROM min(offer.monitoring_start))::int AS oldest"
_NEWEST: Final = "extract(year FROM max(offer.monitoring_end))::int AS newest"
#: The years of offers together.
YEARS: Final = (
    f"{_OLDEST}, {_NEWEST}, min({_EARNED_FROM}) FILTER (WHERE offer.monitoring_start IS NOT NULL)::int AS earned_from"
)
#: As the index ``offer_live_newest_idx`` has it, word by word.
NEWEST_OFFER: Final = "coalesce(extract(year FROM offer.monitoring_end), 0) * -1"
#: Live, and units left. ``Offer.available`` says the same of one offer.
IS_LIVE: Final = "offer.state = 'live' AND offer.offered > offer.reserved + offer.sold + offer.frozen"


@dataclass(frozen=True)
class Sql:
    """A piece of SQL with its parameters, in order."""

    text: str
    params: tuple[Any, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.text)


def joined(between: str, pieces: Iterable[Sql]) -> Sql:
    """The pieces with a text between them; empty ones fall away."""
    found = [piece for piece in pieces if piece]
    return Sql(between.join(piece.text for piece in found), tuple(param for piece in found for param in piece.params))


def where(conditions: Iterable[Sql]) -> Sql:
    """A WHERE clause of all conditions, empty without any."""
    both = joined(" AND ", conditions)
    return Sql(f" WHERE {both.text}", both.params) if both else both


def rows_of(statement: Sql) -> list[tuple[Any, ...]]:
    """Run it."""
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.params)
        return list(cursor.fetchall())


def selected(query: ProjectQuery, name: str) -> tuple[Any, ...]:
    """The values chosen of a filter that looks at a dimension."""
    if name == "ldc":
        return ("1",) if query.ldc else ()
    values: tuple[Any, ...] = getattr(query, name)
    return values


def allowed(query: ProjectQuery, *, index: Index, but: str | None = None) -> dict[str, list[int]]:
    """By dimension, the numbers of values that the filters leave; only dimensions that a filter looks at.

    Parameters: ``but``, a filter that is taken as empty.
    """
    found: dict[str, list[int]] = {}
    for dimension in DIMENSIONS:
        filters = {
            name: frozenset(selected(query, name))
            for name, of in DIMENSION_OF.items()
            if of == dimension and name != but and selected(query, name)
        }
        if filters:
            found[dimension] = [
                number
                for number in index.numbers[dimension]
                if all(not wanted.isdisjoint(index.facts(number)[name]) for name, wanted in filters.items())
            ]
    return found


def in_dimensions(numbers: Mapping[str, Sequence[int]], *, table: str) -> list[Sql]:
    """Conditions on the columns of ``SearchRow`` or ``SearchCount``, whatever it is called in the statement."""
    return [Sql(f"{table}.{dimension} = ANY(%s::int[])", (list(found),)) for dimension, found in numbers.items()]


def has_words(question: Question) -> Sql:
    """The condition that every term stands in the row, empty without any."""
    return Sql("found.lexemes @@ %s::tsquery", (question.tsquery,)) if question.terms else Sql("")


def offer_conditions(query: ProjectQuery) -> dict[str, Sql]:
    """What is asked of an offer, by parameter. A live offer must meet all of it."""
    found: dict[str, Sql] = {}
    if query.period:
        found["period"] = Sql("offer.commitment_period = ANY(%s::int[])", (list(query.period),))
    if query.vintage_from:
        found["vintage_from"] = Sql("offer.monitoring_start >= %s", (date(query.vintage_from, 1, 1),))
    if query.vintage_to:
        found["vintage_to"] = Sql("offer.monitoring_end <= %s", (date(query.vintage_to, 12, 31),))
    if query.price_max:
        found["price_max"] = Sql(
            "(offer.currency = %s AND offer.price_minor <= %s)", (query.price_max.currency, query.price_max.minor)
        )
    if query.seller:
        found["seller"] = Sql(
            "offer.seller_id IN (SELECT id FROM creditstore_sellers_seller WHERE slug = ANY(%s::text[]))",
            (list(query.seller),),
        )
    if query.available_min:
        found["available_min"] = Sql(f"{UNITS_LEFT} >= %s", (query.available_min,))
    return found


def offered(query: ProjectQuery, *columns: str) -> Sql:
    """A statement with one row per project that has live offers which meet the question: what can be bought of it.

    Parameters: ``columns``, what of it: ``available``, ``oldest`` and ``newest`` year; ``own_price`` and
    ``foreign_price`` of the cheapest offer in the question's currency and in any other.
    """
    known = {
        "available": Sql(SUM_OF_UNITS),
        "own_price": Sql("min(offer.price_minor) FILTER (WHERE offer.currency = %s) AS own_price", (query.currency,)),
        "foreign_price": Sql(
            "min(offer.price_minor) FILTER (WHERE offer.currency <> %s) AS foreign_price", (query.currency,)
        ),
        "oldest": Sql(_OLDEST),
        "newest": Sql(_NEWEST),
    }
    shown = joined(", ", [Sql("offer.project_id, offer.project_ref AS ref"), *(known[column] for column in columns)])
    conditions = where([Sql(IS_LIVE), *offer_conditions(query).values()])
    return Sql(
        f"SELECT {shown.text}{LIVE_OFFERS}{conditions.text} GROUP BY offer.project_id, offer.project_ref",
        (*shown.params, *conditions.params),
    )


def total(query: ProjectQuery, question: Question, *, index: Index, but: str | None = None) -> Sql:
    """An expression: how many projects answer the question."""
    conditions = in_dimensions(allowed(query, index=index, but=but), table="found")
    if query.asks_for_offers:
        offers = where([Sql(IS_LIVE), *offer_conditions(query).values()])
        has_offer = Sql(f"found.project_id IN (SELECT offer.project_id{LIVE_OFFERS}{offers.text})", offers.params)
        conditions.append(has_offer)
    elif not question.terms:
        counted = where(conditions)
        return Sql(
            "(SELECT coalesce(sum(found.projects), 0)::int FROM creditstore_catalogue_searchcount AS found"
            f"{counted.text})",
            counted.params,
        )
    counted = where([has_words(question), *conditions])
    return Sql(f"(SELECT count(*) FROM creditstore_catalogue_searchrow AS found{counted.text})", counted.params)
