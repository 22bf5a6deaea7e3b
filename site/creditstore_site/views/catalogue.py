"""Finding projects: the list, the map, and all values of one filter."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from creditstore.catalogue.search import FacetValue, ProjectQuery, SearchPage, facets, map_points, search_with_facets
from creditstore.core.errors import StoreError
from creditstore_site.views.answers import public_for
from creditstore_site.views.catalogue_filters import (
    NAMES,
    chosen_filters,
    filter_groups,
    sorts,
    titles,
    ways_out_of,
)
from creditstore_site.views.compare import MOST, readable_refs
from creditstore_site.views.results_map import address, results_map


@require_safe
@public_for(60)
def index(request: HttpRequest) -> HttpResponse:
    """Projects by text and filters; what cannot be read is said above the list and left out of the question."""
    query, errors = _question(request)
    page, counted, cursor = _page(request, query=query, errors=errors)
    as_map = request.GET.get("view") == "map" and not cursor
    refs = readable_refs(request.GET.getlist("compare"))
    context = {
        "section": "store",
        "query": query,
        "page": page,
        "cursor": cursor,
        "errors": errors,
        "sorts": sorts(),
        "groups": filter_groups(counted, kept=address(request.GET)),
        "counted": counted,
        "chosen": chosen_filters(query, counted),
        "view": "map" if as_map else "list",
        "list_url": address(request.GET, view="", map=""),
        "map_url": address(request.GET, view="map"),
        "first_url": address(request.GET) if cursor else "",
        "next_url": address(request.GET, cursor=page.next) if page.next else "",
        "picked": refs,
        "elsewhere": [ref for ref in refs if as_map or ref not in {hit.ref for hit in page.items}],
        "page_url": settings.SITE_URL + request.path + address(request.GET),
        "most": MOST,
    }
    if not page.total and not errors:
        context["ways_out"] = ways_out_of(query, counted, kept=request.GET)
    if as_map:
        project_url = reverse("store:project", args=["REF"]).replace("REF", "{ref}")
        points = map_points(query=query)
        context["map"] = results_map(points=points, params=request.GET, project_url=project_url)
    return render(request, "store/catalogue.html", context, status=400 if errors else 200)


@require_safe
@public_for(60)
def values(request: HttpRequest, name: str) -> HttpResponse:
    """All values of one filter, to choose from; the rest of the question is kept. Errors: ``Http404``."""
    if name not in NAMES:
        raise Http404(name)
    query, _errors = _question(request)
    found = facets(query=query).get(name, [])
    if name == "country":
        found = sorted(found, key=lambda value: value.label)
    context = {
        "section": "store",
        "name": name,
        "title": titles()[name],
        "values": found,
        "kept": [
            (key, value)
            for key, listed in request.GET.lists()
            for value in listed
            if value and key not in (name, "cursor")
        ],
        "back_url": address(request.GET),
    }
    return render(request, "store/catalogue_filter.html", context)


def _question(request: HttpRequest) -> tuple[ProjectQuery, list[str]]:
    """What is asked, and what could not be read of it in words."""
    try:
        return ProjectQuery.from_params(request.GET), []
    except StoreError as error:
        messages = [item.message for item in error.errors] or [error.message]
        return _readable(request, wrong={item.field for item in error.errors}), messages


def _page(
    request: HttpRequest, *, query: ProjectQuery, errors: list[str]
) -> tuple[SearchPage, dict[str, list[FacetValue]], str | None]:
    """The page of the list, the counts, and the marker that led here; a marker that is none adds to the errors."""
    cursor = None if errors else request.GET.get("cursor") or None
    try:
        return *search_with_facets(query=query, cursor=cursor), cursor
    except StoreError as error:
        errors.append(error.message)
        return *search_with_facets(query=query), None


def _readable(request: HttpRequest, *, wrong: set[str]) -> ProjectQuery:
    """The question without the parameters that cannot be read."""
    if not wrong:
        return ProjectQuery()
    kept: dict[str, Any] = {name: listed for name, listed in request.GET.lists() if name not in wrong}
    return ProjectQuery.from_params(kept)
