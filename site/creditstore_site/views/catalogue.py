"""Finding projects."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from creditstore.catalogue.search import ProjectQuery, facets, search_projects
from creditstore.core.errors import StoreError
from creditstore_site.views.answers import public_for

#: Filters shown on the page, with their titles; those after the first three are folded up.
_FILTERS = ("country", "type", "scope", "methodology", "period", "scale", "activity")
_LISTED = 6


def _titles() -> dict[str, str]:
    return {
        "country": _("Country"),
        "type": _("Technology"),
        "scope": _("Sectoral scope"),
        "methodology": _("Methodology"),
        "period": _("Commitment period"),
        "scale": _("Scale"),
        "activity": _("Kind of activity"),
    }


def _sorts() -> list[tuple[str, str]]:
    return [
        ("relevance", _("Best match")),
        ("price", _("Lowest price")),
        ("-price", _("Highest price")),
        ("vintage", _("Oldest vintage")),
        ("-available", _("Most available")),
        ("title", _("Title")),
    ]


@require_safe
@public_for(60)
def index(request: HttpRequest) -> HttpResponse:
    """Projects by text and filters; what cannot be read is said above the list and left out of the question."""
    errors: list[str] = []
    cursor = request.GET.get("cursor") or None
    try:
        query = ProjectQuery.from_params(request.GET)
    except StoreError as error:
        errors += [item.message for item in error.errors] or [error.message]
        query, cursor = _readable(request, wrong={item.field for item in error.errors}), None
    try:
        page = search_projects(query=query, cursor=cursor)
    except StoreError as error:
        errors.append(error.message)
        cursor, page = None, search_projects(query=query)
    counted = facets(query=query)
    context = {
        "section": "store",
        "query": query,
        "page": page,
        "cursor": cursor,
        "errors": errors,
        "sorts": _sorts(),
        "filters": [_filter(name, counted.get(name, [])) for name in _FILTERS if counted.get(name)],
        "active": _active(query, counted),
    }
    return render(request, "store/catalogue.html", context, status=400 if errors else 200)


def _readable(request: HttpRequest, *, wrong: set[str]) -> ProjectQuery:
    """The question without the parameters that cannot be read."""
    if not wrong:
        return ProjectQuery()
    return ProjectQuery.from_params({name: values for name, values in request.GET.lists() if name not in wrong})


def _filter(name: str, values: list[Any]) -> dict[str, Any]:
    """One filter: the most frequent values stand open, chosen ones always."""
    shown = [value for index, value in enumerate(values) if index < _LISTED or value.selected]
    return {
        "name": name,
        "title": _titles()[name],
        "shown": shown,
        "more": [value for value in values if value not in shown],
        "chosen": any(value.selected for value in values),
    }


def _active(query: ProjectQuery, counted: dict[str, list[Any]]) -> list[tuple[str, str, str]]:
    """Name, value and words of everything that narrows the list, so that each can be taken away again."""
    found = [(name, value.value, value.label) for name, values in counted.items() for value in values if value.selected]
    if query.q:
        found.insert(0, ("q", query.q, f"“{query.q}”"))
    singles = {
        "vintage_from": _("Vintage from %(value)s"),
        "vintage_to": _("Vintage to %(value)s"),
        "price_max": _("At most %(value)s per tonne"),
        "available_min": _("At least %(value)s available"),
    }
    for name, words in singles.items():
        if value := getattr(query, name):
            found.append((name, "", words % {"value": value}))
    found += [("seller", slug, _("Seller: %(value)s") % {"value": slug}) for slug in query.seller]
    return found
