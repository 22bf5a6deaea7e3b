"""Suggestions under the search field, as the HTML of a list: in the reader's language, ready to be shown."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from creditstore.catalogue.search import Suggestion, suggestions
from creditstore_site.views.answers import public_for

#: Letters and digits; fewer say too little.
SHORTEST: Final = 2
MOST: Final = 8
_LONGEST: Final = 200


@require_safe
@public_for(60)
def listed(request: HttpRequest) -> HttpResponse:
    """How the question ``?q=`` could go on; an empty list where there is nothing to suggest."""
    text = request.GET.get("q", "").strip()[:_LONGEST]
    enough = sum(character.isalnum() for character in text) >= SHORTEST
    found = suggestions(text=text, limit=MOST) if enough else []
    return render(request, "store/suggestions.html", {"found": [(one, address_of(one)) for one in found]})


def address_of(suggestion: Suggestion) -> str:
    """Where choosing it leads: a project's page, or the catalogue with that filter or those words."""
    if suggestion.kind == "project":
        return reverse("store:project", args=[suggestion.value])
    name = "q" if suggestion.kind == "word" else suggestion.kind
    parameters = [("q", suggestion.rest)] if suggestion.rest else []
    return f"{reverse('store:catalogue')}?{urlencode([*parameters, (name, suggestion.value)])}"
