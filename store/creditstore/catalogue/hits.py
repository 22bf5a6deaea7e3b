"""One page of hits: which they are is worked out in the process, and so is what stands on them but for their facts."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from creditstore.catalogue.highlighting import title_parts
from creditstore.catalogue.index import Index
from creditstore.catalogue.live_offers import LiveOffers, OnSale
from creditstore.catalogue.matching import answering
from creditstore.catalogue.ordering import LARGEST, Order, keys_of
from creditstore.catalogue.project_rows import ProjectRow, project_rows
from creditstore.catalogue.query import ProjectQuery
from creditstore.catalogue.question import Question
from creditstore.catalogue.results import ProjectHit, SearchPage
from creditstore.core.countries import country_name
from creditstore.core.errors import FieldError, StoreError
from creditstore.core.paging import decode_cursor, encode_cursor
from creditstore_plugins import Money


def page_of_hits(
    *, query: ProjectQuery, question: Question, live: LiveOffers, language: str, cursor: str | None, limit: int
) -> SearchPage:
    """One page. Errors: ``StoreError`` (bad-request) for a cursor of another order."""
    index = live.index
    position = _position(cursor, sort=query.sort, length=keys_of(query.sort)) if cursor else None
    answers = answering(query, question, live=live)
    on_sale = live.meeting(query).on_sale(query.currency)
    order = Order(query, question, index=index, on_sale=on_sale)
    found = order.first(answers, after=position, most=limit + 1)
    shown = found[:limit]
    marker = None
    if len(found) > limit:
        marker = encode_cursor([query.sort, *shown[-1].keys, index.refs[shown[-1].place]])
    places = [one.place for one in shown]
    return SearchPage(
        items=[
            _hit(index.refs[place], row, on_sale.get(place), question=question, index=index, language=language)
            for place, row in zip(places, project_rows(index, places), strict=True)
        ],
        next=marker,
        total=answers.bit_count(),
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


def _hit(
    ref: str, row: ProjectRow, sale: OnSale | None, *, question: Question, index: Index, language: str
) -> ProjectHit:
    at, by = index.facts(row.place), index.facts(row.technology)
    how, form = index.facts(row.method), index.facts(row.shape)
    return ProjectHit(
        ref=ref,
        title=row.title,
        title_parts=title_parts(row.title, words=row.words, marked=question.marked, beginnings=question.beginnings),
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
        installed_capacity_mw=row.installed_capacity_mw,
        latitude=row.latitude,
        longitude=row.longitude,
        registered_on=row.registered_on,
        price_from=Money(minor=sale.price, currency=sale.currency) if sale else None,
        price_invented=sale.invented if sale else False,
        available=sale.available if sale else 0,
        vintage_from=sale.oldest if sale else None,
        vintage_to=sale.newest if sale else None,
        earned_from=sale.earned_from if sale else None,
    )
