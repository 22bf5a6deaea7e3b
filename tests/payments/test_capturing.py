"""Money that comes late, twice, too little, too much or in another currency: each by its name, and none of it lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail

from creditstore.core import clock
from creditstore.core.errors import StoreError
from creditstore.credits.models import Offer
from creditstore.orders.attention import open_items
from creditstore.orders.models import Order
from creditstore.orders.services import expire_due, withdraw
from creditstore.payments.models import Payment, Refund
from creditstore.payments.refunds import request_refund
from creditstore.payments.services import offered_methods
from creditstore_plugins import Pending, Unknown
from payments.payments_support import kinds, report
from support.jobs import run_jobs
from support.journeys import pay
from support.ledger import make_offer, make_order, make_seller
from support.plugin_host import ScriptedProvider

pytestmark = pytest.mark.django_db


def attempt(order: Order, provider: ScriptedProvider) -> Payment:
    """An attempt whose outcome comes later."""
    provider.outcomes.append(lambda request: Pending(reference=f"ref-{request.idempotency_key}", reason="later"))
    return pay(order).payment


def expired(order: Order, payment: Payment) -> None:
    """The provider gave the attempt up, and then the order's time was over."""
    report(payment, "expired")
    order.refresh_from_db()
    assert expire_due(now=order.expires_at) >= 1
    order.refresh_from_db()
    assert order.state == "expired"


def counters(offer: Offer) -> tuple[int, int]:
    offer.refresh_from_db()
    return offer.reserved, offer.sold


def test_late_money_takes_the_units_again(provider: ScriptedProvider) -> None:
    seller = make_seller()
    offers = [make_offer(quantity=10, price_minor=250, seller=seller) for _number in range(2)]
    order = make_order((offers[0], 4), (offers[1], 10)).order
    payment = attempt(order, provider)
    first = {line.reservation for line in order.lines.all()}
    expired(order, payment)
    assert [counters(offer) for offer in offers] == [(0, 0), (0, 0)]

    report(payment, "captured", 3500)
    assert (payment.state, payment.order.state) == ("captured", "paid")
    assert [counters(offer) for offer in offers] == [(0, 4), (0, 10)]
    for reservation in first:
        reservation.refresh_from_db()
        assert reservation.state == "expired"
    run_jobs()
    order.refresh_from_db()
    assert order.state == "certified"
    assert not Refund.objects.exists()
    assert kinds(order) == []


def sold(order: Order) -> None:
    """Somebody else has bought one of the units meanwhile."""
    make_order((order.lines.order_by("offer_id").last().offer, 1))  # type: ignore[union-attr]


def dearer(order: Order) -> None:
    Offer.objects.filter(order_lines__order=order).update(price_minor=251)


def paused(order: Order) -> None:
    Offer.objects.filter(order_lines__order=order).update(state="paused")


@pytest.mark.parametrize("happened", [sold, dearer, paused])
def test_late_money_goes_back_when_not_all_can_be_had_as_before(
    provider: ScriptedProvider, happened: Callable[[Order], None]
) -> None:
    seller = make_seller()
    offers = [make_offer(quantity=10, price_minor=250, seller=seller) for _number in range(2)]
    order = make_order((offers[0], 4), (offers[1], 10)).order
    payment = attempt(order, provider)
    expired(order, payment)
    happened(order)
    before = [counters(offer) for offer in offers]
    run_jobs()
    mail.outbox.clear()

    report(payment, "captured", 3500)
    assert (payment.state, payment.order.state) == ("captured", "refunding")
    assert [counters(offer) for offer in offers] == before
    assert kinds(order) == ["late_money"]
    run_jobs()
    payment.refresh_from_db()
    order.refresh_from_db()
    assert (payment.state, order.state) == ("refunded", "refunded")
    assert {line.state for line in order.lines.all()} == {"released"}
    assert [counters(offer) for offer in offers] == before
    (refund,) = Refund.objects.all()
    assert (refund.purpose, refund.amount_minor, refund.state) == ("late", 3500, "done")
    late, sent = [message for message in mail.outbox if order.number in message.subject]
    assert "came too late" in late.subject
    assert "35.00 USD" in late.body
    assert "sent back" in sent.subject


def test_money_for_a_withdrawn_order_goes_back_whatever_is_for_sale(provider: ScriptedProvider) -> None:
    """The buyer has said no, and a cancellation could not be undone."""
    offer = make_offer(price_minor=250)
    order = make_order((offer, 4)).order
    payment = attempt(order, provider)
    report(payment, "declined")
    withdraw(order=order)
    report(payment, "captured", 1000)
    assert payment.order.state == "refunding"
    run_jobs()
    order.refresh_from_db()
    assert order.state == "refunded"
    assert counters(offer) == (0, 0)
    assert any("You had withdrawn it" in message.body for message in mail.outbox)


def test_the_same_late_fact_twice_is_applied_once(provider: ScriptedProvider) -> None:
    offer = make_offer(quantity=4, price_minor=250)
    order = make_order((offer, 4)).order
    payment = attempt(order, provider)
    expired(order, payment)
    for _time in range(2):
        report(payment, "captured", 1000)
    # Another event that says the same is no other money.
    report(payment, "captured", 1000, event="again")
    assert counters(offer) == (0, 4)
    assert payment.events.count() == 2
    assert not Refund.objects.exists()


def test_a_second_payment_of_one_order_goes_back(provider: ScriptedProvider) -> None:
    offer = make_offer(price_minor=250)
    order = make_order((offer, 4)).order
    first = attempt(order, provider)
    report(first, "declined")
    second = attempt(order, provider)
    report(second, "captured", 1000)
    run_jobs()
    mail.outbox.clear()
    report(first, "captured", 1000)
    run_jobs()
    for payment in (first, second):
        payment.refresh_from_db()
    order.refresh_from_db()
    assert (first.state, second.state, order.state) == ("refunded", "captured", "certified")
    assert counters(offer) == (0, 4)
    (refund,) = Refund.objects.all()
    assert (refund.purpose, refund.payment) == ("duplicate", first)
    assert "paid twice" in mail.outbox[0].body


def test_too_little_waits_for_the_rest_with_its_units_reserved(provider: ScriptedProvider) -> None:
    offer = make_offer(price_minor=250)
    order = make_order((offer, 4)).order
    payment = attempt(order, provider)
    report(payment, "captured", 999)
    assert (payment.state, payment.order.state) == ("underpaid", "needs_attention")
    assert kinds(order) == ["wrong_amount"]
    (item,) = open_items(order=order)
    assert (item.data["due_minor"], item.data["captured_minor"]) == (1000, 999)
    assert expire_due(now=order.expires_at + timedelta(days=9)) == 0
    assert counters(offer) == (4, 0)
    with pytest.raises(StoreError) as caught:
        pay(payment.order)
    assert caught.value.code == "conflict"

    # An older fact that comes late changes nothing; the rest does.
    report(payment, "captured", 500)
    assert payment.captured_minor == 999
    report(payment, "captured", 1000)
    assert (payment.state, payment.order.state) == ("captured", "paid")
    assert kinds(order) == []
    run_jobs()
    order.refresh_from_db()
    assert order.state == "certified"


def test_too_little_can_be_sent_back(provider: ScriptedProvider) -> None:
    offer = make_offer(price_minor=250)
    order = make_order((offer, 4)).order
    payment = attempt(order, provider)
    report(payment, "captured", 999)
    request_refund(payment=payment, amount_minor=999, actor="staff:1", reason="the buyer asked")
    assert counters(offer) == (0, 0)
    run_jobs()
    order.refresh_from_db()
    payment.refresh_from_db()
    assert (order.state, payment.state, order.lines.get().state) == ("refunded", "refunded", "released")


def test_too_much_pays_the_order_and_the_surplus_waits_for_staff(provider: ScriptedProvider) -> None:
    order = make_order((make_offer(price_minor=250), 4)).order
    payment = attempt(order, provider)
    report(payment, "captured", 1300)
    assert (payment.state, payment.order.state) == ("overpaid", "paid")
    run_jobs()
    order.refresh_from_db()
    assert order.state == "certified"
    assert kinds(order) == ["wrong_amount"]
    assert not Refund.objects.exists()
    with pytest.raises(StoreError) as caught:
        request_refund(payment=payment, amount_minor=301, actor="staff:1", reason="x", purpose="surplus")
    assert caught.value.code == "invalid"
    request_refund(payment=payment, amount_minor=300, actor="staff:1", reason="agreed", purpose="surplus")
    run_jobs()
    payment.refresh_from_db()
    order.refresh_from_db()
    assert (payment.state, payment.captured_minor, payment.refunded_minor) == ("captured", 1300, 300)
    assert order.state == "certified"


def test_money_that_comes_twice_in_one_attempt_is_a_surplus(provider: ScriptedProvider) -> None:
    order = make_order((make_offer(price_minor=250), 4)).order
    payment = attempt(order, provider)
    report(payment, "captured", 1000)
    run_jobs()
    report(payment, "captured", 2000)
    assert (payment.state, payment.order.state) == ("overpaid", "certified")
    assert kinds(order) == ["wrong_amount"]


def test_more_money_after_a_refund_is_for_staff(provider: ScriptedProvider) -> None:
    order = make_order((make_offer(price_minor=250), 4)).order
    payment = attempt(order, provider)
    report(payment, "captured", 1000)
    request_refund(payment=payment, amount_minor=1000, actor="staff:1", reason="test")
    run_jobs()
    report(payment, "captured", 1200)
    assert (payment.state, payment.captured_minor, payment.order.state) == ("refunded", 1200, "refunded")
    assert kinds(order) == ["unmatched"]


def test_another_currency_is_no_payment_of_what_is_due(provider: ScriptedProvider) -> None:
    order = make_order((make_offer(price_minor=250), 4)).order
    payment = attempt(order, provider)
    report(payment, "captured", 1000, currency="EUR")
    assert (payment.state, payment.captured_minor, payment.order.state) == ("underpaid", 0, "needs_attention")
    event = payment.events.get()
    assert (event.amount_minor, event.currency) == (1000, "EUR")
    assert kinds(order) == ["wrong_amount"]


def test_an_attempt_whose_answer_is_lost_never_expires_its_order(provider: ScriptedProvider) -> None:
    order = make_order((make_offer(price_minor=250), 4)).order
    provider.outcomes.append(lambda _request: Unknown(reason="lost"))
    pay(order)
    assert expire_due(now=order.expires_at + timedelta(days=900)) == 0


def test_each_way_to_pay_has_its_own_time(provider: ScriptedProvider, settings: object) -> None:
    settings.CREDITSTORE_UNPAID_MINUTES = 7  # type: ignore[attr-defined]
    settings.CREDITSTORE_HOLD_MINUTES = {"pay_sandbox:pending": 5 * 24 * 60}  # type: ignore[attr-defined]
    order = make_order((make_offer(), 1)).order
    assert order.expires_at - order.placed_at == timedelta(minutes=7)
    for method, expected in (("pay_sandbox", timedelta(minutes=30)), ("pay_sandbox:pending", timedelta(days=5))):
        provider.outcomes.append(lambda request: Pending(reference="x", reason="later"))
        started = clock.shared_now()
        payment = pay(order, method).payment
        order.refresh_from_db()
        assert timedelta(0) <= order.expires_at - started - expected < timedelta(seconds=30)
        assert order.lines.get().reservation.expires_at == order.expires_at
        report(payment, "declined")
    assert "pay_sandbox:pending" in [method.id for method in offered_methods(currency="USD")]


def test_a_machine_whose_clock_jumps_ends_nobodys_order(
    provider: ScriptedProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer = make_offer(price_minor=250)
    order = make_order((offer, 4)).order
    real = clock.now
    for jump in (timedelta(days=400), timedelta(days=-400)):
        monkeypatch.setattr(clock, "now", lambda jump=jump: real() + jump)
        assert expire_due() == 0
        assert make_order((offer, 1)).order.expires_at < order.expires_at + timedelta(minutes=5)
    payment = attempt(order, provider)
    report(payment, "captured", 1000)
    assert payment.order.state == "paid"


def test_a_database_whose_clock_jumps_loses_nothing(
    provider: ScriptedProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forwards, unpaid orders end early and their units are for sale; back again, the money still finds its order."""
    offer = make_offer(price_minor=250)
    order = make_order((offer, 4)).order
    payment = attempt(order, provider)
    other = make_order((offer, 1)).order
    real = clock.shared_now
    monkeypatch.setattr(clock, "shared_now", lambda: real() + timedelta(days=400))
    assert expire_due() >= 1
    other.refresh_from_db()
    order.refresh_from_db()
    assert (other.state, order.state) == ("expired", "awaiting_payment")
    report(payment, "expired")
    expire_due()
    monkeypatch.setattr(clock, "shared_now", lambda: real() - timedelta(days=400))
    assert expire_due() == 0
    report(payment, "captured", 1000)
    assert payment.order.state == "paid"
    assert counters(offer) == (0, 4)
