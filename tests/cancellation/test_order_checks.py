"""Order checks of plugins: a denial stops the payment, a review the cancellation, and staff decide."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cancellation.cancellation_support import item, line_of, open_kinds
from creditstore.cancellation.gate import release_due
from creditstore.cancellation.reviews import approve, look
from creditstore.core.errors import StoreError
from creditstore.orders.models import Order, OrderCheckRecord
from creditstore.payments.models import Payment
from creditstore.payments.refunds import request_refund
from creditstore_plugins import Allow, CheckStage, Deny, Money, Review
from support import journeys
from support.jobs import run_jobs
from support.ledger import make_offer, make_order
from support.plugin_host import ScriptedChecks, ScriptedProvider, ScriptedRegistry, scripted_host

pytestmark = pytest.mark.django_db


@pytest.fixture
def checks() -> ScriptedChecks:
    return ScriptedChecks()


@pytest.fixture
def outside(checks: ScriptedChecks) -> Iterator[tuple[ScriptedRegistry, ScriptedProvider]]:
    with scripted_host(checks) as pair:
        yield pair


def placed() -> Order:
    return make_order((make_offer(), 4)).order


def pay(order: Order) -> None:
    journeys.pay(order)
    order.refresh_from_db()


def verdicts(order: Order) -> list[tuple[str, str, str]]:
    return list(OrderCheckRecord.objects.filter(order=order).values_list("stage", "judge", "verdict"))


def test_what_nobody_minds_goes_through(
    outside: tuple[ScriptedRegistry, ScriptedProvider], checks: ScriptedChecks
) -> None:
    checks.outcomes = [Allow()]
    order = placed()
    pay(order)
    run_jobs()
    order.refresh_from_db()
    assert order.state == "certified"
    assert verdicts(order) == [("payment", "check_0", "allow"), ("cancellation", "check_0", "allow")]
    before, after = checks.asked
    assert (before.stage, after.stage) == (CheckStage.PAYMENT, CheckStage.CANCELLATION)
    assert (before.payment_method, after.payment_method) == ("pay_sandbox", "pay_sandbox")
    assert before.total == Money(minor=order.total_minor, currency="USD")
    assert (before.quantity, before.lines[0].quantity, before.lines[0].country) == (4, 4, "CL")
    assert (before.buyer_country, before.beneficiary_name) == ("CL", "Example School")


def test_a_denial_charges_nothing_and_tells_the_buyer(
    outside: tuple[ScriptedRegistry, ScriptedProvider], checks: ScriptedChecks
) -> None:
    checks.outcomes = [Review(reason="new buyer"), Deny(reason="on a list", message="We do not sell there.")]
    order = placed()
    with pytest.raises(StoreError) as caught:
        pay(order)
    assert (caught.value.code, caught.value.message) == ("order-denied", "We do not sell there.")
    assert (outside[1].requests, Payment.objects.filter(order=order).count()) == ([], 0)
    assert verdicts(order) == [("payment", "check_0", "review"), ("payment", "check_1", "deny")]
    order.refresh_from_db()
    assert order.state == "placed"
    checks.outcomes = [Deny(reason="on a list of terrible people")]
    with pytest.raises(StoreError) as caught:
        pay(order)
    assert "terrible" not in caught.value.message
    checks.outcomes = [Allow()]
    pay(order)
    assert order.state == "paid"


def test_a_review_is_paid_and_waits_for_a_person(
    outside: tuple[ScriptedRegistry, ScriptedProvider], checks: ScriptedChecks
) -> None:
    registry, _provider = outside
    checks.outcomes = [Review(reason="large order"), Allow()]
    order = placed()
    pay(order)
    run_jobs()
    order.refresh_from_db()
    assert (order.state, line_of(order).state, registry.submissions) == ("needs_attention", "paid", [])
    assert item(order, "review").reason == "Check 0: large order"
    assert release_due() == 0

    assert approve(line=line_of(order), actor="staff:7", reason="known customer") == 1
    order.refresh_from_db()
    assert order.state == "paid"
    asked = len(checks.asked)
    run_jobs()
    order.refresh_from_db()
    assert (order.state, len(checks.asked)) == ("certified", asked)
    assert verdicts(order)[-1] == ("staff", "staff:7", "allow")


def test_a_review_that_staff_do_not_like_is_refunded(
    outside: tuple[ScriptedRegistry, ScriptedProvider], checks: ScriptedChecks
) -> None:
    checks.outcomes = [Review(reason="large order")]
    order = placed()
    pay(order)
    run_jobs()
    line = line_of(order)
    request_refund(
        payment=order.payments.get(), amount_minor=order.total_minor, actor="staff:7", reason="not liked", line=line
    )
    run_jobs()
    assert (outside[0].submissions, open_kinds(order), release_due()) == ([], [], 0)


def test_a_denial_after_the_payment_can_only_be_refunded(
    outside: tuple[ScriptedRegistry, ScriptedProvider], checks: ScriptedChecks
) -> None:
    checks.outcomes = [Allow()]
    order = placed()
    pay(order)
    checks.outcomes = [Deny(reason="listed today")]
    run_jobs()
    order.refresh_from_db()
    assert (order.state, open_kinds(order)) == ("needs_attention", ["denied"])
    with pytest.raises(StoreError) as caught:
        approve(line=line_of(order), actor="staff:7", reason="I like them")
    assert caught.value.code == "conflict"
    assert (outside[0].submissions, release_due()) == ([], 0)


def test_nobody_approves_what_nobody_doubts(
    outside: tuple[ScriptedRegistry, ScriptedProvider], checks: ScriptedChecks
) -> None:
    order = placed()
    pay(order)
    with pytest.raises(StoreError):
        approve(line=line_of(order), actor="staff:7", reason="why not")
    assert verdicts(order) == []


def test_a_check_that_works_again_closes_what_its_failure_had_opened(
    outside: tuple[ScriptedRegistry, ScriptedProvider], checks: ScriptedChecks
) -> None:
    checks.outcomes = [Review(reason="The plugin gave no answer that can be trusted.")]
    order = placed()
    pay(order)
    run_jobs()
    assert open_kinds(order) == ["review"]
    checks.outcomes = [Allow()]
    look(line=line_of(order))
    assert (open_kinds(order), release_due()) == ([], 1)
    run_jobs()
    order.refresh_from_db()
    assert order.state == "certified"
