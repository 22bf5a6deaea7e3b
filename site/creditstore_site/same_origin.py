"""Forms without a token, for pages that anybody may keep: the browser itself says that the form was one of ours.

A CSRF token belongs to one reader, so a page with one cannot be shared by all. What a token proves, that the form came
from a page of this store, every current browser also says in ``Sec-Fetch-Site``, a header that no script can set. Older
browsers say where a form came from in ``Origin`` or ``Referer``. Who says nothing, or something else, is asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.csrf import csrf_exempt, csrf_protect

View = Callable[..., HttpResponse]

#: Longer values than any of our forms sends are not repeated.
_LONGEST_VALUE = 200
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the confirmation page asks. ``text`` says what will happen; ``button`` does it."""

    heading: str
    text: str
    button: str


def same_origin_form(*, ask: Callable[[HttpRequest], Question], fields: tuple[str, ...]) -> Callable[[View], View]:
    """Let a view take POSTs from this store's own pages without a token, and ask before it takes any other.

    Parameters: ``ask`` words the confirmation page for a request; ``fields`` are the posted values that the page
    repeats, and all that it repeats. The page carries a token, and a POST with a token is held to Django's own check.
    Other methods go to the view as they are.
    """

    def decorate(view: View) -> View:
        with_token = csrf_protect(view)

        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method != "POST" or is_same_origin(request):
                return view(request, *args, **kwargs)
            if "csrfmiddlewaretoken" in request.POST:
                return with_token(request, *args, **kwargs)
            return _confirmation(request, question=ask(request), fields=fields)

        return csrf_exempt(answer)

    return decorate


def is_same_origin(request: HttpRequest) -> bool:
    """Whether the browser says that the request came from a page of this store.

    ``Sec-Fetch-Site`` decides where it is there, then ``Origin``, then ``Referer``. An origin is scheme, host and port;
    ours is the request's own or that of ``SITE_URL``, for stores behind a proxy that does not pass the scheme on.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    sender = request.headers.get("Origin")
    if sender is None:
        sender = request.headers.get("Referer", "")
    found = _origin(sender)
    return found is not None and found in (
        _origin(f"{request.scheme}://{request.get_host()}"),
        _origin(settings.SITE_URL),
    )


def _origin(address: str) -> tuple[str, str, int] | None:
    """Scheme, host and port of an address; None for what names none, such as the origin ``null``."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    return parts.scheme, parts.hostname, _DEFAULT_PORTS[parts.scheme] if port is None else port


def _confirmation(request: HttpRequest, *, question: Question, fields: tuple[str, ...]) -> HttpResponse:
    values = [(name, request.POST.get(name, "")) for name in fields]
    context = {
        "question": question,
        "values": [(name, value) for name, value in values if 0 < len(value) <= _LONGEST_VALUE],
    }
    response = render(request, "errors/confirm.html", context, status=403)
    add_never_cache_headers(response)
    return response
