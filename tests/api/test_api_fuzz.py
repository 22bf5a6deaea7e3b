"""Whatever JSON, bytes or parameters arrive: an answer or a problem, never a failure of the server."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from django.core.cache import cache
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from creditstore.orders.models import Order

pytestmark = pytest.mark.django_db

_texts = st.text(max_size=40) | st.sampled_from(["", "\x00", "\u202e", "\ud83d\ude00", "USD", "CL", "full", "x" * 300])
_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_texts, inner, max_size=4),
    max_leaves=8,
)
_fuzz = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
_KEYS = st.sampled_from(
    ["lines", "buyer", "beneficiary", "reason", "visibility", "consent", "language", "buyer_country", "extra"]
)


def _mutated(data: st.DataObject, body: dict[str, Any]) -> dict[str, Any]:
    """The valid body with some values, at any depth, replaced."""
    changed = json.loads(json.dumps(body))
    for _step in range(data.draw(st.integers(1, 3))):
        place: Any = changed
        while True:
            if isinstance(place, dict):
                key: Any = data.draw(st.sampled_from([*place, "extra"]) if place else st.just("extra"))
                inner = place.get(key)
            else:
                key = data.draw(st.integers(0, len(place) - 1)) if place else None
                inner = place[key] if key is not None else None
            if key is None or not isinstance(inner, dict | list) or data.draw(st.booleans()):
                break
            place = inner
        if key is not None:
            place[key] = data.draw(_values)
    return changed


def _never_a_failure(answer: Any) -> None:
    assert answer.status_code < 500, answer.content
    if answer.status_code >= 400:
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["type"].startswith("/problems/")


@given(data=st.data())
@_fuzz
def test_orders_take_anything(api: Any, order_body: dict[str, Any], data: st.DataObject) -> None:
    cache.clear()
    body = (
        data.draw(st.dictionaries(_KEYS, _values, max_size=6))
        if data.draw(st.booleans())
        else _mutated(data, order_body)
    )
    before = Order.objects.count()
    answer = api.post("/orders", raw=json.dumps(body).encode())
    _never_a_failure(answer)
    assert Order.objects.count() - before == (answer.status_code == 201)


@given(data=st.data())
@_fuzz
def test_quotes_take_anything(api: Any, order_body: dict[str, Any], data: st.DataObject) -> None:
    cache.clear()
    body = {"lines": order_body["lines"], "buyer_country": "DE", "buyer_type": "consumer", "vat_id": ""}
    asked = data.draw(st.dictionaries(_KEYS, _values, max_size=4)) if data.draw(st.booleans()) else _mutated(data, body)
    _never_a_failure(api.post("/quotes", raw=json.dumps(asked).encode(), key=""))


@given(raw=st.binary(max_size=200))
@_fuzz
def test_bodies_may_be_any_bytes(api: Any, raw: bytes) -> None:
    cache.clear()
    answer = api.post("/quotes", raw=raw, key="")
    _never_a_failure(answer)
    assert answer.status_code >= 400


@given(
    path=st.sampled_from(["/projects", "/projects/facets", "/cancellations"]),
    name=st.sampled_from(
        [
            "q",
            "country",
            "vintage_from",
            "price_max",
            "cursor",
            "limit",
            "sort",
            "serial",
            "from",
            "to",
            "available_min",
        ]
    ),
    value=_texts | st.integers().map(str) | st.sampled_from(["WyJyZWxldmFuY2UiLDAsMCwwLCIwMDA5Il0", "-price", "1e9"]),
)
@_fuzz
def test_parameters_may_be_anything(api: Any, path: str, name: str, value: str) -> None:
    cache.clear()
    _never_a_failure(api.get(f"{path}?{name}={quote(value.encode('utf-8', 'replace'))}"))


@given(path=st.sampled_from(["/projects/", "/offers/", "/serials/", "/certificates/", "/"]), value=_texts)
@_fuzz
def test_addresses_may_be_anything(api: Any, path: str, value: str) -> None:
    cache.clear()
    _never_a_failure(api.get(path + quote(value.encode("utf-8", "replace"))))
