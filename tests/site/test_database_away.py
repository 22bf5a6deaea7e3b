"""The database goes away in the middle: an honest answer, and nothing lost or done twice when it is back.

Connections are really cut, by the server, at the moment that the test names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import psycopg
import pytest
from django.db import connection

from creditstore.credits.models import Offer
from creditstore.orders.models import Order
from creditstore.payments import services as payments
from creditstore.payments.models import Payment
from creditstore_plugins import Paid, PaymentRequest
from support.jobs import pending_jobs, run_jobs
from support.ledger import make_offer, make_terms
from support.plugin_host import ScriptedProvider
from support.visitor import Visitor, words

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fresh_database")]


@pytest.fixture
def cut(database_url: str) -> Callable[[], None]:
    """Let the server end this process's connection, as a restart of the database does."""

    def now() -> None:
        connection.ensure_connection()
        with psycopg.connect(database_url, autocommit=True) as admin:
            admin.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])

    return now


@contextmanager
def cut_at(name: str, cut: Callable[[], None], *, after: bool) -> Iterator[None]:
    """The connection is cut before or after the first call of this function (a dotted name)."""
    module, _dot, attribute = name.rpartition(".")
    real = getattr(__import__(module, fromlist=[attribute]), attribute)
    left = [1]

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        due = bool(left) and bool(left.pop())
        if due and not after:
            cut()
        result = real(*args, **kwargs)
        if due and after:
            cut()
        return result

    with mock.patch(name, wrapped):
        yield
    # The next request gets a new connection, as it does in a web process.
    connection.close()


def visitor() -> Visitor:
    make_terms()
    return Visitor(raise_request_exception=False)


def available(offer: Offer) -> int:
    offer.refresh_from_db()
    return offer.available


def honest(answer: Any) -> bool:
    return (
        answer.status_code == 503
        and answer["Retry-After"] == "30"
        and "no-store" in answer["Cache-Control"]
        and "database does not answer" in words(answer)
        and "never charged twice" in words(answer)
    )


def test_a_page_says_so_and_the_next_one_is_well(cut: Callable[[], None]) -> None:
    browser = visitor()
    with cut_at("creditstore_site.views.checkout.current_terms", cut, after=False):
        assert honest(browser.get("/en/store/checkout/"))
    assert browser.get("/en/store/checkout/").status_code == 302


def test_the_api_says_so_as_a_problem(cut: Callable[[], None]) -> None:
    browser = visitor()
    with cut_at("creditstore.api.auth.order_by_token", cut, after=False):
        answer = browser.get("/api/v1/orders/2026-000001", headers={"Authorization": "Bearer abc"})
    assert answer.status_code == 503
    assert answer["Content-Type"].startswith("application/problem+json")
    assert answer.json()["type"] == "/problems/unavailable"
    assert answer.json()["retryable"] is True
    assert answer["Retry-After"]


@pytest.mark.parametrize(
    ("name", "after", "exists"),
    [
        # Half written: undone.
        ("creditstore.orders.services.reserve", True, False),
        ("creditstore.orders.services.project_order", True, False),
        # The job queue meets the cut connection first, and calls it an error of its own.
        ("creditstore.orders.services.defer", False, False),
        ("creditstore_site.views.checkout.take_out_ordered", True, False),
        # Written, and only the answer is lost.
        ("creditstore_site.views.checkout.remember_order", False, True),
        ("creditstore_site.views.checkout.begin_payment", False, True),
    ],
)
def test_an_order_that_is_cut_off_and_sent_again_is_one_order(
    cut: Callable[[], None], provider: ScriptedProvider, name: str, after: bool, exists: bool
) -> None:
    browser, offer, before = visitor(), make_offer(quantity=10), Order.objects.count()
    browser.add(offer, 4)
    form = browser.checkout_form()
    with cut_at(name, cut, after=after):
        assert honest(browser.order(form))
    assert Order.objects.count() == before + exists
    assert available(offer) == (6 if exists else 10)
    assert provider.requests == []

    answer = browser.order(form)
    assert answer.status_code == 303, words(answer)
    assert Order.objects.count() == before + 1
    assert available(offer) == 6
    assert len(provider.requests) == 1
    assert browser.count() == 0


def test_a_payment_whose_answer_cannot_be_written_down_is_found_and_charged_once(
    cut: Callable[[], None], provider: ScriptedProvider
) -> None:
    browser, offer = visitor(), make_offer(quantity=10)
    browser.add(offer, 4)

    def charge_and_cut(request: PaymentRequest) -> Paid:
        cut()
        return Paid(reference="charged", captured=request.amount, at=request.started_at)

    provider.outcomes.append(charge_and_cut)
    assert honest(browser.order(browser.checkout_form()))
    connection.close()
    payment = Payment.objects.latest("pk")
    assert (payment.state, payment.order.state) == ("created", "placed")
    assert "creditstore.payments.look_after" in pending_jobs()
    run_jobs()
    payment.refresh_from_db()
    assert (payment.state, payment.order.state) == ("captured", "certified")
    assert len(provider.requests) == 1
    started = payments.start_payment(order=payment.order, method_id="pay_sandbox", return_url="http://127.0.0.1:8000/")
    assert started.payment == payment
    assert len(provider.requests) == 1
