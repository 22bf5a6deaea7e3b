"""Wagtail's own content API (version 3, a preview of its makers), for reading only.

``urls`` is what the URLconf mounts at ``/api/content/v3/``. Whatever writes is refused, and left out of the
description; the documentation page is left out because it loads scripts from another host; a refusal is a problem.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, re_path, reverse
from django.utils.translation import gettext as _
from wagtail.api.v3.api import api

from creditstore.api.problems import problem_response
from creditstore_content.navigation import api as navigation_api

View = Callable[..., HttpResponseBase]

_READING = ("GET", "HEAD", "OPTIONS")
_HEADER = "X-API-Status"
_STATUS = "preview"
_NOTE = "The editors' pages, for reading only. A preview of Wagtail's version 3: details may still change."
#: Wagtail's own entries that are replaced by ours, or left out.
_REPLACED = frozenset({"openapi-json", "openapi-view", "api-root"})


def read_only(view: View) -> View:
    """Refuse every method that is not for reading, before anything else looks at the request."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "OPTIONS":
            response: HttpResponseBase = JsonResponse({}, headers={"Allow": ", ".join(_READING)})
        elif request.method not in _READING:
            response = problem_response(
                code="method-not-allowed",
                detail=_("The content API is for reading only."),
                headers={"Allow": ", ".join(_READING)},
            )
        else:
            response = view(request, *args, **kwargs)
            if response.status_code == 405:
                # An address of Wagtail's that only writes.
                response = unknown(request)
        response[_HEADER] = _STATUS
        return response

    # Without cookies there is nothing a forged request could use, and what writes is refused above.
    guarded.csrf_exempt = True  # type: ignore[attr-defined]
    return guarded


def unknown(request: HttpRequest, **_kwargs: Any) -> HttpResponseBase:
    """No such address: a problem, never a redirect."""
    return problem_response(
        code="not-found", detail=_("There is nothing at this address. Addresses here end with a slash.")
    )


def index(request: HttpRequest) -> HttpResponseBase:
    """What can be read here."""
    root = reverse("wagtailapi_v3:api-root")
    return JsonResponse(
        {
            "title": "Content API",
            "status": _STATUS,
            "note": _NOTE,
            "pages": f"{root}pages/",
            "images": f"{root}images/",
            "documents": f"{root}documents/",
            "site": f"{root}site/",
            "openapi": f"{root}openapi.json",
        }
    )


def openapi(request: HttpRequest) -> HttpResponseBase:
    """The description, with what can be read only."""
    return JsonResponse(readable_schema())


def readable_schema() -> dict[str, Any]:
    """Wagtail's OpenAPI document without the operations that write."""
    schema: dict[str, Any] = dict(api.get_openapi_schema(path_params={}))
    paths: dict[str, dict[str, Any]] = {}
    for address, operations in schema["paths"].items():
        kept = {method: operation for method, operation in operations.items() if method in {"get", "parameters"}}
        if "get" in kept:
            paths[address] = kept
    paths[reverse("wagtailapi_v3:site")] = navigation_api.OPERATION
    schema["paths"] = paths
    schema["info"] = {
        **schema["info"],
        "title": "Content API",
        "description": _NOTE,
        "x-status": _STATUS,
    }
    return schema


def _patterns() -> list[URLPattern]:
    wagtails, _app_name, _namespace = api.urls
    kept = [
        URLPattern(pattern.pattern, read_only(pattern.callback), pattern.default_args, pattern.name)
        for pattern in wagtails
        if pattern.name not in _REPLACED
    ]
    return [
        path("", read_only(index), name="api-root"),
        path("site/", read_only(navigation_api.site), name="site"),
        path("openapi.json", read_only(openapi), name="openapi-json"),
        *kept,
        re_path(r"^.*$", read_only(unknown)),
    ]


#: Wagtail finds its own addresses under the namespace ``wagtailapi_v3``.
urls: tuple[list[URLPattern], str, str] = (_patterns(), "ninja", "wagtailapi_v3")
