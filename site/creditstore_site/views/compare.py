"""Projects beside one another: at most four, named in the address, so that a comparison can be passed on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from creditstore.catalogue.fact_types import ProjectFacts
from creditstore.catalogue.facts_of import several_project_facts
from creditstore_site.views.answers import public_for

MOST: Final = 4
#: References of an address that are looked at at all.
_READ: Final = 20
_LONGEST_REF: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One project of the comparison, and the address of the comparison without it."""

    facts: ProjectFacts
    without_url: str

    @property
    def vintages(self) -> str:
        """The years of what is for sale: ``2013, 2015``; empty when nothing is."""
        return ", ".join(str(one.year) for one in self.facts.vintages if one.available and one.year)


@require_safe
@public_for(60)
def compare(request: HttpRequest) -> HttpResponse:
    """The comparison of ``?ref=0009&ref=0010``. More than four are kept in the address and said so."""
    asked = readable_refs(request.GET.getlist("ref"))
    found = several_project_facts(refs=asked, language=get_language() or "en")
    known = [facts.ref for facts in found]
    columns = [Column(facts=facts, without_url=_address(asked, without=facts.ref)) for facts in found[:MOST]]
    context: dict[str, Any] = {
        "section": "store",
        "columns": columns,
        "waiting": [Column(facts=facts, without_url=_address(asked, without=facts.ref)) for facts in found[MOST:]],
        "unknown": [ref for ref in asked if ref not in known],
        "most": MOST,
        "more_url": f"{reverse('store:catalogue')}?{urlencode([('compare', ref) for ref in known])}",
        "page_url": settings.SITE_URL + request.get_full_path(),
    }
    return render(request, "store/compare.html", context, status=404 if asked and not found else 200)


def readable_refs(texts: Sequence[str]) -> list[str]:
    """References as an address names them, each once, as far as they can be any."""
    refs = (text.strip() for text in texts)
    return list(dict.fromkeys(ref for ref in refs if ref and len(ref) <= _LONGEST_REF and ref.isprintable()))[:_READ]


def _address(refs: Sequence[str], *, without: str) -> str:
    kept = [("ref", ref) for ref in refs if ref != without]
    return f"{reverse('store:compare')}?{urlencode(kept)}" if kept else reverse("store:compare")
