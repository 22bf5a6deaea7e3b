"""From anything that went wrong to a problem. Nothing leaves the API in another shape."""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.utils.translation import gettext as _
from ninja.errors import AuthenticationError, HttpError, ValidationError

from creditstore.api.problems import problem_response
from creditstore.api.validation import field_errors
from creditstore.core.errors import FieldError, StoreError, database_is_away
from creditstore.core.states import IllegalTransition
from creditstore_plugins import RenderFailed

logger = logging.getLogger(__name__)


class RateLimited(StoreError):
    """Too many calls. ``retry_after`` in seconds."""

    def __init__(self, *, retry_after: int) -> None:
        super().__init__(code="rate-limited", message=_("Too many requests from your address. Wait, then go on."))
        self.retry_after = retry_after


class MethodNotAllowed(StoreError):
    """The address exists and does not take the method; ``allowed`` are those it takes."""

    def __init__(self, *, allowed: list[str]) -> None:
        methods = ", ".join(allowed)
        super().__init__(code="method-not-allowed", message=_("This address takes %(methods)s.") % {"methods": methods})
        self.allowed = methods


def problem_of(error: Exception) -> HttpResponse:
    """The answer to this error. What nobody expected is logged and told without detail."""
    # ninja wraps whatever its parser raises.
    cause = error.__cause__ if isinstance(error, HttpError) and error.__cause__ else error
    match cause:
        case StoreError():
            return _store_problem(cause)
        case ValidationError():
            found = field_errors(cause.errors)
            return problem_response(
                code="invalid", detail=_("Some values are missing or not valid."), errors=_entries(found)
            )
        case Http404():
            return not_found()
    code, detail, headers = _told(cause)
    if code in ("internal", "unavailable") or isinstance(cause, DataError):
        logger.error("the API answers %s", code, exc_info=cause)
    return problem_response(code=code, detail=detail, headers=headers)


def _told(error: BaseException) -> tuple[str, str, dict[str, str]]:
    """Code, plain words and headers for an error of somebody else's making."""
    code, detail, headers = "internal", _("Something went wrong on our side. Staff can see what it was."), {}
    match error:
        case AuthenticationError():
            code, detail = "unauthorized", _("Send the order's token in the header Authorization: Bearer <token>.")
            headers = {"WWW-Authenticate": 'Bearer realm="order"'}
        case RequestDataTooBig():
            code, detail = "body-too-large", _("The request is too large.")
        case HttpError() | UnreadablePostError() | SuspiciousOperation():
            code, detail = "bad-request", _("The request cannot be read.")
        case DataError():
            # Only a caller's value can be one that the database cannot hold; it is logged, for a check is missing.
            code, detail = "bad-request", _("A value is out of range.")
        case PermissionDenied():
            code, detail = "forbidden", _("This is not allowed.")
        case IllegalTransition():
            code, detail = "conflict", _("The state changed in the meantime. Look again.")
        case _ if isinstance(error, RenderFailed) or database_is_away(error):
            code, detail = "unavailable", _("The store cannot answer now. Try again in a moment.")
            headers = {"Retry-After": "5"}
    return code, detail, headers


def not_found() -> HttpResponse:
    """No such address."""
    detail = _("There is nothing at this address. The documentation is at /api/v1/docs.")
    return problem_response(code="not-found", detail=detail)


def handle(_request: HttpRequest, error: Any) -> HttpResponse:
    """``problem_of`` in the shape of ninja's exception handlers."""
    return problem_of(error)


def _store_problem(error: StoreError) -> HttpResponse:
    headers: dict[str, str] = {}
    match error:
        case RateLimited():
            headers["Retry-After"] = str(error.retry_after)
        case MethodNotAllowed():
            headers["Allow"] = error.allowed
        case StoreError(code="unauthorized"):
            headers["WWW-Authenticate"] = 'Bearer realm="store"'
    return problem_response(code=error.code, detail=error.message, errors=_entries(error.errors), headers=headers)


def _entries(errors: tuple[FieldError, ...] | list[FieldError]) -> list[dict[str, str]]:
    return [{"field": error.field, "message": error.message} for error in errors]
