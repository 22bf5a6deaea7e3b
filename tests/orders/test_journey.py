"""The spine: order, pay, cancel, certificate; and what happens when an outside party answers badly."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from django.core import mail

from creditstore.certificates.document import canonical_json, digest_of
from creditstore.certificates.models import Certificate
from creditstore.core.errors import StoreError
from creditstore.credits import services as credits
from creditstore.credits.models import Offer, UnitBlock
from creditstore.credits.services import printed_ranges
from creditstore.orders.models import Order
from creditstore.orders.services import expire_due, order_by_token, place_order, withdraw
from creditstore.payments.models import Payment
from creditstore_plugins import (
    Declined,
    Money,
    Paid,
    StatusUnknown,
    SubmissionUnknown,
    Unknown,
)
from support.desk import refusing
from support.jobs import pending_jobs, run_jobs
from support.journeys import pay
from support.ledger import make_offer, make_order, make_seller, order_request
from support.plugin_host import COMPLETED_AT, ScriptedProvider, ScriptedRegistry

pytestmark = pytest.mark.django_db


def test_buy_cancel_and_hold_a_certificate(registry: ScriptedRegistry, provider: ScriptedProvider) -> None:
    offer = make_offer(quantity=100, price_minor=250)
    placed = make_order((offer, 12), reason="Our trip")
    order = placed.order
    assert order.total_minor == 3000
    offer.refresh_from_db()
    assert (offer.reserved, offer.sold, offer.available) == (12, 0, 88)

    pay(order)
    order.refresh_from_db()
    assert order.state == "paid"
    assert not Certificate.objects.filter(order=order).exists()
    offer.refresh_from_db()
    assert (offer.reserved, offer.sold, offer.available) == (0, 12, 88)

    run_jobs()
    order.refresh_from_db()
    assert order.state == "certified"
    line = order.lines.get()
    blocks = list(UnitBlock.objects.filter(reservation=line.reservation, is_leaf=True))
    assert [block.state for block in blocks] == ["cancelled"]
    assert blocks[0].cancelled_at == COMPLETED_AT
    assert blocks[0].start == offer.issuance.start

    certificate = order.certificates.get()
    (printed,) = printed_ranges(blocks)
    (shown,) = certificate.facts["ranges"]
    assert (shown["serial_start"], shown["serial_end"]) == (printed.serial_start, printed.serial_end)
    assert shown["completed_at"] == f"{COMPLETED_AT:%Y-%m-%dT%H:%M:%SZ}"
    assert shown["transaction"] == line.registry_transactions.get().transaction_id
    assert certificate.facts["quantity"] == 12
    assert certificate.digest == digest_of(certificate.facts)
    assert canonical_json(certificate.facts).startswith(b'{"beneficiary":')
    assert bytes(certificate.files.get(format="pdf").content).startswith(b"%PDF-")
    assert registry.submissions[0].beneficiary == "Example School"

    assert [message.to for message in mail.outbox] == [["buyer@example.org"]] * 2
    assert order.number in mail.outbox[0].subject + mail.outbox[0].body
    assert certificate.number in mail.outbox[1].body


def test_a_hidden_order_tells_the_registry_no_name(registry: ScriptedRegistry, provider: ScriptedProvider) -> None:
    order = make_order((make_offer(), 1), visibility="hidden").order
    pay(order)
    run_jobs()
    assert (registry.submissions[0].beneficiary, registry.submissions[0].reason) == ("", "")


def test_paying_twice_charges_once(registry: ScriptedRegistry, provider: ScriptedProvider) -> None:
    order = make_order((make_offer(), 2)).order
    first, second = pay(order).outcome, pay(order).outcome
    assert isinstance(first, Paid)
    assert isinstance(second, Paid)
    assert len(provider.requests) == 1
    run_jobs()
    assert len(registry.submissions) == 1


def test_a_second_click_while_the_first_is_open_is_refused(provider: ScriptedProvider) -> None:
    order = make_order((make_offer(), 2)).order
    provider.outcomes.append(lambda request: Unknown(reason="lost"))
    pay(order)
    with pytest.raises(StoreError) as caught:
        pay(order)
    assert caught.value.code == "payment-in-progress"
    assert len(provider.requests) == 1


def test_unknown_payment_is_asked_for_and_never_charged_again(
    registry: ScriptedRegistry, provider: ScriptedProvider
) -> None:
    order = make_order((make_offer(), 2)).order
    provider.outcomes.append(lambda request: Unknown(reason="time-out"))
    pay(order)
    order.refresh_from_db()
    assert order.state == "awaiting_payment"
    run_jobs()
    order.refresh_from_db()
    assert order.state == "certified"
    assert len(provider.requests) == 1


def test_declined_leaves_the_order_payable(provider: ScriptedProvider) -> None:
    order = make_order((make_offer(), 2)).order
    provider.outcomes.append(lambda request: Declined(reason="No funds."))
    pay(order)
    order.refresh_from_db()
    assert order.state == "placed"
    pay(order)
    order.refresh_from_db()
    assert order.state == "paid"
    assert Payment.objects.filter(order=order).count() == 2


def test_another_amount_goes_to_staff(provider: ScriptedProvider) -> None:
    order = make_order((make_offer(), 2)).order
    provider.outcomes.append(
        lambda request: Paid(
            reference="x", captured=Money(minor=1, currency="USD"), at=datetime(2026, 1, 1, tzinfo=UTC)
        )
    )
    pay(order)
    order.refresh_from_db()
    assert order.state == "needs_attention"
    assert order.lines.get().state == "reserved"


def test_lost_submission_is_asked_for_before_it_is_repeated(
    registry: ScriptedRegistry, provider: ScriptedProvider
) -> None:
    """The registry took the message and the answer was lost: nothing is proposed a second time."""
    order = make_order((make_offer(), 3)).order

    def lost(instruction: object) -> SubmissionUnknown:
        registry.accept(instruction)  # type: ignore[arg-type]
        return SubmissionUnknown(reason="time-out")

    registry.submits.append(lost)
    pay(order)
    run_jobs()
    order.refresh_from_db()
    assert order.state == "certified"
    assert len(registry.submissions) == 1


def test_submission_that_never_arrived_is_proposed_again_under_the_same_key(
    registry: ScriptedRegistry, provider: ScriptedProvider
) -> None:
    order = make_order((make_offer(), 3)).order
    registry.submits.append(lambda instruction: SubmissionUnknown(reason="time-out"))
    registry.statuses.append(lambda key: StatusUnknown(reason="down"))
    pay(order)
    run_jobs()
    order.refresh_from_db()
    assert order.state == "certified"
    assert len(registry.submissions) == 2
    assert len({instruction.key for instruction in registry.submissions}) == 1


def test_refusal_goes_to_staff_and_no_certificate_exists(
    registry: ScriptedRegistry, provider: ScriptedProvider
) -> None:
    order = make_order((make_offer(), 3)).order
    registry.submits.append(refusing)
    pay(order)
    run_jobs()
    order.refresh_from_db()
    assert order.state == "needs_attention"
    assert order.lines.get().state == "refused"
    assert order.lines.get().registry_transactions.get().responses[0]["code"] == 7027
    assert not Certificate.objects.filter(order=order).exists()


def test_same_form_twice_is_one_order() -> None:
    offer = make_offer()
    request = order_request((offer, 5))
    first = place_order(request=request, placement_key="web:1")
    second = place_order(request=request, placement_key="web:1")
    assert (first.order.pk, first.token, first.replayed) == (second.order.pk, second.token, False)
    assert second.replayed
    offer.refresh_from_db()
    assert offer.reserved == 5
    with pytest.raises(StoreError) as caught:
        place_order(request=order_request((offer, 6)), placement_key="web:1")
    assert caught.value.code == "idempotency-key-reused"


@pytest.mark.parametrize(
    ("state", "code", "words"),
    [
        ("paused", "unknown-offer", "paused this offer"),
        ("withdrawn", "unknown-offer", "no longer for sale"),
        ("sold_out", "sold-out", "sold out"),
    ],
)
def test_an_offer_that_stops_being_sold_is_named_even_at_the_last_moment(state: str, code: str, words: str) -> None:
    """Before the order, and between the look at the offer and the reservation."""
    offer = make_offer(quantity=10)
    real = credits.check_quantity

    def stopped(**arguments: object) -> None:
        real(**arguments)  # type: ignore[arg-type]
        if not stops:
            stops.append(Offer.objects.filter(pk=offer.pk).update(state=state))

    stops: list[int] = []
    with mock.patch.object(credits, "check_quantity", stopped), pytest.raises(StoreError) as at_last:
        make_order((offer, 1))
    Offer.objects.filter(pk=offer.pk).update(state=state)
    with pytest.raises(StoreError) as before:
        make_order((offer, 1))
    for caught in (at_last, before):
        assert caught.value.code == code
        assert words in caught.value.message
    offer.refresh_from_db()
    assert offer.reserved == 0


def test_withdraw_and_expiry_give_the_units_back() -> None:
    offer = make_offer(quantity=10)
    first, second = make_order((offer, 4)).order, make_order((offer, 6)).order
    with pytest.raises(StoreError) as caught:
        make_order((offer, 1))
    assert caught.value.code == "sold-out"
    assert withdraw(order=first) is True
    assert withdraw(order=first) is False
    assert expire_due(now=second.expires_at - timedelta(seconds=1)) == 0
    assert expire_due(now=second.expires_at) >= 1
    assert expire_due(now=second.expires_at) == 0
    offer.refresh_from_db()
    assert (offer.reserved, offer.available) == (0, 10)
    second.refresh_from_db()
    assert (second.state, second.lines.get().state) == ("expired", "released")
    with pytest.raises(StoreError):
        pay(second)


def test_an_order_with_an_open_payment_neither_expires_nor_is_withdrawn(provider: ScriptedProvider) -> None:
    order = make_order((make_offer(), 4)).order
    provider.outcomes.append(lambda request: Unknown(reason="lost"))
    pay(order)
    assert expire_due(now=order.expires_at + timedelta(days=1)) == 0
    with pytest.raises(StoreError) as caught:
        withdraw(order=order)
    assert caught.value.code == "payment-in-progress"


def test_only_the_token_opens_an_order() -> None:
    placed = make_order((make_offer(), 1))
    assert order_by_token(number=placed.order.number, token=placed.token).pk == placed.order.pk
    for number, token in ((placed.order.number, "x"), ("2020-000000", placed.token), (placed.order.number, "")):
        with pytest.raises(StoreError) as caught:
            order_by_token(number=number, token=token)
        assert caught.value.code == "not-found"
    assert placed.token not in str(Order.objects.filter(pk=placed.order.pk).values().get())


def test_lines_of_two_sellers_and_a_changed_price_are_refused() -> None:
    mine, other = make_offer(), make_offer(seller=make_seller())
    with pytest.raises(StoreError) as caught:
        make_order((mine, 1), (other, 1))
    assert caught.value.code == "several-sellers"
    request = order_request((mine, 1))
    seen = type(request.lines[0])(offer_code=mine.code, quantity=1, expected_price=Money(minor=249, currency="USD"))
    with pytest.raises(StoreError) as caught:
        make_order(lines=(seen,))
    assert caught.value.code == "price-changed"


def test_a_failed_order_reserves_nothing() -> None:
    seller = make_seller()
    first, second = make_offer(seller=seller, quantity=10), make_offer(seller=seller, quantity=1)
    with pytest.raises(StoreError) as caught:
        make_order((first, 5), (second, 2))
    assert caught.value.errors[0].field == "lines.1.quantity"
    assert list(Offer.objects.filter(pk__in=[first.pk, second.pk]).values_list("reserved", flat=True)) == [0, 0]
    assert "creditstore.orders.mail_placed" not in pending_jobs()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"visibility": "loud"}, "visibility"),
        ({"terms_version": "old"}, "consent.terms"),
        ({"immediate_performance": False}, "consent.immediate_performance"),
        ({"reason": "x" * 876}, "reason"),
    ],
)
def test_values_that_must_be_mended_are_named(changes: dict[str, object], field: str) -> None:
    with pytest.raises(StoreError) as caught:
        make_order((make_offer(), 1), **changes)
    assert [error.field for error in caught.value.errors] == [field]
