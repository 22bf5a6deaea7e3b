"""One page of hits, in one statement: so that what stands on it was true at one moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.utils.translation import gettext as _

from creditstore.catalogue.highlighting import title_parts
from creditstore.catalogue.index import Index
from creditstore.catalogue.models import TITLE_KEY
from creditstore.catalogue.query import ProjectQuery
from creditstore.catalogue.question import Question
from creditstore.catalogue.results import ProjectHit, SearchPage
from creditstore.catalogue.statements import (
    IS_LIVE,
    LARGEST,
    LIVE_OFFERS,
    Sql,
    allowed,
    has_words,
    in_dimensions,
    joined,
    offer_conditions,
    offered,
    rows_of,
    total,
    where,
)
from creditstore.core.countries import country_name
from creditstore.core.errors import FieldError, StoreError
from creditstore.core.paging import decode_cursor, encode_cursor
from creditstore_plugins import Money

_NEWEST_FIRST: Final = "-coalesce(offered.newest, 0)"
_NOTHING_LAST: Final = "(offered.project_id IS NULL)::int"
_FOREIGN_LAST: Final = "(offered.own_price IS NULL)::int"
_PRICE: Final = f"coalesce(offered.own_price, offered.foreign_price, {LARGEST})"
#: What each order compares, all ascending, before the reference. Without offers the values of a project are the same
#: for all such projects, except those of ``relevance`` that speak of the words.
_KEYS: Final[dict[str, tuple[str, ...]]] = {
    "relevance": ("exact", _NOTHING_LAST, "in_title", _NEWEST_FIRST),
    "price": (_FOREIGN_LAST, _PRICE),
    "-price": (_FOREIGN_LAST, "-coalesce(offered.own_price, offered.foreign_price, 0)"),
    "vintage": (_NOTHING_LAST, "coalesce(offered.oldest, 9999)"),
    "-vintage": (_NOTHING_LAST, _NEWEST_FIRST),
    "-available": ("-coalesce(offered.available, 0)",),
    "title": (f"left(found.title_words, {TITLE_KEY})",),
}
_SHOWN: Final = (
    "found.ref, found.title, found.place, found.technology, found.method, found.shape,"
    " found.registered_on, found.installed_capacity_mw, found.latitude, found.longitude,"
    " offered.available, offered.oldest, offered.newest, offered.earned_from, found.project_id"
)


def page_of_hits(
    *, query: ProjectQuery, question: Question, index: Index, language: str, cursor: str | None, limit: int
) -> SearchPage:
    """One page. Errors: ``StoreError`` (bad-request) for a cursor of another order."""
    keys = _keys(query, question)
    position = _position(cursor, sort=query.sort, length=len(keys)) if cursor else None
    rows = rows_of(_statement(query, question, index=index, keys=keys, position=position, most=limit + 1))
    # The total comes with every row, and alone where there is none.
    after_keys = 1 + len(keys)
    found = [row for row in rows if row[after_keys] is not None]
    shown = found[:limit]
    marker = None
    if len(found) > limit:
        last = shown[-1]
        marker = encode_cursor([query.sort, *last[1:after_keys], last[after_keys]])
    return SearchPage(
        items=[_hit(row[after_keys:], question=question, index=index, language=language) for row in shown],
        next=marker,
        total=rows[0][0],
        corrections=question.corrections,
    )


def _keys(query: ProjectQuery, question: Question) -> list[Sql]:
    words = {
        "exact": Sql("(found.ref <> ALL(%s::text[]))::int", (list(question.refs),)) if question.refs else Sql("1"),
        "in_title": _in_title(question),
    }
    return [words.get(key, Sql(key)) for key in _KEYS[query.sort]]


def _in_title(question: Question) -> Sql:
    """0 where every term stands in the title, 1 elsewhere."""
    if not question.terms:
        return Sql("0")
    terms = [
        joined(" OR ", [Sql("strpos(found.title_words, %s) > 0", (text,)) for text in term.titles])
        for term in question.terms
    ]
    every = joined(" AND ", [Sql(f"({term.text})", term.params) for term in terms])
    return Sql(f"(NOT ({every.text}))::int", every.params)


def _statement(
    query: ProjectQuery,
    question: Question,
    *,
    index: Index,
    keys: Sequence[Sql],
    position: Sequence[Any] | None,
    most: int,
) -> Sql:
    """Total, keys, reference and what is shown of the first projects after the position.

    Projects with offers come first in all orders but that of titles, and they are few: they are sorted first, and the
    many others are looked at only where those do not fill the page.
    """
    conditions = in_dimensions(allowed(query, index=index), table="found")
    row = " FROM creditstore_catalogue_searchrow AS found"
    matched = Sql("")
    if question.terms:
        # Words are looked for once: for the total and for both halves of the page.
        clause = where([has_words(question), *conditions])
        matched = Sql(f"matched AS MATERIALIZED (SELECT found.project_id{row}{clause.text}), ", clause.params)
        row, conditions = " FROM matched JOIN creditstore_catalogue_searchrow AS found USING (project_id)", []
    named = [Sql(f"{key.text} AS key{number}", key.params) for number, key in enumerate(keys)]
    columns = joined(", ", [*named, Sql(_SHOWN)])
    names = ", ".join([*(f"key{number}" for number in range(len(keys))), "ref"])
    after = Sql("")
    if position is not None:
        marks = joined(", ", [*keys, Sql("found.ref")])
        after = Sql(f"({marks.text}) > ({', '.join(['%s'] * len(position))})", (*marks.params, *position))

    def piece(source: str, extra: Sequence[Sql], limit: Sql) -> Sql:
        clause = where([*conditions, *extra, after])
        return joined(
            "",
            [Sql("SELECT "), columns, Sql(source), clause, Sql(f" ORDER BY {names} LIMIT "), limit],
        )

    first = Sql("%s", (most,))
    if query.asks_for_offers:
        found = piece(f"{row} JOIN offered USING (project_id)", [], first)
    elif query.sort == "title":
        found = piece(f"{row} LEFT JOIN offered USING (project_id)", [], first)
    else:
        refs = list(question.refs) if query.sort == "relevance" else []
        # Written so that the few rows are looked up; an OR over both tables would read them all.
        few = Sql("found.project_id IN (SELECT project_id FROM offered)")
        others = [Sql("offered.project_id IS NULL")]
        if refs:
            few = Sql(
                "found.project_id IN (SELECT project_id FROM offered UNION"
                " SELECT project_id FROM creditstore_catalogue_searchrow WHERE ref = ANY(%s::text[]))",
                (refs,),
            )
            others.append(Sql("found.ref <> ALL(%s::text[])", (refs,)))
        missing = Sql("(SELECT greatest(0, %s - count(*)) FROM few)", (most,))
        found = joined(
            "",
            [
                Sql("WITH few AS MATERIALIZED ("),
                piece(f"{row} LEFT JOIN offered USING (project_id)", [few], first),
                Sql(") SELECT * FROM few UNION ALL ("),
                piece(f"{row} LEFT JOIN offered USING (project_id)", others, missing),
                Sql(")"),
            ],
        )
    return joined(
        "",
        [
            Sql("WITH "),
            matched,
            Sql("offered AS MATERIALIZED ("),
            offered(query),
            Sql("), page AS MATERIALIZED ("),
            found,
            Sql("), counted AS (SELECT "),
            _total(query, question, index=index, row=row, conditions=conditions),
            Sql(" AS total) SELECT counted.total, page.*, cheapest.*"),
            Sql(" FROM counted LEFT JOIN page ON true LEFT JOIN LATERAL ("),
            _cheapest(query),
            Sql(f") AS cheapest ON true ORDER BY {names}"),
        ],
    )


def _total(query: ProjectQuery, question: Question, *, index: Index, row: str, conditions: Sequence[Sql]) -> Sql:
    if query.asks_for_offers:
        clause = where(conditions)
        return Sql(f"(SELECT count(*){row} JOIN offered USING (project_id){clause.text})", clause.params)
    return Sql("(SELECT count(*) FROM matched)") if question.terms else total(query, question, index=index)


def _cheapest(query: ProjectQuery) -> Sql:
    # A price in another currency cannot be compared: it is shown only where there is no other.
    clause = where([Sql("issuance.project_id = page.project_id"), Sql(IS_LIVE), *offer_conditions(query).values()])
    return Sql(
        f"SELECT offer.price_minor, offer.currency, offer.price_invented{LIVE_OFFERS}{clause.text}"
        " ORDER BY (offer.currency <> %s), offer.price_minor, offer.id LIMIT 1",
        (*clause.params, query.currency),
    )


def _position(cursor: str, *, sort: str, length: int) -> list[Any]:
    position = decode_cursor(cursor, length=2 + length)
    texts = {0, length} if sort == "title" else {length}
    for number, value in enumerate(position[1:]):
        fits = isinstance(value, str) if number in texts else type(value) is int and abs(value) <= LARGEST
        if position[0] != sort or not fits or (isinstance(value, str) and not value.isprintable()):
            message = _("This page marker belongs to another list. Start again from the first page.")
            raise StoreError(code="bad-request", message=message, errors=[FieldError("cursor", message)])
    return position[1:]


def _hit(row: Sequence[Any], *, question: Question, index: Index, language: str) -> ProjectHit:
    ref, title, place, technology, method, shape, registered_on, capacity, latitude, longitude, *offer = row
    available, oldest, newest, earned_from, _project, price_minor, currency, price_invented = offer
    at, by = index.facts(place), index.facts(technology)
    how, form = index.facts(method), index.facts(shape)
    return ProjectHit(
        ref=ref,
        title=title,
        title_parts=title_parts(title, words=question.marked, beginnings=question.beginnings),
        countries=tuple(at["country"]),
        country_names=tuple(country_name(code, language) for code in at["country"]),
        least_developed=bool(at["ldc"]),
        type="".join(by["type"]),
        subtype=by["subtype"],
        goals=tuple(by["sdg"]),
        scopes=tuple(how["scope"]),
        methodologies=tuple(how["methodology"]),
        scale="".join(form["scale"]),
        activity="".join(form["activity"]),
        installed_capacity_mw=capacity,
        latitude=latitude,
        longitude=longitude,
        registered_on=registered_on,
        price_from=Money(minor=price_minor, currency=currency) if price_minor else None,
        price_invented=bool(price_invented),
        available=available or 0,
        vintage_from=oldest,
        vintage_to=newest,
        earned_from=earned_from,
    )
