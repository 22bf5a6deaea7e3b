"""What the errors of the interfaces mean, for people and for programs."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from creditstore.api.problems import CATALOGUE, problem_response
from creditstore_site.views.answers import public_for


@require_safe
@public_for(3600)
def problem(request: HttpRequest, code: str) -> HttpResponse:
    """One kind of error. Errors: ``Http404``."""
    kind = CATALOGUE.get(code)
    if kind is None:
        raise Http404
    return render(request, "errors/problem.html", {"kind": kind})


@require_safe
@public_for(3600)
def catalogue(request: HttpRequest) -> HttpResponse:
    """Every kind of error, as JSON."""
    items = [
        {
            "type": f"/problems/{kind.code}",
            "code": kind.code,
            "title": kind.title,
            "status": kind.status,
            "retryable": kind.retryable,
        }
        for kind in CATALOGUE.values()
    ]
    return JsonResponse({"items": items})


@csrf_exempt
def unknown_address(request: HttpRequest) -> JsonResponse:
    """Whatever is asked of an address that no interface has."""
    return problem_response(code="not-found", detail=_("No interface of this store has this address."))
