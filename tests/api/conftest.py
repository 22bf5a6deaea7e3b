"""A caller of the API, and a store with something to sell."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from creditstore.credits.models import Offer
from support.ledger import make_offer, make_terms

_keys = itertools.count(1)
ROOT = "/api/v1"


class Caller:
    """Speaks JSON with the API, as a program somewhere would."""

    def __init__(self) -> None:
        self.client = Client(raise_request_exception=False)

    def get(self, path: str, *, token: str | None = None, **headers: str) -> HttpResponse:
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        return self.client.get(ROOT + path, headers=headers)  # type: ignore[return-value]

    def post(
        self,
        path: str,
        body: object = None,
        *,
        key: str | None = None,
        token: str | None = None,
        raw: bytes | None = None,
        content_type: str = "application/json",
        **headers: str,
    ) -> HttpResponse:
        """``raw`` sends these bytes instead of ``body``; ``key=""`` sends no Idempotency-Key."""
        if key != "":
            headers["Idempotency-Key"] = key or f"test-{next(_keys)}"
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        content = raw if raw is not None else json.dumps(body).encode() if body is not None else b""
        return self.client.post(ROOT + path, content, content_type=content_type, headers=headers)  # type: ignore[return-value]


@pytest.fixture
def api() -> Caller:
    return Caller()


@pytest.fixture(autouse=True)
def _no_calls_counted_yet() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def offer(db: None) -> Offer:
    make_terms()
    return make_offer(quantity=100, price_minor=250)


@pytest.fixture
def order_body(offer: Offer) -> dict[str, Any]:
    """An order of 12 units, complete and valid."""
    return {
        "lines": [{"offer": offer.code, "quantity": 12}],
        "buyer": {"email": "secret.buyer@example.org", "name": "Ana Secretbuyer", "country": "CL"},
        "beneficiary": {"name": "Example School", "country": "CL"},
        "reason": "Our trip to the sea",
        "visibility": "full",
        "consent": {"terms": current_version(), "immediate_performance": True},
    }


def current_version() -> str:
    from creditstore.orders.services import current_terms

    return current_terms().version


@pytest.fixture
def placed(api: Caller, order_body: dict[str, Any]) -> dict[str, Any]:
    """A placed order, as the API answered it."""
    answer = api.post("/orders", order_body)
    assert answer.status_code == 201, answer.content
    return answer.json()  # type: ignore[no-any-return]
