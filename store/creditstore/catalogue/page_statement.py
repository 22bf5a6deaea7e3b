"""The statement behind one page of hits, put together from a question and an order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from creditstore.catalogue.index import Index
from creditstore.catalogue.models import TITLE_KEY
from creditstore.catalogue.query import ProjectQuery
from creditstore.catalogue.question import Question
from creditstore.catalogue.statements import (
    IS_LIVE,
    LARGEST,
    LIVE_OFFERS,
    NEWEST_OFFER,
    SUM_OF_UNITS,
    YEARS,
    Sql,
    allowed,
    has_words,
    in_dimensions,
    joined,
    offer_conditions,
    offered,
    total,
    where,
)

#: A value to sort by: SQL, or a number that is the same for all rows it is asked of.
_Key = Sql | int
#: What each order compares, all ascending, before the reference: of a project with offers (pieces of SQL over
#: ``offered``), and what stands there for all projects without any. ``exact`` and ``in_title`` speak of the words.
KEYS: Final[dict[str, tuple[tuple[str | int, str | int], ...]]] = {
    "relevance": (("exact", "exact"), (0, 1), ("in_title", "in_title"), ("-coalesce(offered.newest, 0)", 0)),
    "price": (
        ("(offered.own_price IS NULL)::int", 1),
        (f"coalesce(offered.own_price, offered.foreign_price, {LARGEST})", LARGEST),
    ),
    "-price": (
        ("(offered.own_price IS NULL)::int", 1),
        ("-coalesce(offered.own_price, offered.foreign_price, 0)", 0),
    ),
    "vintage": ((0, 1), ("coalesce(offered.oldest, 9999)", 9999)),
    "-vintage": ((0, 1), ("-coalesce(offered.newest, 0)", 0)),
    "-available": (("-coalesce(offered.available, 0)", 0),),
    "title": (("title", "title"),),
}
#: The columns of ``statements.offered`` that each order looks at.
_NEEDS: Final[dict[str, tuple[str, ...]]] = {
    "relevance": ("newest",),
    "price": ("own_price", "foreign_price"),
    "-price": ("own_price", "foreign_price"),
    "vintage": ("oldest",),
    "-vintage": ("newest",),
    "-available": ("available",),
    "title": (),
}
_SHOWN: Final = (
    "found.title, found.place, found.technology, found.method, found.shape, found.registered_on,"
    " found.installed_capacity_mw, found.latitude, found.longitude, units.*, cheapest.*"
)
_ROWS: Final = "creditstore_catalogue_searchrow AS found"


class PageStatement:
    """Total, keys, reference and what is shown of the first projects after the position.

    First the projects of the page are chosen by as little as that takes, then what is shown of them is looked up.
    Projects with offers come first in all orders but that of titles, and they are few: they are sorted first, and the
    many others are looked at only where those do not fill the page.
    """

    def __init__(
        self, query: ProjectQuery, question: Question, *, index: Index, position: Sequence[Any] | None, most: int
    ) -> None:
        self._query, self._question, self._index = query, question, index
        self._position, self._most = position, Sql("%s", (most,))
        self._conditions = in_dimensions(allowed(query, index=index), table="found")
        self._refs = list(question.refs) if query.sort == "relevance" else []
        #: Without words and filters the youngest offers are found in their index, and no others are looked at.
        self._walks = (
            query.sort in ("relevance", "-vintage")
            and not question.terms
            and not self._conditions
            and not query.asks_for_offers
        )

    def whole(self) -> Sql:
        """The statement."""
        tables = [Sql("page AS MATERIALIZED ("), self._page(), Sql(")")]
        if not self._walks and (self._query.sort != "title" or self._query.asks_for_offers):
            inner = offered(self._query, *_NEEDS[self._query.sort])
            tables = [Sql("offered AS MATERIALIZED ("), inner, Sql("), "), *tables]
        if self._question.terms:
            tables = [Sql("found AS MATERIALIZED ("), self._matched(), Sql("), "), *tables]
        names = ", ".join([*(f"page.key{number}" for number in range(len(KEYS[self._query.sort]))), "page.ref"])
        return joined(
            "",
            [
                Sql("WITH "),
                *tables,
                Sql(", counted AS (SELECT "),
                self._total(),
                Sql(f" AS total) SELECT counted.total, {names}, {_SHOWN} FROM counted"),
                Sql(f" LEFT JOIN (page JOIN {_ROWS} USING (project_id)) ON true LEFT JOIN LATERAL ("),
                self._units(),
                Sql(") AS units ON true LEFT JOIN LATERAL ("),
                self._cheapest(),
                Sql(f") AS cheapest ON true ORDER BY {names}"),
            ],
        )

    def _matched(self) -> Sql:
        """Words are looked for once: for the total and for both halves of the page."""
        clause = where([has_words(self._question), *self._conditions])
        columns = [Sql("found.project_id, found.ref")]
        if self._query.sort == "relevance":
            columns.append(_in_title(self._question))
        if self._query.sort == "title":
            columns.append(Sql(f"left(found.title_words, {TITLE_KEY}) AS title"))
        shown = joined(", ", columns)
        return Sql(f"SELECT {shown.text} FROM {_ROWS}{clause.text}", (*shown.params, *clause.params))

    def _page(self) -> Sql:
        table, conditions = ("found", []) if self._question.terms else (_ROWS, self._conditions)
        narrow = bool(self._question.terms or conditions)
        if self._query.asks_for_offers:
            join = f" JOIN {table} USING (project_id)" if narrow or self._query.sort == "title" else ""
            return self._piece(f"offered{join}", conditions, table="found" if join else "offered", of_offers=True)
        if self._query.sort == "title":
            return self._piece(table, conditions, table="found", of_offers=False)
        others, on_sale = list(conditions), Sql("SELECT project_id FROM offered")
        if self._walks:
            few, on_sale = self._walk(), Sql(f"SELECT offer.project_id{LIVE_OFFERS} WHERE {IS_LIVE}")
        elif self._refs:
            # Written so that the few rows are looked up; an OR over both tables would read them all.
            wanted = Sql(
                "found.project_id IN (SELECT project_id FROM offered UNION"
                " SELECT project_id FROM creditstore_catalogue_searchrow WHERE ref = ANY(%s::text[]))",
                (self._refs,),
            )
            others.append(Sql("found.ref <> ALL(%s::text[])", (self._refs,)))
            few = self._piece(
                f"{table} LEFT JOIN offered USING (project_id)", [*conditions, wanted], table="found", of_offers=None
            )
        else:
            join = f" JOIN {table} USING (project_id)" if narrow else ""
            few = self._piece(f"offered{join}", conditions, table="found" if join else "offered", of_offers=True)
        others.append(
            Sql(f"NOT EXISTS (SELECT FROM ({on_sale.text}) AS sold WHERE sold.project_id = found.project_id)")
        )
        # Limits that are numbers let the planner know how few rows there will be; which rows, the other one says.
        return joined(
            "",
            [
                Sql("WITH few AS MATERIALIZED ("),
                few,
                Sql(") SELECT * FROM few UNION ALL (SELECT * FROM ("),
                self._piece(table, others, table="found", of_offers=False),
                Sql(") AS others LIMIT (SELECT greatest(0, %s - count(*)) FROM few)) LIMIT %s", self._most.params * 2),
            ],
        )

    def _piece(self, source: str, conditions: Sequence[Sql], *, table: str, of_offers: bool | None) -> Sql:
        """The first rows of a table with reference and project after the position.

        ``of_offers``: whether all of them have offers, or none has; ``None`` where both may be.
        """
        keys = [self._key(number, table=table, of_offers=of_offers) for number in range(len(KEYS[self._query.sort]))]
        named = [
            Sql(f"{key} AS key{number}") if isinstance(key, int) else Sql(f"{key.text} AS key{number}", key.params)
            for number, key in enumerate(keys)
        ]
        columns = joined(", ", [*named, Sql(f"{table}.ref, {table}.project_id")])
        clause = where([*conditions, _after([*keys, Sql(f"{table}.ref")], self._position)])
        order = joined(", ", [*(key for key in keys if not isinstance(key, int)), Sql(f"{table}.ref")])
        return joined(
            "",
            [
                Sql("SELECT "),
                columns,
                Sql(f" FROM {source}"),
                clause,
                Sql(" ORDER BY "),
                order,
                Sql(" LIMIT "),
                self._most,
            ],
        )

    def _key(self, number: int, *, table: str, of_offers: bool | None) -> _Key:
        with_offers, without = KEYS[self._query.sort][number]
        key = with_offers if of_offers else without
        if of_offers is None and with_offers != without:
            none = "offered.project_id IS NULL"
            return Sql(f"CASE WHEN {none} THEN {without} ELSE {with_offers} END")
        if key == "exact":
            return Sql(f"({table}.ref <> ALL(%s::text[]))::int", (self._refs,)) if self._refs else 1
        if key == "in_title":
            return Sql("found.in_title") if self._question.terms else 0
        if key == "title":
            return Sql("found.title" if self._question.terms else f"left(found.title_words, {TITLE_KEY})")
        return key if isinstance(key, int) else Sql(key)

    def _walk(self) -> Sql:
        """The projects with the youngest offers: each by its youngest one, in the order of an index."""
        keys: list[_Key] = [*([1, 0, 0] if self._query.sort == "relevance" else [0]), Sql(NEWEST_OFFER)]
        constants = ", ".join(f"{key} AS key{number}" for number, key in enumerate(keys) if isinstance(key, int))
        younger = "(coalesce({0}.monitoring_end, '-infinity'), {0}.id)"
        clause = where(
            [
                Sql(IS_LIVE),
                Sql(
                    "NOT EXISTS (SELECT FROM creditstore_credits_offer AS other"
                    f" WHERE other.project_id = offer.project_id AND {IS_LIVE.replace('offer.', 'other.')}"
                    f" AND {younger.format('other')} > {younger.format('offer')})"
                ),
                _after([*keys, Sql("offer.project_ref")], self._position),
            ]
        )
        return joined(
            "",
            [
                Sql(
                    f"SELECT {constants}, ({NEWEST_OFFER})::int AS key{len(keys) - 1},"
                    f" offer.project_ref AS ref, offer.project_id{LIVE_OFFERS}"
                ),
                clause,
                Sql(f" ORDER BY {NEWEST_OFFER}, offer.project_ref LIMIT "),
                self._most,
            ],
        )

    def _total(self) -> Sql:
        if self._query.asks_for_offers:
            table, conditions = ("found", []) if self._question.terms else (_ROWS, self._conditions)
            clause = where(conditions)
            join = f" JOIN {table} USING (project_id)" if self._question.terms or conditions else ""
            return Sql(f"(SELECT count(*) FROM offered{join}{clause.text})", clause.params)
        if self._question.terms:
            return Sql("(SELECT count(*) FROM found)")
        return total(self._query, self._question, index=self._index)

    def _units(self) -> Sql:
        """What can be bought of the project in a row of ``page``."""
        clause = self._of_page()
        return Sql(f"SELECT {SUM_OF_UNITS}, {YEARS}{LIVE_OFFERS}{clause.text}", clause.params)

    def _cheapest(self) -> Sql:
        # A price in another currency cannot be compared: it is shown only where there is no other.
        clause = self._of_page()
        return Sql(
            f"SELECT offer.price_minor, offer.currency, offer.price_invented{LIVE_OFFERS}{clause.text}"
            " ORDER BY (offer.currency <> %s), offer.price_minor, offer.id LIMIT 1",
            (*clause.params, self._query.currency),
        )

    def _of_page(self) -> Sql:
        of_offers = offer_conditions(self._query).values()
        return where([Sql("offer.project_id = page.project_id"), Sql(IS_LIVE), *of_offers])


def _in_title(question: Question) -> Sql:
    """A column: 0 where every term stands in the title, 1 elsewhere."""
    terms = [
        joined(" OR ", [Sql("strpos(found.title_words, %s) > 0", (text,)) for text in term.titles])
        for term in question.terms
    ]
    every = joined(" AND ", [Sql(f"({term.text})", term.params) for term in terms])
    return Sql(f"(NOT ({every.text}))::int AS in_title", every.params)


def _after(keys: Sequence[_Key], position: Sequence[Any] | None) -> Sql:
    """The condition that a row comes after the position. What is a number anyway is compared here.

    So that the database compares columns alone, and can begin to read an index there.
    """
    if position is None:
        return Sql("")
    for number, (key, mark) in enumerate(zip(keys, position, strict=True)):
        if not isinstance(key, int):
            marks = joined(", ", [key if isinstance(key, Sql) else Sql(str(key)) for key in keys[number:]])
            places = ", ".join(["%s"] * len(position[number:]))
            return Sql(f"({marks.text}) > ({places})", (*marks.params, *position[number:]))
        if key != mark:
            return Sql("") if key > mark else Sql("false")
    return Sql("false")
