"""What every call passes, whatever it asks: limits, methods, parameters, caching, other sites' scripts, last resort."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from creditstore.api.errors import MethodNotAllowed, not_found, problem_of
from creditstore.api.idempotency import HEADER, REPLAYED
from creditstore.api.limits import count_call
from creditstore.api.parsing import storable
from creditstore.api.validation import MAX_ERRORS
from creditstore.core.errors import FieldError, StoreError

View = Callable[..., HttpResponseBase]

_READING = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationFacts:
    """One method of one address: its name and its query parameters, each with whether it may stand several times."""

    name: str
    parameters: Mapping[str, bool]


#: What is served without being an operation of the description itself.
PLAIN_READ = {"GET": OperationFacts(name="read", parameters={})}


def guarded(view: View, operations: Mapping[str, OperationFacts] | None) -> View:
    """The view with everything around it; nothing but problems leaves as an error.

    Parameters: ``operations`` by method, ``None`` for a view that answers whatever is asked in the same way.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            if operations is None:
                response = view(request, *args, **kwargs)
            else:
                response = _answer(request, view, operations, args, kwargs)
        except Exception as error:  # noqa: BLE001  (the last resort: a caller gets a problem, the log the rest)
            response = problem_of(error)
        response = _with_caching(request, response)
        _open_to_other_sites(request, response, method=request.method or "")
        patch_vary_headers(response, ("Accept-Language",))
        response.setdefault("Content-Language", get_language() or settings.LANGUAGE_CODE)
        return response

    # Nothing here acts on a cookie, so there is nothing that a forged request could use.
    answer.csrf_exempt = True  # type: ignore[attr-defined]
    return answer


def unknown(request: HttpRequest, **_path: Any) -> HttpResponse:
    """No such address."""
    return not_found()


def _answer(
    request: HttpRequest,
    view: View,
    operations: Mapping[str, OperationFacts],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> HttpResponseBase:
    method = "GET" if request.method == "HEAD" else str(request.method)
    if method == "OPTIONS":
        return HttpResponse(status=204, headers={"Allow": ", ".join(_allowed(operations)), "Cache-Control": "no-store"})
    operation = operations.get(method)
    if operation is None:
        raise MethodNotAllowed(allowed=_allowed(operations))
    count_call(request, operation=operation.name, writes=method != "GET" and operation.name != "create_quote")
    if not all(storable(value) for value in kwargs.values() if isinstance(value, str)):
        return not_found()
    _check_parameters(request, operation)
    asked, request.method = request.method, method
    try:
        # An address that answers GET answers HEAD alike; the server leaves out the body.
        return view(request, *args, **kwargs)
    finally:
        request.method = asked


def _allowed(operations: Mapping[str, OperationFacts]) -> list[str]:
    return sorted({*operations, "OPTIONS", *(["HEAD"] if "GET" in operations else [])})


def _check_parameters(request: HttpRequest, operation: OperationFacts) -> None:
    errors = []
    for name, values in request.GET.lists():
        shown = name.replace("\x00", "")[:100]
        if name not in operation.parameters:
            errors.append(FieldError(shown, _("This parameter is not known here.")))
        elif len(values) > 1 and not operation.parameters[name]:
            errors.append(FieldError(shown, _("Give one value.")))
        elif not all(map(storable, values)):
            errors.append(FieldError(shown, _("This text contains characters that cannot be stored.")))
    if errors:
        message = _("Some parameters are not known or not valid.")
        raise StoreError(code="invalid", message=message, errors=errors[:MAX_ERRORS])


def _with_caching(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Public answers may be kept but must be checked each time; what only some may see is never kept."""
    if not isinstance(response, HttpResponse) or response.has_header("Cache-Control"):
        return response
    private = request.method not in ("GET", "HEAD") or "Authorization" in request.headers or "code" in request.GET
    if private or response.status_code != 200:
        response["Cache-Control"] = "private, no-store"
        return response
    response["Cache-Control"] = "public, max-age=0, must-revalidate"
    response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


def _open_to_other_sites(request: HttpRequest, response: HttpResponseBase, *, method: str) -> None:
    """CORS: any site's script may read; only the operator's listed origins may write. No cookie is ever involved."""
    origin = request.headers.get("Origin", "")
    wanted = request.headers.get("Access-Control-Request-Method", "GET") if method == "OPTIONS" else method
    if wanted in _READING:
        response["Access-Control-Allow-Origin"] = "*"
    else:
        patch_vary_headers(response, ("Origin",))
        if origin not in getattr(settings, "CREDITSTORE_API_WRITE_ORIGINS", ()):
            return
        response["Access-Control-Allow-Origin"] = origin
    if method == "OPTIONS":
        response["Access-Control-Allow-Methods"] = wanted
        response["Access-Control-Allow-Headers"] = f"Authorization, Content-Type, {HEADER}"
        response["Access-Control-Max-Age"] = "600"
    else:
        response["Access-Control-Expose-Headers"] = f"ETag, Location, Retry-After, {REPLAYED}"
