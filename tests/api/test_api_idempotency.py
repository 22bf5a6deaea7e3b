"""Repeating a call acts once; another body under the same key is refused; two at once never both act."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections

from creditstore.api import idempotency
from creditstore.api.idempotency import ABANDONED_AFTER, KEPT_FOR, forget_old, once
from creditstore.api.tasks import forget_keys
from creditstore.core import clock
from creditstore.core.errors import StoreError
from creditstore.core.models import IdempotencyRecord
from creditstore.credits.models import Offer
from creditstore.orders.models import Order
from creditstore_plugins import Unknown
from support.plugin_host import ScriptedProvider

pytestmark = pytest.mark.django_db
KEY = "3f0c9a70-0000-4000-8000-000000000000"


def test_an_order_sent_twice_is_one_order(api: Any, offer: Offer, order_body: dict[str, Any]) -> None:
    first = api.post("/orders", order_body, key=KEY)
    # The order goes on in the meantime: the first answer is repeated all the same.
    number, token = first.json()["number"], first.json()["token"]
    api.post(f"/orders/{number}/withdraw", token=token)
    reordered = dict(reversed(order_body.items()))
    second = api.post("/orders", reordered, key=KEY)
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json() == first.json()
    assert not first.has_header("Idempotent-Replayed")
    assert second["Idempotent-Replayed"] == "true"
    assert Order.objects.count() == 1
    assert token not in str(list(IdempotencyRecord.objects.values()))


def test_another_body_under_the_same_key_is_refused(api: Any, offer: Offer, order_body: dict[str, Any]) -> None:
    api.post("/orders", order_body, key=KEY)
    other = api.post("/orders", {**order_body, "reason": "Another one"}, key=KEY)
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")
    assert Offer.objects.get(pk=offer.pk).reserved == 12


def test_after_the_memory_is_gone_the_order_still_knows_its_key(api: Any, order_body: dict[str, Any]) -> None:
    first = api.post("/orders", order_body, key=KEY).json()
    IdempotencyRecord.objects.all().delete()
    again = api.post("/orders", order_body, key=KEY).json()
    assert (again["number"], again["token"]) == (first["number"], first["token"])
    assert Order.objects.count() == 1


def test_keys_belong_to_who_sent_them(api: Any, order_body: dict[str, Any]) -> None:
    first = api.post("/orders", order_body, key=KEY).json()
    api.client.defaults["REMOTE_ADDR"] = "198.51.100.7"
    second = api.post("/orders", order_body, key=KEY)
    assert not second.has_header("Idempotent-Replayed")
    assert second.json()["number"] != first["number"]
    # And to the order, where there is one.
    for order in (first, second.json()):
        answer = api.post(f"/orders/{order['number']}/withdraw", token=order["token"], key=KEY)
        assert answer.json()["number"] == order["number"]


def test_a_payment_sent_twice_is_one_payment(api: Any, placed: dict[str, Any], provider: ScriptedProvider) -> None:
    path, body = f"/orders/{placed['number']}/payments", {"method": "pay_sandbox"}
    provider.outcomes.append(lambda request: Unknown(reason="lost"))
    first = api.post(path, body, token=placed["token"], key=KEY)
    second = api.post(path, body, token=placed["token"], key=KEY)
    assert first.json() == second.json()
    assert first.json()["outcome"] == "unknown"
    assert second["Idempotent-Replayed"] == "true"
    assert len(provider.requests) == 1
    under_another = api.post(path, body, token=placed["token"])
    assert (under_another.status_code, under_another.json()["type"]) == (409, "/problems/payment-in-progress")
    assert under_another.json()["retryable"] is True
    assert len(provider.requests) == 1


def test_paying_what_is_paid_charges_nothing(api: Any, placed: dict[str, Any], provider: ScriptedProvider) -> None:
    path, body = f"/orders/{placed['number']}/payments", {"method": "pay_sandbox"}
    answers = [api.post(path, body, token=placed["token"]).json() for _time in range(2)]
    assert [answer["outcome"] for answer in answers] == ["paid", "paid"]
    assert answers[0]["payment"] == answers[1]["payment"]
    assert len(provider.requests) == 1


def test_a_refused_call_leaves_its_key_free(api: Any, offer: Offer, order_body: dict[str, Any]) -> None:
    too_many = {**order_body, "lines": [{"offer": offer.code, "quantity": 1000}]}
    assert api.post("/orders", too_many, key=KEY).status_code == 409
    assert api.post("/orders", order_body, key=KEY).status_code == 201


@pytest.mark.parametrize(
    "path", ["/orders", "/orders/{number}/payments", "/orders/{number}/withdraw", "/orders/{number}/substitute"]
)
@pytest.mark.parametrize(
    ("key", "status", "code"),
    [("", 400, "idempotency-key-required"), ("x" * 201, 400, "bad-request"), ("a b", 400, "bad-request")],
)
def test_a_key_is_required_and_plain(
    api: Any, order_body: dict[str, Any], placed: dict[str, Any], path: str, key: str, status: int, code: str
) -> None:
    bodies = {
        "/orders": order_body,
        "/orders/{number}/payments": {"method": "pay_sandbox"},
        "/orders/{number}/substitute": {"answer": "accept"},
    }
    body = bodies.get(path)
    token = None if path == "/orders" else placed["token"]
    answer = api.post(path.format(number=placed["number"]), body, key=key, token=token)
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{code}")
    assert Order.objects.get().state == "placed"


def test_a_quote_may_have_a_key(api: Any, offer: Offer) -> None:
    body = {"lines": [{"offer": offer.code, "quantity": 2}]}
    first, second = api.post("/quotes", body, key=KEY), api.post("/quotes", body, key=KEY)
    assert first.json() == second.json()
    assert second["Idempotent-Replayed"] == "true"
    assert api.post("/quotes", body, key="").status_code == 200


def run(act: Any, *, fingerprint: str = "f") -> Any:
    return once(scope="s", key="k", fingerprint=fingerprint, act=act)


def test_a_call_that_still_runs_is_not_joined() -> None:
    caught: list[str] = []

    def act() -> tuple[int, dict[str, Any]]:
        for fingerprint in ("f", "other"):
            with pytest.raises(StoreError) as error:
                run(lambda: (200, {"second": True}), fingerprint=fingerprint)
            caught.append(error.value.code)
        return 200, {"first": True}

    assert run(act).body == {"first": True}
    assert caught == ["idempotency-key-in-use", "idempotency-key-reused"]
    assert run(act).replayed is True


def test_what_a_dead_process_left_is_taken_over_by_one() -> None:
    left = IdempotencyRecord.objects.create(scope="s", key="k", fingerprint="f")
    IdempotencyRecord.objects.filter(pk=left.pk).update(created_at=clock.now() - ABANDONED_AFTER - timedelta(seconds=1))

    def act() -> tuple[int, dict[str, Any]]:
        with pytest.raises(StoreError) as error:
            run(lambda: (200, {}))
        assert error.value.code == "idempotency-key-in-use"
        return 200, {"done": True}

    assert run(act).replayed is False
    assert run(act).body == {"done": True}


def test_a_late_answer_does_not_replace_that_of_whoever_took_over() -> None:
    def slow() -> tuple[int, dict[str, Any]]:
        long_ago = clock.now() - ABANDONED_AFTER - timedelta(seconds=1)
        IdempotencyRecord.objects.update(created_at=long_ago)
        assert run(lambda: (200, {"by": "the second"})).replayed is False
        return 200, {"by": "the first, late"}

    assert run(slow).body == {"by": "the first, late"}
    assert run(slow).body == {"by": "the second"}


def test_any_failure_frees_the_key() -> None:
    def fails() -> tuple[int, dict[str, Any]]:
        raise RuntimeError("unexpected")

    with pytest.raises(RuntimeError):
        run(fails)
    assert run(lambda: (200, {})).replayed is False


def test_keys_are_kept_for_seven_days_and_then_forgotten() -> None:
    run(lambda: (200, {}))
    now = clock.now()
    assert forget_old(now=now + timedelta(days=7)) == 0
    assert forget_old(now=now + KEPT_FOR + timedelta(seconds=1)) == 1
    run(lambda: (200, {}))
    IdempotencyRecord.objects.update(created_at=now - KEPT_FOR - timedelta(seconds=1))
    forget_keys(0)
    assert not IdempotencyRecord.objects.exists()


def test_two_at_once_make_one_order(fresh_database: str, api: Any, order_body: dict[str, Any], offer: Offer) -> None:
    """Both are let go together; whichever comes second is told to wait, or is given the first one's answer."""
    start = threading.Barrier(4, timeout=20)
    answers: list[Any] = []

    def call() -> None:
        try:
            start.wait()
            answers.append(api.post("/orders", order_body, key=KEY))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=call) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert Order.objects.count() == 1
    assert Offer.objects.get(pk=offer.pk).reserved == 12
    made = [answer for answer in answers if answer.status_code == 201]
    assert made
    assert len({answer.json()["token"] for answer in made}) == 1
    assert {answer.json()["type"] for answer in answers if answer.status_code != 201} <= {
        "/problems/idempotency-key-in-use"
    }
    assert len(answers) == 4


def test_two_at_once_are_told_apart_by_the_database(fresh_database: str) -> None:
    """The second arrives while the first acts, from another connection: it is refused, not run."""
    acting, go_on = threading.Event(), threading.Event()
    first: list[Any] = []

    def act() -> tuple[int, dict[str, Any]]:
        acting.set()
        go_on.wait(20)
        return 200, {"by": "first"}

    def call() -> None:
        try:
            first.append(run(act))
        finally:
            connections.close_all()

    thread = threading.Thread(target=call)
    thread.start()
    try:
        assert acting.wait(20)
        with pytest.raises(StoreError) as error:
            run(lambda: (200, {"by": "second"}))
        assert error.value.code == "idempotency-key-in-use"
    finally:
        go_on.set()
        thread.join(30)
    assert run(lambda: (200, {"by": "second"})).body == first[0].body == {"by": "first"}
    assert timedelta(days=7) <= idempotency.KEPT_FOR
