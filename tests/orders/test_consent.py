"""What an order must hold of its buyer's consent, and what makes it one order with one number and one live payment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from creditstore.core import clock
from creditstore.core.errors import StoreError
from creditstore.orders.models import Order, Terms
from creditstore.orders.services import current_terms
from creditstore.payments.models import Payment
from support.ledger import make_offer, make_order, make_terms

pytestmark = pytest.mark.django_db


def fields_of(**changes: object) -> list[str]:
    with pytest.raises(StoreError) as caught:
        make_order((make_offer(), 1), **changes)
    assert caught.value.code == "invalid"
    return [error.field for error in caught.value.errors]


def test_an_order_keeps_the_version_that_was_agreed_to_and_when() -> None:
    before = clock.shared_now()
    order = make_order((make_offer(), 1)).order
    assert order.terms == current_terms()
    assert order.immediate_performance is True
    assert before <= order.consented_at <= clock.shared_now()
    later = Terms.objects.create(version="later", effective_from=clock.shared_now(), body="New.")
    assert current_terms() == later
    order.refresh_from_db()
    assert order.terms != later
    assert fields_of(terms_version=order.terms.version) == ["consent.terms"]
    assert fields_of(terms_version="") == ["consent.terms"]


def test_terms_of_the_future_are_not_in_force_yet() -> None:
    now = make_terms()
    Terms.objects.create(version="tomorrow", effective_from=clock.shared_now() + timedelta(days=1), body="New.")
    assert current_terms() == now


def test_no_order_without_consent_to_immediate_performance() -> None:
    for answer in (False, None, "yes"):
        assert fields_of(immediate_performance=answer) == ["consent.immediate_performance"]
    order = make_order((make_offer(), 1)).order
    with pytest.raises(DatabaseError), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(immediate_performance=False)


def test_what_was_agreed_to_never_changes() -> None:
    order = make_order((make_offer(), 1)).order
    for model, pk, changes in (
        (Order, order.pk, {"consented_at": datetime(2020, 1, 1, tzinfo=UTC)}),
        (Order, order.pk, {"number": "2020-000001"}),
        (Terms, order.terms_id, {"body": "Other words."}),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.filter(pk=pk).update(**changes)
    with pytest.raises(DatabaseError), transaction.atomic():
        Terms.objects.filter(pk=order.terms_id).delete()


def test_numbers_come_from_a_sequence_of_their_own_and_are_never_given_twice() -> None:
    offer = make_offer()
    first = make_order((offer, 1)).order
    with transaction.atomic():
        lost = make_order((offer, 1)).order
        transaction.set_rollback(True)
    second = make_order((offer, 1)).order
    numbers = [int(order.number.rpartition("-")[2]) for order in (first, lost, second)]
    assert numbers == [numbers[0], numbers[0] + 1, numbers[0] + 2]
    assert first.number.startswith(f"{first.placed_at.year}-")


def test_the_database_holds_one_live_payment_of_an_order() -> None:
    order = make_order((make_offer(), 1)).order
    values = {
        "order": order,
        "provider": "pay_sandbox",
        "method": "pay_sandbox",
        "method_title": "Test",
        "amount_minor": order.total_minor,
        "currency": order.currency,
    }
    Payment.objects.create(**values, state="declined")
    for state in ("created", "pending", "unknown"):
        live = Payment.objects.create(**values, state=state)
        for other in ("created", "pending", "unknown"):
            with pytest.raises(IntegrityError, match="payment_one_live_per_order"), transaction.atomic():
                Payment.objects.create(**values, state=other)
        Payment.objects.filter(pk=live.pk).update(state="expired")
