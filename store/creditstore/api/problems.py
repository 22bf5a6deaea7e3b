"""Errors as RFC 9457 problems. One catalogue: what is not in it cannot be answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import JsonResponse


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemKind:
    """One kind of error: its stable code, HTTP status, title, and whether the same call may succeed later."""

    code: str
    status: int
    title: str
    retryable: bool = False


_KINDS = (
    ProblemKind(code="bad-request", status=400, title="The request cannot be understood"),
    ProblemKind(code="idempotency-key-required", status=400, title="The header Idempotency-Key is required"),
    ProblemKind(code="unauthorized", status=401, title="A valid bearer token is required"),
    ProblemKind(code="forbidden", status=403, title="This is not allowed"),
    ProblemKind(code="order-denied", status=403, title="The store cannot take this order"),
    ProblemKind(code="not-found", status=404, title="There is nothing at this address"),
    ProblemKind(code="method-not-allowed", status=405, title="This address does not take that method"),
    ProblemKind(code="conflict", status=409, title="The state does not allow this"),
    ProblemKind(
        code="idempotency-key-in-use", status=409, title="A call with this key is still running", retryable=True
    ),
    ProblemKind(code="sold-out", status=409, title="Not that many units are available"),
    ProblemKind(code="too-many-unpaid", status=409, title="Too much is reserved and not paid", retryable=True),
    ProblemKind(code="price-changed", status=409, title="The price has changed"),
    ProblemKind(
        code="payment-in-progress", status=409, title="Another payment of this order is still open", retryable=True
    ),
    ProblemKind(code="body-too-large", status=413, title="The request is too large"),
    ProblemKind(code="unsupported-media-type", status=415, title="Send application/json"),
    ProblemKind(code="invalid", status=422, title="Some values are not valid"),
    ProblemKind(code="unknown-offer", status=422, title="This offer does not exist or is not for sale"),
    ProblemKind(code="several-sellers", status=422, title="One order has one seller"),
    ProblemKind(code="malformed-serial", status=422, title="This is not a serial number"),
    ProblemKind(code="idempotency-key-reused", status=422, title="This key was used with another body"),
    ProblemKind(code="rate-limited", status=429, title="Too many requests", retryable=True),
    ProblemKind(code="internal", status=500, title="Something went wrong on our side", retryable=True),
    ProblemKind(
        code="payment-unavailable", status=503, title="This way to pay does not work at the moment", retryable=True
    ),
    ProblemKind(code="unavailable", status=503, title="The store cannot answer now", retryable=True),
)
CATALOGUE: dict[str, ProblemKind] = {kind.code: kind for kind in _KINDS}


def problem_body(
    *, code: str, detail: str, errors: Sequence[dict[str, str]] = (), status: int | None = None
) -> dict[str, Any]:
    """The members of a problem. ``errors`` are ``{"field", "message"}``. Errors: ``KeyError`` for an unlisted code."""
    kind = CATALOGUE[code]
    return {
        "type": f"/problems/{kind.code}",
        "title": kind.title,
        "status": status or kind.status,
        "detail": detail,
        "errors": list(errors),
        "retryable": kind.retryable,
    }


def problem_response(
    *, code: str, detail: str, errors: Sequence[dict[str, str]] = (), headers: dict[str, str] | None = None
) -> JsonResponse:
    """A complete answer, ``application/problem+json``, never cached."""
    response = JsonResponse(
        problem_body(code=code, detail=detail, errors=errors),
        status=CATALOGUE[code].status,
        content_type="application/problem+json",
        headers=headers,
    )
    response["Cache-Control"] = "no-store"
    return response
