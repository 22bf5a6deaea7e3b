"""Paid units wait before they are cancelled, as long as the rules say, and nothing that stops them is overlooked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pytest_django import Settings

from cancellation.cancellation_support import line_of, open_kinds, paid_order
from creditstore.accounts.models import User
from creditstore.cancellation.gate import release_due, release_early, waits_until
from creditstore.cancellation.holds import BadRule, check_hold_rules, hold_for, read_rule
from creditstore.cancellation.services import submit_line
from creditstore.checkout.summary import order_summary
from creditstore.core import clock
from creditstore.core.errors import StoreError
from creditstore.core.states import transition
from creditstore.credits.services import freeze, thaw
from creditstore.desk.stalled import find_stalled
from creditstore.orders.attention import AttentionKind, close_items, open_item
from creditstore.orders.models import Order
from creditstore.payments.models import PAYMENTS
from creditstore.payments.refunds import request_refund
from creditstore_plugins import Money
from support.jobs import pending_jobs, run_jobs
from support.plugin_host import ScriptedRegistry


@pytest.fixture
def two_days(settings: Settings) -> None:
    settings.CREDITSTORE_CANCELLATION_HOLD = [{"method": "pay_sandbox", "hours": 48}]


def waiting_order() -> Order:
    order = paid_order()
    run_jobs(within_seconds=0)
    order.refresh_from_db()
    return order


def person(name: str, *, staff: bool) -> User:
    return User.objects.create(email=f"{name}@example.org", is_staff=staff)


def staff(count: int) -> list[User]:
    return [person(f"staff{number}", staff=True) for number in range(count)]


@pytest.mark.django_db
def test_a_line_waits_and_goes_by_itself(registry: ScriptedRegistry, two_days: None) -> None:
    order = waiting_order()
    paid_at = order.payments.get().captured_at
    assert paid_at is not None
    until = paid_at + timedelta(hours=48)
    assert (order.state, line_of(order).state, registry.submissions) == ("paid", "paid", [])
    assert waits_until(order=order) == until
    summary = order_summary(order=order)
    assert summary.cancel_after == until
    assert f"{until:%H:%M}" in summary.next_text

    assert release_due(now=until - timedelta(seconds=1)) == 0
    assert release_due(now=until) == 1
    assert release_due(now=until) == 0
    run_jobs()
    order.refresh_from_db()
    assert order.state == "certified"
    assert order_summary(order=order).cancel_after is None


@pytest.mark.django_db
def test_what_waits_for_its_time_does_not_stall(registry: ScriptedRegistry, two_days: None) -> None:
    order = waiting_order()
    until = waits_until(order=order)
    assert until is not None
    assert (find_stalled(now=until - timedelta(minutes=1)), open_kinds(order)) == (0, [])
    assert (find_stalled(now=until + timedelta(days=1)), open_kinds(order)) == (1, ["stalled"])


@pytest.mark.django_db
def test_without_a_rule_nothing_waits(registry: ScriptedRegistry, settings: Settings) -> None:
    settings.CREDITSTORE_CANCELLATION_HOLD = [{"method": "pay_card*", "hours": 48}]
    order = paid_order()
    run_jobs()
    order.refresh_from_db()
    assert order.state == "certified"


@pytest.mark.django_db
def test_a_job_that_runs_twice_does_not_shorten_the_wait(registry: ScriptedRegistry, two_days: None) -> None:
    order = waiting_order()
    until = waits_until(order=order)
    submit_line(line_id=line_of(order).pk)
    assert (waits_until(order=order), registry.submissions) == (until, [])


@pytest.mark.django_db
def test_a_refund_within_the_wait_ends_it(registry: ScriptedRegistry, two_days: None) -> None:
    order = waiting_order()
    payment = order.payments.get()
    request_refund(
        payment=payment, amount_minor=order.total_minor, actor="staff:1", reason="asked", line=line_of(order)
    )
    assert release_due(now=clock.now() + timedelta(days=9)) == 0
    run_jobs()
    assert (registry.submissions, line_of(order).state) == ([], "refunded")


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["payment", "item"])
def test_a_dispute_stops_the_line_until_it_is_settled(registry: ScriptedRegistry, two_days: None, how: str) -> None:
    order = waiting_order()
    payment = order.payments.get()
    if how == "payment":
        transition(instance=payment, table=PAYMENTS, to="disputed", actor="pay_sandbox")
    else:
        open_item(order=order, kind=AttentionKind.DISPUTE, actor="pay_sandbox", reason="charged back")
    later = clock.now() + timedelta(days=9)
    assert release_due(now=later) == 0
    with pytest.raises(StoreError) as caught:
        release_early(line=line_of(order), actor="staff:1", approved_by=staff(2))
    assert caught.value.code == "conflict"

    if how == "payment":
        transition(instance=payment, table=PAYMENTS, to="captured", actor="pay_sandbox")
    else:
        close_items(order=order, actor="staff:1", resolution="the bank sided with us")
    assert release_due(now=later) == 1
    run_jobs()
    order.refresh_from_db()
    assert order.state == "certified"


@pytest.mark.django_db
def test_a_dispute_stops_a_line_that_has_no_wait(registry: ScriptedRegistry) -> None:
    order = paid_order()
    item = open_item(order=order, kind=AttentionKind.DISPUTE, actor="pay_sandbox", reason="charged back")
    run_jobs()
    assert (registry.submissions, line_of(order).state, release_due()) == ([], "paid", 0)
    close_items(order=order, actor="staff:1", resolution="withdrawn", kind=item.kind)
    assert release_due() == 1
    run_jobs()
    order.refresh_from_db()
    assert (order.state, open_kinds(order)) == ("certified", [])


@pytest.mark.django_db
def test_a_line_whose_units_are_all_in_doubt_is_not_sent_before_that_is_cleared_up(registry: ScriptedRegistry) -> None:
    order = paid_order()
    blocks = line_of(order).reservation.blocks.all()
    freeze(blocks=blocks, actor="system", reason="reconciliation")
    run_jobs()
    assert (registry.submissions, line_of(order).state, open_kinds(order)) == ([], "paid", ["unmatched"])
    assert release_due() == 0
    thaw(blocks=blocks, actor="staff:1", reason="looked")
    assert release_due() == 1
    run_jobs()
    order.refresh_from_db()
    assert order.state == "certified"


@pytest.mark.django_db
def test_only_two_of_staff_shorten_the_wait(registry: ScriptedRegistry, two_days: None) -> None:
    order = waiting_order()
    people = staff(2)
    outsider = person("buyer", staff=False)
    for approved_by in ([], people[:1], people[:1] * 2, [people[0], outsider]):
        with pytest.raises(StoreError) as caught:
            release_early(line=line_of(order), actor="staff:1", approved_by=approved_by)
        assert caught.value.code == "forbidden"
    assert "creditstore.cancellation.submit_line" not in pending_jobs()
    assert release_early(line=line_of(order), actor="staff:1", approved_by=people)
    run_jobs()
    order.refresh_from_db()
    assert order.state == "certified"
    with pytest.raises(StoreError) as caught:
        release_early(line=line_of(order), actor="staff:1", approved_by=people)
    assert caught.value.code == "conflict"


RULES = [
    {"method": "pay_sandbox*", "hours": 0},
    {"method": "pay_card*", "from": {"USD": 50000}, "hours": 72},
    {"method": "*", "hours": 1.5},
]


@pytest.mark.parametrize(
    ("method", "amount", "currency", "hours"),
    [
        ("pay_sandbox:pending", 999999, "USD", 0),
        ("pay_card", 50000, "USD", 72),
        ("pay_card:debit", 49999, "USD", 1.5),
        ("pay_card", 1, "EUR", 72),
        ("pay_bank", 1, "USD", 1.5),
    ],
)
def test_the_first_rule_that_fits_counts(
    settings: Settings, method: str, amount: int, currency: str, hours: float
) -> None:
    settings.CREDITSTORE_CANCELLATION_HOLD = RULES
    assert hold_for(method_id=method, amount=Money(minor=amount, currency=currency)) == timedelta(hours=hours)
    assert check_hold_rules() == []


@pytest.mark.parametrize(
    "rule",
    [
        None,
        {},
        {"method": "*"},
        {"method": "", "hours": 1},
        {"method": "*", "hours": -1},
        {"method": "*", "hours": True},
        {"method": "*", "hours": "2"},
        {"method": "*", "hours": float("nan")},
        {"method": "*", "hours": 100_000},
        {"method": "*", "hours": 1, "until": 2},
        {"method": "*", "hours": 1, "from": 500},
        {"method": "*", "hours": 1, "from": {"usd": 500}},
        {"method": "*", "hours": 1, "from": {"USD": "500"}},
    ],
)
def test_a_rule_that_cannot_be_read_is_named_at_start(settings: Settings, rule: Any) -> None:
    with pytest.raises(BadRule):
        read_rule(rule)
    settings.CREDITSTORE_CANCELLATION_HOLD = [{"method": "*", "hours": 0}, rule]
    (error,) = check_hold_rules()
    assert (error.id, error.msg.startswith("Rule 2 of")) == ("creditstore.cancellation.E002", True)


def test_a_rule_behind_one_that_always_fits_is_named(settings: Settings) -> None:
    settings.CREDITSTORE_CANCELLATION_HOLD = [RULES[2], RULES[0]]
    assert [found.id for found in check_hold_rules()] == ["creditstore.cancellation.W001"]
    settings.CREDITSTORE_CANCELLATION_HOLD = "72"
    assert [found.id for found in check_hold_rules()] == ["creditstore.cancellation.E001"]
