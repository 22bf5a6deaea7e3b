"""What several views answer alike: a message page for an error of a service, a card, how long an answer may be kept."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from creditstore.api.problems import CATALOGUE
from creditstore.core.errors import StoreError
from creditstore_host.installation import get_host
from creditstore_site import social_card

View = Callable[..., HttpResponse]
_YEAR_SECONDS = 365 * 86_400
ResponseT = TypeVar("ResponseT", bound=HttpResponseBase)


def status_of(error: StoreError) -> int:
    """The HTTP status of a service's error: pages and API answer the same."""
    return CATALOGUE[error.code].status


def message_page(
    request: HttpRequest,
    *,
    heading: str,
    text: str,
    status: int,
    action: str = "",
    links: tuple[tuple[str, str], ...] = (),
) -> HttpResponse:
    """A page that says what happened and what to do next. ``links``: address and text of each way on."""
    context = {"heading": heading, "text": text, "action": action, "links": links}
    response = render(request, "errors/message.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def error_page(request: HttpRequest, error: StoreError, *, links: tuple[tuple[str, str], ...] = ()) -> HttpResponse:
    """A service's error as a page of its own."""
    heading = _("There is nothing at this address") if error.code == "not-found" else _("That did not work")
    return message_page(request, heading=heading, text=error.message, status=status_of(error), links=links)


def public_for(seconds: int) -> Callable[[View], View]:
    """Let anybody keep the answer for some seconds. Only for pages that are the same for every reader."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return let_anybody_keep(view(request, *args, **kwargs), seconds=seconds)

        return answer

    return decorate


def let_anybody_keep(response: ResponseT, *, seconds: int) -> ResponseT:
    """Mark a good answer as public, unless it says itself who may keep it."""
    if response.status_code == 200 and not response.has_header("Cache-Control"):
        response.headers["Cache-Control"] = f"public, max-age={seconds}"
    return response


def card_response(wanted: social_card.Card, *, asked: str) -> HttpResponse:
    """A drawn card. Whoever asked for exactly this one, by its digest, may keep it for good."""
    digest = wanted.digest
    packed = cache.get_or_set(f"social-card:{digest}", lambda: social_card.draw(wanted), 86_400)
    response = HttpResponse(packed, content_type="image/png")
    response["ETag"] = f'"{digest}"'
    if asked == digest:
        response["Cache-Control"] = f"public, max-age={_YEAR_SECONDS}, immutable"
    else:
        response["Cache-Control"] = "public, max-age=3600"
    return response


def allow_payment_origins(response: HttpResponse) -> HttpResponse:
    """Let forms of this page lead to the origins that payment plugins declared: browsers check redirects as well."""
    origins = sorted({origin for method in get_host().payment_methods() for origin in method.info.form_origins})
    if origins:
        response._csp_update = {"form-action": origins}  # type: ignore[attr-defined]
    return response
