"""Whatever is sent: the right status, a stable type, the place of the fault, and nothing lost or half done."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from django.test import Client

from creditstore.credits.models import Offer
from creditstore.credits.services import open_offer
from creditstore.orders.models import Order
from creditstore_plugins import Money
from support.ledger import make_issuance, make_offer, make_seller

pytestmark = pytest.mark.django_db


def changed(body: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """A copy of the body with another value at the dotted path; ``...`` removes it."""
    found = copy.deepcopy(body)
    *way, last = path.split(".")
    place: Any = found
    for step in way:
        place = place[int(step) if isinstance(place, list) else step]
    if isinstance(place, list):
        place[int(last)] = value
    elif value is ...:
        del place[last]
    else:
        place[last] = value
    return found


def check_problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json"), answer.content
    body: dict[str, Any] = answer.json()
    assert body["type"] == f"/problems/{code}"
    assert body["status"] == status
    assert set(body) == {"type", "title", "status", "detail", "errors", "retryable"}
    assert body["detail"]
    return body


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("lines.0.quantity", 0, "lines.0.quantity"),
        ("lines.0.quantity", -3, "lines.0.quantity"),
        ("lines.0.quantity", 1.5, "lines.0.quantity"),
        ("lines.0.quantity", 5.0, "lines.0.quantity"),
        ("lines.0.quantity", "5", "lines.0.quantity"),
        ("lines.0.quantity", "many", "lines.0.quantity"),
        ("lines.0.quantity", True, "lines.0.quantity"),
        ("lines.0.quantity", None, "lines.0.quantity"),
        ("lines.0.quantity", 10**30, "lines.0.quantity"),
        ("lines.0.quantity", ..., "lines.0.quantity"),
        ("lines.0.offer", 7, "lines.0.offer"),
        ("lines.0.price", "1", "lines.0.price"),
        ("lines", [], "lines"),
        ("lines", {}, "lines"),
        ("lines", None, "lines"),
        ("lines", [{"offer": "x", "quantity": 1}] * 101, "lines"),
        ("lines.0", 7, "lines.0"),
        ("buyer.email", "no address", "buyer.email"),
        ("buyer.email", "a@b.example\u0000", "buyer.email"),
        ("buyer.email", "x" * 250 + "@example.org", "buyer.email"),
        ("buyer.name", "", "buyer.name"),
        ("buyer.name", " ", "buyer.name"),
        ("buyer.name", "\ud800", "buyer.name"),
        ("buyer.name", "x" * 258, "buyer.name"),
        ("buyer.country", "XX", "buyer.country"),
        ("buyer.country", "Chile", "buyer.country"),
        ("buyer.phone", "1", "buyer.phone"),
        ("beneficiary.country", "QQ", "beneficiary.country"),
        ("beneficiary.name", ..., "beneficiary.name"),
        ("reason", "x" * 876, "reason"),
        ("visibility", "loud", "visibility"),
        ("visibility", ..., "visibility"),
        ("consent", ..., "consent"),
        ("consent.terms", "old", "consent.terms"),
        ("consent.immediate_performance", False, "consent.immediate_performance"),
        ("consent.immediate_performance", 1, "consent.immediate_performance"),
        ("consent.immediate_performance", "true", "consent.immediate_performance"),
        ("language", "xx", "language"),
        ("token", "x", "token"),
        ("lines.0.expected_price", {"amount": "1.234", "currency": "USD"}, "lines.0.expected_price"),
        ("lines.0.expected_price", {"amount": "1e3", "currency": "USD"}, "lines.0.expected_price.amount"),
    ],
)
def test_a_value_that_must_be_mended_is_named(
    api: Any, offer: Offer, order_body: dict[str, Any], path: str, value: object, field: str
) -> None:
    problem = check_problem(api.post("/orders", changed(order_body, path, value)), 422, "invalid")
    assert field in [error["field"] for error in problem["errors"]]
    assert all(error["message"] for error in problem["errors"])
    assert not Order.objects.exists()
    assert Offer.objects.get(pk=offer.pk).available == 100


def test_offers_that_cannot_be_had(api: Any, offer: Offer, order_body: dict[str, Any]) -> None:
    too_many = api.post("/orders", changed(order_body, "lines.0.quantity", 101))
    problem = check_problem(too_many, 409, "sold-out")
    assert "100" in problem["detail"]
    assert problem["errors"][0]["field"] == "lines.0.quantity"
    check_problem(api.post("/orders", changed(order_body, "lines.0.offer", "nothing")), 422, "unknown-offer")
    Offer.objects.filter(pk=offer.pk).update(state="paused")
    check_problem(api.post("/orders", order_body), 422, "unknown-offer")
    check_problem(api.post("/quotes", {"lines": order_body["lines"]}), 422, "unknown-offer")


def test_limits_of_an_offer(api: Any, offer: Offer, order_body: dict[str, Any]) -> None:
    limited = open_offer(
        issuance=make_issuance(),
        seller=offer.seller,
        quantity=500,
        price=Money(minor=1, currency="USD"),
        minimum=5,
        maximum=10,
    )
    for quantity in (4, 11):
        lines = [{"offer": limited.code, "quantity": quantity}]
        for path, body in (("/orders", {**order_body, "lines": lines}), ("/quotes", {"lines": lines})):
            problem = check_problem(api.post(path, body), 422, "invalid")
            assert problem["errors"][0]["field"] == "lines.0.quantity"


def test_lines_of_two_sellers_and_the_same_offer_twice(api: Any, offer: Offer, order_body: dict[str, Any]) -> None:
    other = make_offer(seller=make_seller())
    two = [*order_body["lines"], {"offer": other.code, "quantity": 1}]
    twice = order_body["lines"] * 2
    check_problem(api.post("/orders", {**order_body, "lines": two}), 422, "several-sellers")
    check_problem(api.post("/quotes", {"lines": two}), 422, "several-sellers")
    check_problem(api.post("/orders", {**order_body, "lines": twice}), 422, "invalid")
    check_problem(api.post("/quotes", {"lines": twice}), 422, "invalid")


def test_a_price_that_changed_is_refused(api: Any, offer: Offer, order_body: dict[str, Any]) -> None:
    seen = changed(order_body, "lines.0.expected_price", {"amount": "2.49", "currency": "USD"})
    check_problem(api.post("/orders", seen), 409, "price-changed")
    right = changed(order_body, "lines.0.expected_price", {"amount": "2.50", "currency": "USD"})
    assert api.post("/orders", right).status_code == 201


@pytest.mark.parametrize(
    ("raw", "code", "status"),
    [
        (b"", "invalid", 422),
        (b"{", "bad-request", 400),
        (b"nonsense", "bad-request", 400),
        (b'{"lines": []} {"lines": []}', "bad-request", 400),
        (b'{"lines": [], "lines": []}', "bad-request", 400),
        (b'{"lines": [{"offer": "x", "quantity": NaN}]}', "bad-request", 400),
        (b'{"lines": [{"offer": "x", "quantity": Infinity}]}', "bad-request", 400),
        (b'{"lines": [{"offer": "x", "quantity": 1e999}]}', "bad-request", 400),
        (b'{"lines": [{"offer": "x", "quantity": ' + b"9" * 5000 + b"}]}", "bad-request", 400),
        (b'{"lines": "\xff\xfe"}', "bad-request", 400),
        ('{"lines": []}'.encode("utf-16"), "bad-request", 400),
        (b"\xef\xbb\xbf{}", "bad-request", 400),
        (b"[" * 100_000, "bad-request", 400),
        (b'{"a":' * 30 + b"1" + b"}" * 30, "bad-request", 400),
        (b"[]", "invalid", 422),
        (b"null", "invalid", 422),
        (b'"text"', "invalid", 422),
        (b'{"\\u0000": 1}', "invalid", 422),
        (b'{"\\ud800": 1}', "invalid", 422),
        (b"{" + b",".join(b'"k%d": 1' % number for number in range(2000)) + b"}", "invalid", 422),
        (b'{"lines": "' + b"x" * 1_100_000 + b'"}', "body-too-large", 413),
    ],
)
@pytest.mark.parametrize("path", ["/orders", "/quotes"])
def test_bodies_that_are_not_what_they_should_be(
    api: Any, offer: Offer, path: str, raw: bytes, code: str, status: int
) -> None:
    problem = check_problem(api.post(path, raw=raw), status, code)
    assert len(problem["errors"]) <= 50


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1", ""]
)
def test_only_json_is_taken(api: Any, order_body: dict[str, Any], content_type: str) -> None:
    raw = json.dumps(order_body).encode()
    check_problem(api.post("/orders", raw=raw, content_type=content_type), 415, "unsupported-media-type")


def test_a_charset_may_be_named(api: Any, order_body: dict[str, Any]) -> None:
    raw = json.dumps(order_body).encode()
    assert api.post("/orders", raw=raw, content_type="application/json; charset=UTF-8").status_code == 201


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/projects?colour=red", 422, "invalid"),
        ("/projects?sdg=18", 422, "invalid"),
        ("/projects?q=a&q=b", 422, "invalid"),
        ("/projects?q=%00", 422, "invalid"),
        ("/projects?limit=0", 422, "invalid"),
        ("/projects?limit=101", 422, "invalid"),
        ("/projects?limit=ten", 422, "invalid"),
        ("/projects?limit=", 422, "invalid"),
        ("/projects?cursor=nonsense", 400, "bad-request"),
        ("/projects?cursor=" + "x" * 1001, 422, "invalid"),
        ("/projects?country=ZZ", 422, "invalid"),
        ("/projects?price_max=cheap", 422, "invalid"),
        ("/projects?sort=random", 422, "invalid"),
        ("/projects?q=" + "x" * 201, 422, "invalid"),
        ("/projects/facets?limit=3", 422, "invalid"),
        ("/projects/nothing", 404, "not-found"),
        ("/projects/%00", 404, "not-found"),
        ("/projects/0009?q=x", 422, "invalid"),
        ("/offers/nothing", 404, "not-found"),
        ("/offers/%FF", 404, "not-found"),
        ("/serials/nonsense", 422, "malformed-serial"),
        ("/serials/CL-5-0-2-2-0-9", 422, "malformed-serial"),
        ("/serials/CL-5-" + "9" * 5000 + "-2-2-0-9", 422, "malformed-serial"),
        ("/cancellations?serial=nonsense", 422, "malformed-serial"),
        ("/cancellations?from=yesterday", 422, "invalid"),
        ("/cancellations?from=2026-02-30", 422, "invalid"),
        ("/cancellations?to=9999-12-31", 422, "invalid"),
        ("/cancellations?from=2026-02-02&to=2026-02-01", 422, "invalid"),
        ("/cancellations?country=ZZ", 422, "invalid"),
        ("/cancellations?cursor=WzEsIDJd", 400, "bad-request"),
        ("/cancellations?from=2026-01-01&from=2026-01-02", 422, "invalid"),
        ("/certificates/VC-2026-999999", 404, "not-found"),
        ("/certificates/VC-2026-999999/pdf", 404, "not-found"),
        ("/certificates/%00", 404, "not-found"),
        ("/orders/2026-000001", 401, "unauthorized"),
        ("/status?verbose=1", 422, "invalid"),
    ],
)
def test_addresses_and_parameters(api: Any, offer: Offer, path: str, status: int, code: str) -> None:
    check_problem(api.get(path), status, code)


@pytest.mark.parametrize(
    "cursor", ['["0001-01-01T00:00:00+23:59", 1]', '["2026-01-01T00:00:00Z", 1e9]', '["2026-01-01T00:00:00Z", NaN]']
)
def test_cursors_that_look_right(api: Any, offer: Offer, cursor: str) -> None:
    import base64

    text = base64.urlsafe_b64encode(cursor.encode()).decode().rstrip("=")
    assert api.get(f"/cancellations?cursor={text}").status_code in (200, 400)


@pytest.mark.parametrize(
    ("header", "status", "code"),
    [
        (None, 401, "unauthorized"),
        ("Bearer", 401, "unauthorized"),
        ("Bearer ", 401, "unauthorized"),
        ("Basic dXNlcjpwYXNz", 401, "unauthorized"),
        ("Bearer two words", 401, "unauthorized"),
        ("Bearer \xe9", 401, "unauthorized"),
        ("Bearer " + "0" * 64, 404, "not-found"),
    ],
)
def test_who_may_not_see_an_order(api: Any, placed: dict[str, Any], header: str | None, status: int, code: str) -> None:
    headers = {} if header is None else {"Authorization": header}
    number = placed["number"]
    answers = [
        api.get(f"/orders/{number}", **headers),
        api.post(f"/orders/{number}/payments", {"method": "pay_sandbox"}, **headers),
        api.post(f"/orders/{number}/withdraw", **headers),
    ]
    for answer in answers:
        check_problem(answer, status, code)
        assert answer.has_header("WWW-Authenticate") is (status == 401)
    unknown = api.get("/orders/2020-000000", **headers)
    assert unknown.content == answers[0].content
    assert Order.objects.get(number=number).state == "placed"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"method": "pay_nothing"}, 422, "invalid"),
        ({"method": 7}, 422, "invalid"),
        ({}, 422, "invalid"),
        ({"method": "pay_sandbox", "amount": "1.00"}, 422, "invalid"),
        ({"method": "pay_sandbox", "return_url": "https://elsewhere.example/"}, 422, "invalid"),
        ({"method": "pay_sandbox", "return_url": "http://127.0.0.1:8000.elsewhere.example/"}, 422, "invalid"),
        ({"method": "pay_sandbox", "return_url": "http://127.0.0.1:8000/\r\nX: y"}, 422, "invalid"),
        ({"method": "pay_sandbox", "return_url": "javascript:alert(1)"}, 422, "invalid"),
    ],
)
def test_payments_that_cannot_start(
    api: Any, placed: dict[str, Any], body: dict[str, Any], status: int, code: str
) -> None:
    answer = api.post(f"/orders/{placed['number']}/payments", body, token=placed["token"])
    check_problem(answer, status, code)
    assert Order.objects.get(number=placed["number"]).payments.count() == 0


def test_withdraw_takes_an_empty_object_and_nothing_else(api: Any, placed: dict[str, Any]) -> None:
    path = f"/orders/{placed['number']}/withdraw"
    check_problem(api.post(path, {"why": "x"}, token=placed["token"]), 422, "invalid")
    assert api.post(path, {}, token=placed["token"]).status_code == 200


@pytest.mark.parametrize(
    "path", ["", "/", "/unknown", "/projects/", "/orders/1/2/3", "/projects/a/b", "/openapi", "//"]
)
@pytest.mark.parametrize("method", ["get", "post", "put", "delete", "patch"])
def test_unknown_addresses_are_problems_and_never_redirects(path: str, method: str) -> None:
    answer = getattr(Client(), method)(f"/api/v1/nowhere{path}?x=1", HTTP_ACCEPT_LANGUAGE="de")
    check_problem(answer, 404, "not-found")


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("post", "/projects", "GET, HEAD, OPTIONS"),
        ("delete", "/status", "GET, HEAD, OPTIONS"),
        ("get", "/orders", "OPTIONS, POST"),
        ("put", "/orders/2026-000001", "GET, HEAD, OPTIONS"),
        ("get", "/orders/2026-000001/payments", "OPTIONS, POST"),
        ("patch", "/openapi.json", "GET, HEAD, OPTIONS"),
        ("post", "/docs", "GET, HEAD, OPTIONS"),
        ("post", "/", "GET, HEAD, OPTIONS"),
    ],
)
def test_other_methods_are_named(method: str, path: str, allow: str) -> None:
    answer = getattr(Client(), method)(f"/api/v1{path}")
    check_problem(answer, 405, "method-not-allowed")
    assert answer["Allow"] == allow
