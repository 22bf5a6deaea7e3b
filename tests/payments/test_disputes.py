"""A disputed payment: nothing more is cancelled for it, staff are told once, and a won dispute lets the order go on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from creditstore.audit.services import run_audit
from creditstore.cancellation.gate import release_due
from creditstore.orders.models import Order
from creditstore.payments.models import Payment, PaymentEvent
from creditstore_plugins import Pending
from payments.payments_support import kinds, report
from support.jobs import run_jobs
from support.journeys import pay
from support.ledger import make_offer, make_order
from support.plugin_host import ScriptedProvider, ScriptedRegistry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("outside")]


def paid() -> Payment:
    order = make_order((make_offer(quantity=20, price_minor=250), 4)).order
    return pay(order).payment


def test_a_dispute_stops_what_has_not_gone_and_a_won_one_lets_it_go(registry: ScriptedRegistry, settings: Any) -> None:
    settings.CREDITSTORE_CANCELLATION_HOLD = [{"method": "pay_sandbox*", "hours": 24}]
    payment = paid()
    run_jobs()
    assert registry.submissions == []
    order = report(payment, "disputed")
    assert (payment.state, kinds(order)) == ("disputed", ["dispute"])
    later = timezone.now() + timedelta(hours=25)
    assert release_due(now=later) == 0
    order = report(payment, "dispute_won")
    assert (payment.state, kinds(order)) == ("captured", [])
    assert release_due(now=later) == 1
    run_jobs()
    assert Order.objects.get(pk=order.pk).state == "certified"
    assert run_audit().breaches == 0


def test_a_certified_order_stays_certified_and_staff_are_told() -> None:
    payment = paid()
    run_jobs()
    order = report(payment, "disputed")
    assert (order.state, kinds(order), payment.state) == ("certified", ["dispute"], "disputed")
    order = report(payment, "dispute_lost")
    assert (order.state, kinds(order), payment.state) == ("certified", ["dispute"], "disputed")
    assert run_audit().breaches == 0


def test_the_same_word_twice_changes_nothing() -> None:
    payment = paid()
    run_jobs()
    for _again in range(2):
        report(payment, "disputed")
    report(payment, "dispute_won")
    # The first word once more, late: the dispute does not begin again.
    order = report(payment, "disputed")
    assert (payment.state, kinds(order)) == ("captured", [])
    assert PaymentEvent.objects.filter(payment=payment, kind="disputed").count() == 1


def test_the_end_of_a_dispute_that_never_began_says_nothing() -> None:
    payment = paid()
    run_jobs()
    assert report(payment, "dispute_won").state == "certified"
    assert payment.state == "captured"


def test_a_dispute_of_money_that_never_came_is_for_staff(outside: tuple[ScriptedRegistry, ScriptedProvider]) -> None:
    outside[1].outcomes.append(lambda request: Pending(reference=f"ref-{request.idempotency_key}", reason="later"))
    payment = paid()
    order = report(payment, "disputed")
    assert (payment.state, order.state, kinds(order)) == ("pending", "needs_attention", ["unmatched"])
