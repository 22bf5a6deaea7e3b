"""One question to everything that is public: the editors' pages and the projects."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from wagtail.models import Site

from creditstore.catalogue.search import ProjectQuery, SearchPage, search_projects, ways_out
from creditstore_content.pages.searching import FoundPages, cleaned, search_pages
from creditstore_site.views.answers import public_for

#: Projects beside the pages; the catalogue shows all of them.
_PROJECTS = 5


@require_safe
@public_for(60)
def search(request: HttpRequest) -> HttpResponse:
    """Pages by kind and the first projects. Any text is a question; an empty one shows the form alone."""
    text = cleaned(request.GET.get("q", ""))
    context: dict[str, object] = {"text": text}
    if text:
        query = ProjectQuery(q=text)
        projects = search_projects(query=query, limit=_PROJECTS)
        pages = _pages(request, text, projects)
        context |= {"projects": projects, "pages": pages, "found": projects.total + pages.total, "query": query}
        if not projects.total and not pages.total:
            context["ways_out"] = ways_out(query=query)[:3]
    return render(request, "search.html", context)


def _pages(request: HttpRequest, text: str, projects: SearchPage) -> FoundPages:
    """Pages with these words; where there are none, with the words that the catalogue took for what was meant."""
    site = Site.find_for_request(request)
    found = search_pages(text=text, site=site)
    if found.total or not projects.corrections:
        return found
    meant = {correction.typed: correction.meant for correction in projects.corrections}
    return search_pages(text=" ".join(meant.get(word.lower(), word) for word in text.split()), site=site)
