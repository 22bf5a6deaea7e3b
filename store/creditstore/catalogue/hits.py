"""One page of hits, in one statement: so that what stands on it was true at one moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from creditstore.catalogue.highlighting import title_parts
from creditstore.catalogue.index import Index
from creditstore.catalogue.page_statement import KEYS, PageStatement
from creditstore.catalogue.query import ProjectQuery
from creditstore.catalogue.question import Question
from creditstore.catalogue.results import ProjectHit, SearchPage
from creditstore.catalogue.statements import LARGEST, rows_of
from creditstore.core.countries import country_name
from creditstore.core.errors import FieldError, StoreError
from creditstore.core.paging import decode_cursor, encode_cursor
from creditstore_plugins import Money


def page_of_hits(
    *, query: ProjectQuery, question: Question, index: Index, language: str, cursor: str | None, limit: int
) -> SearchPage:
    """One page. Errors: ``StoreError`` (bad-request) for a cursor of another order."""
    after_keys = 1 + len(KEYS[query.sort])
    position = _position(cursor, sort=query.sort, length=len(KEYS[query.sort])) if cursor else None
    rows = rows_of(PageStatement(query, question, index=index, position=position, most=limit + 1).whole())
    # The total comes with every row, and alone where there is none.
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
    available, oldest, newest, earned_from, price_minor, currency, price_invented = offer
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
