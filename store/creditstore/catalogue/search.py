"""Finding projects: text, filters, order, pages, and counts per filter value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.db.models import Case, F, IntegerField, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, ExtractYear, Left, Lower
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from creditstore.catalogue.facets import facets
from creditstore.catalogue.goals import inferred_goals
from creditstore.catalogue.highlighting import title_parts
from creditstore.catalogue.matching import matching_projects, offers_for_sale
from creditstore.catalogue.models import Project
from creditstore.catalogue.query import ProjectQuery
from creditstore.catalogue.results import Correction, FacetValue, MapPoint, ProjectHit, SearchPage, Suggestion, TextPart
from creditstore.catalogue.search_text import words_of
from creditstore.catalogue.words import folded_words
from creditstore.core.countries import country_name
from creditstore.core.errors import FieldError, StoreError
from creditstore.core.paging import decode_cursor, encode_cursor
from creditstore_plugins import Money

__all__ = [
    "MAX_LIMIT",
    "Correction",
    "FacetValue",
    "MapPoint",
    "ProjectHit",
    "ProjectQuery",
    "SearchPage",
    "Suggestion",
    "TextPart",
    "facets",
    "map_points",
    "search_projects",
    "suggestions",
]

MAX_LIMIT: Final = 100
_LARGEST = 2**63 - 1
_UNITS_LEFT = F("offered") - F("reserved") - F("sold")


def search_projects(*, query: ProjectQuery, cursor: str | None = None, limit: int = 25) -> SearchPage:
    """One page of the projects that answer the question; projects with nothing to buy come last by default.

    Parameters: ``cursor``, the ``next`` of the page before; ``limit``, 1 to 100.
    Errors: ``StoreError``: bad-request for a cursor that is none of this order, invalid for the limit.
    """
    if not 1 <= limit <= MAX_LIMIT:
        message = _("Ask for 1 to %(count)d at a time.") % {"count": MAX_LIMIT}
        raise StoreError(code="invalid", message=message, errors=[FieldError("limit", message)])
    found = matching_projects(query)
    total = found.count()
    ordered, names = _ordered(found, query=query)
    if cursor:
        ordered = ordered.filter(_after(names, _position(cursor, sort=query.sort, names=names)))
    rows = list(ordered.order_by(*names).only(*_COLUMNS)[: limit + 1])
    page = rows[:limit]
    more = len(rows) > limit
    marker = encode_cursor([query.sort, *(getattr(page[-1], name) for name in names)]) if more else None
    language = get_language() or "en"
    words = set(folded_words(query.q))
    return SearchPage(items=[_hit(row, language, words) for row in page], next=marker, total=total)


_COLUMNS = (
    "ref", "title", "country_codes", "project_type", "scopes", "methodologies", "scale", "activity_type",
    "registered_on", "project_subtype", "least_developed", "installed_capacity_mw", "latitude", "longitude",
)  # fmt: skip


def _ordered(found: QuerySet[Project], *, query: ProjectQuery) -> tuple[QuerySet[Project], list[str]]:
    """Annotate what a hit shows and what it is ordered by: names of columns, all ascending, none ever null."""
    offers = offers_for_sale(query).filter(issuance__project=OuterRef("pk"))
    # A price in another currency cannot be compared: it is shown only where there is no other.
    cheapest = offers.annotate(
        foreign=Case(When(currency=query.currency, then=0), default=1, output_field=IntegerField())
    ).order_by("foreign", "price_minor", "pk")
    each = offers.values("issuance__project")
    found = found.annotate(
        available=Coalesce(Subquery(each.annotate(units=Sum(_UNITS_LEFT)).values("units")), 0),
        price_minor=Subquery(cheapest.values("price_minor")[:1]),
        price_currency=Subquery(cheapest.values("currency")[:1]),
        price_invented=Coalesce(Subquery(cheapest.values("price_invented")[:1]), False),
        oldest=Subquery(each.annotate(day=Min("issuance__monitoring_start")).values(year=ExtractYear("day"))),
        newest=Subquery(each.annotate(day=Max("issuance__monitoring_end")).values(year=ExtractYear("day"))),
    )
    nothing_last = Case(When(available__gt=0, then=0), default=1, output_field=IntegerField())
    foreign_last = Case(When(price_currency=query.currency, then=0), default=1, output_field=IntegerField())
    newest_first = Value(0) - Coalesce(F("newest"), 0)
    keys: dict[str, dict[str, Any]] = {
        "relevance": {"key1": nothing_last, "key2": _title_rank(query), "key3": newest_first},
        "price": {"key1": foreign_last, "key2": Coalesce(F("price_minor"), _LARGEST)},
        "-price": {"key1": foreign_last, "key2": Value(0) - Coalesce(F("price_minor"), 0)},
        "vintage": {"key1": nothing_last, "key2": Coalesce(F("oldest"), 9999)},
        "-vintage": {"key1": nothing_last, "key2": newest_first},
        "-available": {"key1": Value(0) - F("available")},
        "title": {"key1": Left(Lower("title"), 80)},
    }
    chosen = keys[query.sort]
    return found.annotate(**chosen), [*chosen, "ref"]


def _title_rank(query: ProjectQuery) -> Case:
    """0 for the project whose reference was typed, 1 where the title has every word, 2 elsewhere."""
    words = words_of(query.q)
    if not words:
        return Case(default=Value(1), output_field=IntegerField())
    in_title = Q()
    for word in words:
        in_title &= Q(title__icontains=word)
    return Case(When(ref=words[0], then=0), When(in_title, then=1), default=2, output_field=IntegerField())


def _position(cursor: str, *, sort: str, names: Sequence[str]) -> list[Any]:
    position = decode_cursor(cursor, length=1 + len(names))
    texts = {"ref", "key1"} if sort == "title" else {"ref"}
    for name, value in zip(names, position[1:], strict=True):
        fits = isinstance(value, str) if name in texts else type(value) is int and abs(value) <= _LARGEST
        if position[0] != sort or not fits or (isinstance(value, str) and not value.isprintable()):
            message = _("This page marker belongs to another list. Start again from the first page.")
            raise StoreError(code="bad-request", message=message, errors=[FieldError("cursor", message)])
    return position[1:]


def _after(names: Sequence[str], position: Sequence[Any]) -> Q:
    """Rows that come after the position in the order of the names."""
    after = Q()
    same = Q()
    for name, value in zip(names, position, strict=True):
        after |= same & Q(**{f"{name}__gt": value})
        same &= Q(**{name: value})
    return after


def map_points(*, query: ProjectQuery) -> list[MapPoint]:
    """Every project that answers the question and whose place is known."""
    found, _names = _ordered(matching_projects(query), query=query)
    rows = found.exclude(latitude=None).values_list(
        "ref", "title", "project_type", "latitude", "longitude", "available"
    )
    return [
        MapPoint(ref=ref, title=title, type=kind, latitude=float(north), longitude=float(east), available=available)
        for ref, title, kind, north, east, available in rows
    ]


def suggestions(*, text: str, limit: int = 8) -> list[Suggestion]:
    """How the question could go on: projects that answer to it."""
    page = search_projects(query=ProjectQuery(q=text), limit=max(1, min(limit, 20))) if text.strip() else None
    return [Suggestion(kind="project", label=hit.title, value=hit.ref, count=1) for hit in (page.items if page else ())]


def _hit(row: Any, language: str, words: set[str]) -> ProjectHit:
    return ProjectHit(
        ref=row.ref,
        title=row.title,
        title_parts=title_parts(row.title, words=words),
        least_developed=row.least_developed,
        subtype=row.project_subtype,
        goals=inferred_goals(project_type=row.project_type, project_subtype=row.project_subtype),
        installed_capacity_mw=row.installed_capacity_mw,
        latitude=row.latitude,
        longitude=row.longitude,
        countries=tuple(row.country_codes),
        country_names=tuple(country_name(code, language) for code in row.country_codes),
        type=row.project_type,
        scopes=tuple(row.scopes),
        methodologies=tuple(row.methodologies),
        scale=row.scale,
        activity=row.activity_type,
        registered_on=row.registered_on,
        price_from=Money(minor=row.price_minor, currency=row.price_currency) if row.price_minor else None,
        price_invented=row.price_invented,
        available=row.available,
        vintage_from=row.oldest,
        vintage_to=row.newest,
    )
