"""Sending money back: once per line, never more than came, never for cancelled units without two people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from creditstore.accounts.models import User
from creditstore.core.errors import StoreError
from creditstore.core.states import history
from creditstore.credits.models import Offer, UnitBlock
from creditstore.orders.models import Order, OrderLine
from creditstore.orders.states import ORDERS
from creditstore.payments.models import Payment, Refund
from creditstore.payments.refunds import left_minor, line_minor, record_paid, request_refund, send_refund
from creditstore_plugins import (
    Refunded,
    RefundPending,
    RefundRefused,
    RefundUnknown,
    Refused,
    ResponseCode,
)
from support.jobs import pending_jobs, run_jobs
from support.journeys import pay
from support.ledger import make_offer, make_order, make_seller
from support.plugin_host import ScriptedProvider, ScriptedRegistry

pytestmark = pytest.mark.django_db
SENT_AT = datetime(2026, 5, 6, 7, 8, tzinfo=UTC)


def paid_order(*lines: tuple[Offer, int]) -> tuple[Order, Payment]:
    order = make_order(*(lines or ((make_offer(price_minor=250), 4),))).order
    started = pay(order)
    order.refresh_from_db()
    assert order.state == "paid"
    return order, started.payment


def refused_order(registry: ScriptedRegistry) -> tuple[Order, Payment, OrderLine]:
    """One line is cancelled, the other is refused by the registry."""
    seller = make_seller()
    good, bad = make_offer(price_minor=250, seller=seller), make_offer(price_minor=300, seller=seller)
    refused = Refused(responses=(ResponseCode(code=7027, message="not held", ranges=()),))
    registry.submits.extend([registry.accept, lambda _instruction: refused])
    order, payment = paid_order((good, 4), (bad, 2))
    run_jobs()
    line = order.lines.get(state="refused")
    assert line.offer == bad
    return order, payment, line


def staff(name: str) -> User:
    return User.objects.create(email=f"{name}@example.org", is_staff=True)


def ask(payment: Payment, amount: int, **more: object) -> Refund:
    return request_refund(payment=payment, amount_minor=amount, actor="staff:1", reason="test", **more)  # type: ignore[arg-type]


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(StoreError) as caught:
        call()
    return caught.value.code


def test_a_refused_line_is_paid_back_and_its_units_are_for_sale_again(
    registry: ScriptedRegistry, provider: ScriptedProvider
) -> None:
    _order, payment, line = refused_order(registry)
    assert line_minor(line) == 600
    mail.outbox.clear()
    refund = ask(payment, 600, line=line)
    line.refresh_from_db()
    line.offer.refresh_from_db()
    assert (line.state, line.offer.sold, line.offer.available) == ("refunding", 0, 100)
    assert provider.refund_requests == []

    run_jobs()
    refund.refresh_from_db()
    payment.refresh_from_db()
    assert (refund.state, payment.state, payment.refunded_minor) == ("done", "partly_refunded", 600)
    (asked,) = provider.refund_requests
    assert (asked.idempotency_key, asked.payment_key) == (str(refund.key), str(payment.key))
    assert (asked.amount.minor, asked.reference) == (600, payment.reference)
    told = [message for message in mail.outbox if "sent back" in message.subject]
    assert len(told) == 1
    assert "6.00 USD" in told[0].body
    assert refund.reference in told[0].body
    assert line.offer.issuance.project.title in told[0].body


def test_the_same_request_again_is_the_same_refund(registry: ScriptedRegistry, provider: ScriptedProvider) -> None:
    _order, payment, line = refused_order(registry)
    first, second = ask(payment, 600, line=line), ask(payment, 600, line=line)
    assert first == second
    assert code_of(lambda: ask(payment, 599, line=line)) == "conflict"
    run_jobs()
    assert ask(payment, 600, line=line) == first
    assert len(provider.refund_requests) == 1
    assert UnitBlock.objects.filter(offer=line.offer, is_leaf=True, state="held").count() >= 1


def test_a_whole_unpaid_back_order_before_its_cancellation(provider: ScriptedProvider) -> None:
    """Between payment and cancellation all of it can be given back; then nothing is cancelled any more."""
    order, payment = paid_order()
    refund = ask(payment, 1000)
    assert code_of(lambda: ask(payment, 999)) == "conflict"
    run_jobs()
    for row in (refund, payment, order):
        row.refresh_from_db()
    assert (refund.purpose, refund.state, payment.state, order.state) == ("order", "done", "refunded", "refunded")
    line = order.lines.get()
    assert (line.state, line.registry_transactions.count()) == ("refunded", 0)
    line.offer.refresh_from_db()
    assert (line.offer.sold, line.offer.reserved, line.offer.available) == (0, 0, 100)


def test_cancelled_units_are_paid_back_only_with_two_people(
    registry: ScriptedRegistry, provider: ScriptedProvider
) -> None:
    order, payment, _line = refused_order(registry)
    cancelled = order.lines.get(state="cancelled")
    one, two, gone = staff("one"), staff("two"), staff("gone")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    gone.refresh_from_db()
    outsider = User.objects.create(email="buyer@example.org")
    for people in ((), (one,), (one, one), (one, outsider), (one, gone)):
        assert code_of(lambda people=people: ask(payment, 1000, line=cancelled, approved_by=people)) == "conflict"
        assert code_of(lambda people=people: ask(payment, 1600, approved_by=people)) == "conflict"
    with pytest.raises(IntegrityError, match="two approvals"), transaction.atomic():
        Refund.objects.create(
            payment=payment, line=cancelled, purpose="line", amount_minor=1, reason="x", requested_by="x",
            requested_at=SENT_AT, approved_by=[one.pk, one.pk],
        )  # fmt: skip
    refund = ask(payment, 1000, line=cancelled, approved_by=(one, two))
    assert refund.approved_by == [one.pk, two.pk]
    run_jobs()
    cancelled.refresh_from_db()
    assert cancelled.state == "cancelled"
    assert left_minor(payment) == 600


@pytest.mark.parametrize("amount", [0, -1, 601, 1600, 10**12])
def test_never_more_than_the_line_cost(registry: ScriptedRegistry, provider: ScriptedProvider, amount: int) -> None:
    _order, payment, line = refused_order(registry)
    assert code_of(lambda: ask(payment, amount, line=line)) == "invalid"


def test_the_database_never_lets_refunds_exceed_what_came(provider: ScriptedProvider) -> None:
    order, payment = paid_order()
    values = {"payment": payment, "reason": "x", "requested_by": "x", "requested_at": SENT_AT}
    Refund.objects.create(purpose="surplus", amount_minor=400, **values)
    with pytest.raises(IntegrityError, match="exceed what was captured"), transaction.atomic():
        Refund.objects.create(purpose="duplicate", amount_minor=601, **values)
    Refund.objects.create(purpose="duplicate", amount_minor=600, **values)
    with pytest.raises(IntegrityError, match="payment_refunded_within_captured"), transaction.atomic():
        Payment.objects.filter(pk=payment.pk).update(refunded_minor=1001)
    assert order.lines.get().state == "paid"


def test_a_line_whose_cancellation_is_open_cannot_be_refunded(
    registry: ScriptedRegistry, provider: ScriptedProvider
) -> None:
    order, payment = paid_order()
    OrderLine.objects.filter(order=order).update(state="cancelling")
    assert code_of(lambda: ask(payment, 1000, line=order.lines.get())) == "conflict"
    assert code_of(lambda: ask(payment, 1000)) == "conflict"
    assert not Refund.objects.exists()


def test_a_refund_nobody_can_tell_of_is_asked_again_under_the_same_key(provider: ScriptedProvider) -> None:
    _order, payment = paid_order()
    provider.refund_outcomes.extend(
        [
            lambda _request: RefundUnknown(reason="time-out"),
            lambda _request: RefundPending(reference="r-1", reason="the bank works"),
            lambda request: Refunded(reference="r-1", at=SENT_AT),
        ]
    )
    refund = ask(payment, 1000)
    run_jobs()
    refund.refresh_from_db()
    assert (refund.state, refund.done_at, refund.reference) == ("done", SENT_AT, "r-1")
    assert [request.idempotency_key for request in provider.refund_requests] == [str(refund.key)] * 3
    payment.refresh_from_db()
    assert payment.refunded_minor == 1000


def test_a_refund_that_never_is_decided_is_told_to_staff_and_asked_on(provider: ScriptedProvider) -> None:
    order, payment = paid_order()
    provider.refund_outcomes.extend(lambda _request: RefundUnknown(reason="time-out") for _time in range(30))
    ask(payment, 1000)
    run_jobs()
    assert len(provider.refund_requests) == 31
    order.refresh_from_db()
    assert order.state == "refunded"
    assert order_was(order, "needs_attention")


def order_was(order: Order, state: str) -> bool:
    return history(instance=order, table=ORDERS).filter(target=state).exists()


def test_a_refused_refund_goes_to_staff_who_pay_by_hand(provider: ScriptedProvider) -> None:
    order, payment = paid_order()
    provider.refund_outcomes.append(lambda _request: RefundRefused(reason="the card is closed"))
    refund = ask(payment, 1000)
    run_jobs()
    for row in (refund, order, payment):
        row.refresh_from_db()
    assert (refund.state, refund.message, order.state) == ("failed", "the card is closed", "needs_attention")
    assert payment.state == "captured"
    assert left_minor(payment) == 1000
    assert code_of(lambda: record_paid(refund=refund, actor="staff:1", reference="  ")) == "invalid"
    for _time in range(2):
        record_paid(refund=refund, actor="staff:1", reference="transfer 77")
    for row in (refund, order, payment):
        row.refresh_from_db()
    assert (refund.state, refund.reference, payment.state, order.state) == (
        "done",
        "transfer 77",
        "refunded",
        "refunded",
    )


def test_after_a_refused_refund_another_may_be_asked_for(provider: ScriptedProvider) -> None:
    _order, payment = paid_order()
    provider.refund_outcomes.append(lambda _request: RefundRefused(reason="closed for today"))
    first = ask(payment, 1000)
    run_jobs()
    second = ask(payment, 1000)
    assert second.key != first.key
    run_jobs()
    payment.refresh_from_db()
    assert payment.refunded_minor == 1000
    # The first one must not be paid by hand now: the money is back already.
    with pytest.raises(IntegrityError), transaction.atomic():
        record_paid(refund=first, actor="staff:1", reference="transfer 78")


def test_a_provider_that_cannot_refund_leaves_it_to_staff(provider: ScriptedProvider) -> None:
    order, payment = paid_order()
    provider.refunds = False
    refund = ask(payment, 1000)
    run_jobs()
    for row in (refund, order):
        row.refresh_from_db()
    assert (refund.state, order.state) == ("manual", "needs_attention")
    assert provider.refund_requests == []
    record_paid(refund=refund, actor="staff:1", reference="transfer 79")
    order.refresh_from_db()
    assert order.state == "refunded"


def test_a_worker_that_died_while_sending_asks_again_under_the_same_key(provider: ScriptedProvider) -> None:
    """The state is written before the call: whoever comes next knows that the provider may have been asked."""
    _order, payment = paid_order()

    def die(_request: object) -> Refunded:
        raise KeyboardInterrupt

    provider.refund_outcomes.append(die)
    refund = ask(payment, 1000)
    with pytest.raises(KeyboardInterrupt):
        run_jobs()
    refund.refresh_from_db()
    assert refund.state == "sent"
    send_refund(refund_id=refund.pk)
    send_refund(refund_id=refund.pk)
    refund.refresh_from_db()
    assert refund.state == "done"
    assert {request.idempotency_key for request in provider.refund_requests} == {str(refund.key)}
    assert len(provider.refund_requests) == 2
    assert "creditstore.payments.mail_refunded" in pending_jobs()
