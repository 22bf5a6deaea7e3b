"""Pages for what went wrong: each says what happened, that nothing was lost, and what to do next.

Addresses for programs get the same as problem+json.
"""

from __future__ import annotations

import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from creditstore.api.problems import problem_response
from creditstore.core.errors import database_is_away
from creditstore_site.paths import answers_problems


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: Django could not read the request, so its page reads nothing of it either."""
    if answers_problems(request.path):
        return problem_response(code="bad-request", detail=_("The request cannot be read."))
    return _without_context("400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    if answers_problems(request.path):
        return problem_response(code="forbidden", detail=_("This is not allowed."))
    return _never_kept(render(request, "403.html", status=403))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    if answers_problems(request.path):
        return problem_response(code="not-found", detail=_("There is nothing at this address."))
    return _never_kept(render(request, "404.html", status=404))


def server_error(request: HttpRequest) -> HttpResponse:
    """500: needs neither database nor session nor context, which may be what broke. Without a database it is 503."""
    # Django calls this while it handles the exception, and does not pass it.
    if database_is_away(sys.exc_info()[1]):
        return _no_database(request)
    if answers_problems(request.path):
        return problem_response(code="internal", detail=_("The fault is ours and has been recorded."))
    return _without_context("500.html", status=500)


def _no_database(request: HttpRequest) -> HttpResponse:
    """503: the database does not answer. Come back soon, and send the same again: nothing happens twice."""
    if answers_problems(request.path):
        response: HttpResponse = problem_response(code="unavailable", detail=_("The store cannot reach its records."))
    else:
        response = _without_context("503.html", status=503)
    response["Retry-After"] = "30"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A stale or foreign form (403). ``reason`` is Django's and not shown."""
    if answers_problems(request.path):
        return problem_response(code="forbidden", detail=_("This call needs a token of the store's own forms."))
    return _never_kept(render(request, "403_csrf.html", status=403))


def body_too_large(request: HttpRequest, *, limit: int) -> HttpResponse:
    """More than the store accepts (413). ``limit`` in bytes. Called before the language is chosen."""
    with translation.override(translation.get_language_from_request(request, check_path=True)):
        context = {
            "heading": _("That was too large"),
            "text": _("The store accepts at most %(limit)d bytes at once. Nothing was saved.") % {"limit": limit},
            "action": _("Go back and send less."),
        }
        return _never_kept(render(request, "errors/message.html", context, status=413))


def _without_context(template: str, *, status: int) -> HttpResponse:
    return _never_kept(HttpResponse(render_to_string(template), status=status))


def _never_kept(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
