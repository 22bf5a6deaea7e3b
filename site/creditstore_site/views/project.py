"""Reading about one project."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from creditstore.catalogue.facts_of import project_facts
from creditstore.core.errors import StoreError
from creditstore.credits.models import UnitBlock
from creditstore.credits.services import block_serials
from creditstore_site.views.answers import public_for


@require_safe
@public_for(60)
def project(request: HttpRequest, ref: str) -> HttpResponse:
    """One project: what it is, what became of its units, who offers some."""
    return project_page(request, ref=ref, refused=None, status=200)


def project_page(request: HttpRequest, *, ref: str, refused: tuple[str, str, str] | None, status: int) -> HttpResponse:
    """The page. ``refused``: code, typed quantity and reason of an offer that could not be put into the basket.

    Errors: ``Http404``.
    """
    try:
        facts = project_facts(ref=ref, language=get_language() or "en")
    except StoreError as error:
        raise Http404(error.message) from error
    context = {
        "section": "store",
        "facts": facts,
        "offers": [(offer, refused[1:] if refused and refused[0] == offer.code else None) for offer in facts.offers],
        "refused": refused,
        "issuances": _issuances(facts.ref),
    }
    response = render(request, "store/project.html", context, status=status)
    if refused:
        # What this buyer typed.
        add_never_cache_headers(response)
    return response


def _issuances(ref: str) -> list[tuple[UnitBlock, str, str]]:
    """The project's issuances, newest first: the whole block, its first and its last serial."""
    roots = UnitBlock.objects.filter(issuance__project__ref=ref, parent=None).select_related("issuance")
    return [(root, *block_serials(root)) for root in roots.order_by("-issuance__issued_at", "-start")]
