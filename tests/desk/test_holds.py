"""Cancelling earlier than the rules say, or although a check was not content: never by one person alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from creditstore.core.errors import StoreError
from creditstore.desk import actions
from creditstore.orders.attention import open_item, open_items
from creditstore.orders.models import OrderLine
from creditstore.payments.models import Refund
from creditstore_plugins import Review
from support.desk import MANAGER, OFFICER, SUPPORT, make_staff
from support.jobs import run_jobs
from support.journeys import pay
from support.ledger import make_offer, make_order
from support.plugin_host import ScriptedChecks, ScriptedRegistry, scripted_host

pytestmark = pytest.mark.django_db


def paid_line() -> OrderLine:
    order = make_order((make_offer(price_minor=250), 4)).order
    pay(order)
    run_jobs(within_seconds=0)
    line = order.lines.get()
    assert line.state == "paid"
    return line


@pytest.fixture
def waiting(registry: ScriptedRegistry, settings: Settings) -> OrderLine:
    """A paid line that waits for two days."""
    settings.CREDITSTORE_CANCELLATION_HOLD = [{"method": "pay_sandbox", "hours": 48}]
    return paid_line()


@pytest.fixture
def reviewed() -> Iterator[OrderLine]:
    """A paid line of an order that a check wants somebody to look at."""
    checks = ScriptedChecks(outcomes=[Review(reason="the name is on a list")])
    with scripted_host(checks):
        yield paid_line()


def state_of(line: OrderLine) -> str:
    line.refresh_from_db()
    line.order.refresh_from_db()
    return line.order.state


def test_a_line_goes_before_its_time_when_two_agree(waiting: OrderLine) -> None:
    first, second = make_staff(SUPPORT), make_staff(MANAGER)
    approval = actions.release_hold(line=waiting, user=first, reason="The bank says that the money is there.")
    run_jobs(within_seconds=0)
    assert state_of(waiting) == "paid"
    with pytest.raises(StoreError):
        actions.decide(approval=approval, user=first, yes=True, note="")
    actions.decide(approval=approval, user=second, yes=True, note="")
    run_jobs()
    assert state_of(waiting) == "certified"
    assert waiting.cancellation_hold.released_by == f"staff:{second.pk}"
    with pytest.raises(StoreError, match="does not wait"):
        actions.release_hold(line=waiting, user=first, reason="again")


def test_while_something_else_stops_it_the_answer_waits(waiting: OrderLine) -> None:
    approval = actions.release_hold(line=waiting, user=make_staff(), reason="The money is there.")
    open_item(order=waiting.order, kind="dispute", actor="pay_sandbox", reason="the bank asks")
    with pytest.raises(StoreError, match="Something else stops"):
        actions.decide(approval=approval, user=make_staff(), yes=True, note="")
    approval.refresh_from_db()
    assert approval.state == "asked"


def test_money_that_goes_back_ends_the_wait(waiting: OrderLine) -> None:
    approval = actions.release_hold(line=waiting, user=make_staff(), reason="The money is there.")
    assert isinstance(actions.refund_line(line=waiting, user=make_staff(), reason="the buyer asked"), Refund)
    with pytest.raises(StoreError):
        actions.decide(approval=approval, user=make_staff(), yes=True, note="")
    run_jobs()
    assert state_of(waiting) == "refunded"


def test_after_a_review_two_let_it_go_on(reviewed: OrderLine) -> None:
    (item,) = open_items(order=reviewed.order)
    assert (item.kind, state_of(reviewed)) == ("review", "needs_attention")
    first, second = make_staff(SUPPORT), make_staff(OFFICER)
    with pytest.raises(StoreError, match="second person"):
        actions.close(item=item, user=first, note="It is somebody else of that name.")
    approval = actions.cancel_anyway(line=reviewed, user=first, reason="It is somebody else of that name.")
    run_jobs(within_seconds=0)
    assert state_of(reviewed) == "needs_attention"
    actions.decide(approval=approval, user=second, yes=True, note="")
    run_jobs()
    assert state_of(reviewed) == "certified"


def test_after_a_review_one_may_refund(reviewed: OrderLine) -> None:
    actions.refund_line(line=reviewed, user=make_staff(MANAGER), reason="It is on the list.")
    run_jobs()
    assert state_of(reviewed) == "refunded"
    assert open_items(order=reviewed.order) == []


def test_what_no_check_asked_about_needs_no_yes(waiting: OrderLine) -> None:
    with pytest.raises(StoreError, match="No check"):
        actions.cancel_anyway(line=waiting, user=make_staff(), reason="to be sure")


@pytest.mark.parametrize("role", [MANAGER, ""])
def test_who_may_ask(waiting: OrderLine, reviewed: OrderLine, role: str) -> None:
    user = make_staff(role)
    for ask, line in ((actions.release_hold, waiting), (actions.cancel_anyway, reviewed)):
        with pytest.raises(StoreError) as caught:
            ask(line=line, user=user, reason="please")
        assert caught.value.code == "forbidden"
