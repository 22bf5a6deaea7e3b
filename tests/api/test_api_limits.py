"""What one caller may keep reserved without paying, and what lifts it: a confirmed address, or an API key."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from creditstore.accounts.api_keys import create_key, revoke
from creditstore.accounts.models import ApiKey, User
from creditstore.core import clock
from creditstore.credits.models import Offer
from creditstore.orders.models import Order
from support.jobs import run_jobs
from support.ledger import make_issuance, make_offer, make_terms

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer(db: None) -> Offer:
    make_terms()
    return make_offer(quantity=1000, price_minor=250)


@pytest.fixture
def secret() -> str:
    user = User.objects.create(email="maker@example.org")
    return create_key(name="Agency", scopes=["orders"], created_by=user).secret


def test_too_much_at_once_is_a_problem_that_says_what_to_do(api: Any, order_body: dict[str, Any]) -> None:
    order_body["lines"][0]["quantity"] = 101
    for _time in range(2):
        answer = api.post("/orders", order_body)
        assert answer.status_code == 409
        problem = answer.json()
        assert problem["type"] == "/problems/too-many-unpaid"
        assert problem["errors"][0]["field"] == "lines.0.quantity"
        assert "confirm your address" in problem["detail"]
        assert problem["retryable"] is True
    assert not Order.objects.exists()
    run_jobs()
    (message,) = mail.outbox
    assert message.to == ["secret.buyer@example.org"]
    assert "/en/store/confirm-email/" in message.body
    order_body["lines"][0]["quantity"] = 100
    assert api.post("/orders", order_body).status_code == 201


def test_the_sixth_unpaid_order_is_refused_and_a_repeat_of_the_fifth_is_not(
    api: Any, order_body: dict[str, Any]
) -> None:
    order_body["lines"][0]["quantity"] = 1
    for number in range(5):
        assert api.post("/orders", order_body, key=f"order-{number}").status_code == 201
    assert api.post("/orders", order_body, key="order-5").status_code == 409
    assert api.post("/orders", order_body, key="order-4").status_code == 201
    assert Order.objects.count() == 5


def test_behind_a_trusted_proxy_one_network_is_one_client(api: Any, order_body: dict[str, Any], settings: Any) -> None:
    order_body["lines"][0]["quantity"] = 1

    def order(number: int, forwarded: str) -> int:
        order_body["buyer"]["email"] = f"buyer{number}@example.org"
        headers = {"X-Forwarded-For": forwarded}
        return int(api.post("/orders", order_body, **headers).status_code)

    # Without a trusted proxy the header says nothing.
    assert [order(number, "192.0.2.7") for number in range(6)] == [201] * 6
    settings.CREDITSTORE_TRUSTED_PROXIES = ["127.0.0.1"]
    assert [order(number, f"192.0.2.{number}") for number in range(10, 16)] == [201] * 5 + [409]
    assert order(16, "198.51.100.1") == 201


def test_a_key_lifts_the_limits(api: Any, order_body: dict[str, Any], secret: str) -> None:
    order_body["lines"][0]["quantity"] = 140
    for _number in range(6):
        answer = api.post("/orders", order_body, token=secret)
        assert answer.status_code == 201, answer.content
        assert secret not in answer.content.decode()
    assert ApiKey.objects.get().last_used_at is not None


def test_two_keys_do_not_share_idempotency_keys(api: Any, order_body: dict[str, Any], secret: str) -> None:
    user = User.objects.get(email="maker@example.org")
    other = create_key(name="Other", scopes=["orders"], created_by=user).secret
    numbers = {
        api.post("/orders", order_body, key="same", token=token).json()["number"] for token in (secret, other, None)
    }
    assert len(numbers) == 3
    again = api.post("/orders", order_body, key="same", token=secret)
    assert again.json()["number"] in numbers


def test_what_is_no_key_in_force_is_refused_and_nothing_is_ordered(
    api: Any, order_body: dict[str, Any], secret: str
) -> None:
    user = User.objects.get(email="maker@example.org")
    over = create_key(
        name="Over", scopes=["orders"], created_by=user, expires_at=clock.shared_now() + timedelta(hours=1)
    )
    ApiKey.objects.filter(pk=over.key.pk).update(expires_at=clock.shared_now())
    ended = create_key(name="Ended", scopes=["orders"], created_by=user)
    assert revoke(key=ended.key) is True
    assert revoke(key=ended.key) is False
    for header in (
        f"Bearer {over.secret}",
        f"Bearer {ended.secret}",
        f"Bearer {secret}x",
        f"Basic {secret}",
        "Bearer",
        "Bearer \xff",
        "",
    ):
        answer = api.post("/orders", order_body, Authorization=header)
        assert answer.status_code == 401, header
        assert answer["WWW-Authenticate"].startswith("Bearer")
    assert not Order.objects.exists()


def test_a_larger_offer_lets_one_client_take_a_tenth(api: Any, order_body: dict[str, Any]) -> None:
    large = make_offer(quantity=20_000, issuance=make_issuance(quantity=20_000))
    order_body["lines"] = [{"offer": large.code, "quantity": 2001}]
    assert api.post("/orders", order_body).status_code == 409
    order_body["lines"][0]["quantity"] = 2000
    assert api.post("/orders", order_body).status_code == 201
