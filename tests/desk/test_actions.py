"""What staff do with orders: each action by its role, each in the audit trail under the person's name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from creditstore.certificates.models import Certificate
from creditstore.core import clock
from creditstore.core.errors import StoreError
from creditstore.core.models import TransitionRecord
from creditstore.credits.services import freeze, thaw
from creditstore.desk import actions
from creditstore.desk.models import Approval
from creditstore.desk.queue import approval_row, item_row, open_kinds, waiting_approvals, waiting_items
from creditstore.desk.stalled import find_stalled
from creditstore.desk.trail import names_of, order_trail
from creditstore.orders.attention import AttentionItem, open_item, open_items
from creditstore.orders.models import Order, OrderLine
from creditstore.orders.services import order_token
from creditstore.orders.substitution import accept_substitute, decline_substitute, suitable_offers
from creditstore.payments.models import Payment, Refund
from support.desk import MANAGER, OFFICER, SUPPORT, cancelled_line, make_staff, refused_line, settle
from support.jobs import run_jobs
from support.journeys import pay
from support.ledger import make_issuance, make_offer, make_order
from support.plugin_host import ScriptedRegistry

pytestmark = pytest.mark.django_db


@pytest.fixture
def refused(registry: ScriptedRegistry) -> OrderLine:
    return refused_line(registry)


def fresh(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


ACTIONS: dict[str, Callable[[OrderLine, object], object]] = {
    "retry": lambda line, user: actions.retry(line=line, user=user),  # type: ignore[arg-type]
    "substitute": lambda line, user: actions.substitute(
        line=line,
        offer=make_offer(price_minor=300, seller=line.order.seller),
        user=user,  # type: ignore[arg-type]
        note="",
    ),
    "refund": lambda line, user: actions.refund_line(line=line, user=user, reason="refused"),  # type: ignore[arg-type]
    "close": lambda line, user: actions.close(
        item=open_item(order=line.order, kind="dispute", actor="system", reason="x"),
        user=user,  # type: ignore[arg-type]
        note="answered",
    ),
}


#: Whoever moves money acts on nothing else, and the other way round.
MAY = {"refund": (MANAGER,), **dict.fromkeys(("retry", "substitute", "close"), (SUPPORT, OFFICER))}


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("role", [SUPPORT, OFFICER, MANAGER, ""])
def test_who_may_act(refused: OrderLine, action: str, role: str) -> None:
    user = make_staff(role)
    if role in MAY[action]:
        ACTIONS[action](refused, user)
        actors = set(order_trail(order=refused.order).values_list("actor", flat=True))
        assert f"staff:{user.pk}" in actors
    else:
        before = TransitionRecord.objects.filter(actor=f"staff:{user.pk}").count()
        with pytest.raises(StoreError) as caught:
            ACTIONS[action](refused, user)
        assert caught.value.code == "forbidden"
        assert TransitionRecord.objects.filter(actor=f"staff:{user.pk}").count() == before


def test_trying_again_leads_to_the_certificate(refused: OrderLine) -> None:
    assert actions.retry(line=refused, user=make_staff()) == 4
    assert open_items(order=refused.order) == []
    run_jobs()
    assert fresh(refused.order).state == "certified"
    assert refused.registry_transactions.count() == 2


def test_the_buyer_accepts_and_the_certificate_names_what_was_cancelled(refused: OrderLine) -> None:
    offer = make_offer(price_minor=300, seller=refused.order.seller)
    proposal = actions.substitute(line=refused, offer=offer, user=make_staff(), note="Sold elsewhere.")
    run_jobs()
    order = refused.order
    accept_substitute(number=order.number, token=order_token(order), proposal_id=proposal.pk)
    run_jobs()
    assert fresh(order).state == "certified"
    facts = Certificate.objects.get(order=order).facts
    assert {part["project_ref"] for part in facts["ranges"]} == {offer.issuance.project.ref}
    assert facts["quantity"] == 4
    assert open_items(order=order) == []


def test_the_buyer_declines_and_the_money_goes_back(refused: OrderLine) -> None:
    offer = make_offer(price_minor=300, seller=refused.order.seller)
    proposal = actions.substitute(line=refused, offer=offer, user=make_staff(), note="")
    order = refused.order
    decline_substitute(number=order.number, token=order_token(order), proposal_id=proposal.pk)
    run_jobs()
    refund = Refund.objects.get()
    assert (refund.amount_minor, refund.state) == (1000, "done")
    assert fresh(order).state == "refunded"
    offer.refresh_from_db()
    assert (offer.reserved, offer.sold) == (0, 0)


def test_suitable_offers_are_those_that_may_be_proposed(refused: OrderLine) -> None:
    seller = refused.order.seller
    good = [make_offer(price_minor=price, seller=seller) for price in (400, 250)]
    make_offer(price_minor=400)
    make_offer(price_minor=249, seller=seller)
    make_offer(price_minor=400, seller=seller, quantity=3)
    make_offer(price_minor=400, seller=seller, issuance=make_issuance(quantity=3), quantity=3)
    assert suitable_offers(line=refused) == list(reversed(good))
    user = make_staff()
    for offer in good:
        proposal = actions.substitute(line=refused, offer=offer, user=user, note="")
        assert actions.take_back_substitute(proposal=proposal, user=user) is True


def test_a_refused_line_is_decided_not_closed(refused: OrderLine) -> None:
    (item,) = open_items(order=refused.order)
    with pytest.raises(StoreError, match="not decided"):
        actions.close(item=item, user=make_staff(), note="later")
    assert open_items(order=refused.order) == [item]


def test_closing_needs_a_note_and_lets_the_order_go_on(registry: ScriptedRegistry) -> None:
    order = make_order((make_offer(), 2)).order
    pay(order)
    item = open_item(order=order, kind="unmatched", actor="system", reason="the records differ")
    Order.objects.filter(pk=order.pk).update(state="needs_attention")
    user = make_staff()
    with pytest.raises(StoreError, match="Say why"):
        actions.close(item=item, user=user, note=" ")
    assert actions.close(item=item, user=user, note="The bank was late.") is True
    assert actions.close(item=item, user=user, note="The bank was late.") is False
    item.refresh_from_db()
    assert (item.closed_by, item.resolution) == (f"staff:{user.pk}", "The bank was late.")
    assert fresh(order).state == "paid"


def test_a_whole_order_can_be_refunded(refused: OrderLine) -> None:
    payment = Payment.objects.get(order=refused.order)
    assert actions.refund_purposes(payment=payment) == {"order": 1000}
    actions.refund(payment=payment, amount_minor=1000, user=make_staff(), reason="refused", purpose="order")
    run_jobs()
    assert fresh(refused.order).state == "refunded"
    assert actions.refund_purposes(payment=payment) == {}


def test_the_queue_tells_what_waits_and_what_to_do(refused: OrderLine) -> None:
    before = open_kinds()
    (row,) = [item_row(item) for item in waiting_items(tab="refused", search=refused.order.number)]
    assert (row.number, row.amount.minor) == (refused.order.number, 1000)
    assert "try again" in row.next_step
    assert list(waiting_items(tab="disputes", search=refused.order.number)) == []
    assert waiting_items(search=refused.order.buyer_email).exists()
    assert not waiting_items(search="\x00no such order").exists()

    actions.substitute(
        line=refused, offer=make_offer(price_minor=300, seller=refused.order.seller), user=make_staff(), note=""
    )
    assert "wait for the buyer" in item_row(waiting_items(tab="refused", search=refused.order.number).get()).next_step

    line = cancelled_line()
    actions.refund_line(line=line, user=make_staff(), reason="the name was wrong")
    after = open_kinds()
    assert after["approvals"] == before["approvals"] + 1
    (asked,) = [approval_row(item) for item in waiting_approvals(search=line.order.number)]
    assert (asked.amount.minor, asked.reason) == (1000, "the name was wrong")


def test_what_does_not_move_is_told_once_and_forgotten_when_it_moves(registry: ScriptedRegistry) -> None:
    order = make_order((make_offer(), 2)).order
    pay(order)
    later = clock.now() + timedelta(minutes=61)
    assert find_stalled() == 0
    assert find_stalled(now=later) == 1
    assert find_stalled(now=later) == 0
    (item,) = open_items(order=order)
    assert (item.kind, item.line) == ("stalled", order.lines.get())
    # A worker that was away: nobody has to do anything, so the order's state says nothing.
    assert fresh(order).state == "paid"
    run_jobs()
    assert fresh(order).state == "certified"
    find_stalled(now=later)
    assert open_items(order=order) == []


def test_a_certificate_that_is_not_made_is_told(registry: ScriptedRegistry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("creditstore.orders.fulfilment._ask_for_certificate", lambda order: None)
    order = make_order((make_offer(), 2)).order
    pay(order)
    run_jobs()
    assert fresh(order).state == "cancelled"
    assert find_stalled(now=clock.now() + timedelta(minutes=61)) == 1
    assert AttentionItem.objects.get(order=order).reason == "cancelled for more than 60 minutes"


def test_the_trail_of_an_order_is_all_of_it_and_nothing_else(refused: OrderLine) -> None:
    other = settle(make_order((make_offer(), 1)).order)
    user = make_staff()
    actions.refund_line(line=refused, user=user, reason="refused")
    run_jobs()
    trail = list(order_trail(order=refused.order))
    machines = {row.machine for row in trail}
    assert {"order", "line", "reservation", "payment", "refund", "registry_transaction", "attention"} <= machines
    assert [row.at for row in trail] == sorted(row.at for row in trail)
    assert not {row.pk for row in trail} & {row.pk for row in order_trail(order=other)}
    assert names_of([f"staff:{user.pk}", "buyer", "staff:0"]) == {
        f"staff:{user.pk}": user.email,
        "buyer": "buyer",
        "staff:0": "staff:0",
    }


def test_asking_is_in_the_trail_too(registry: ScriptedRegistry) -> None:
    line, first, second = cancelled_line(), make_staff(), make_staff()
    approval = actions.refund_line(line=line, user=first, reason="wrong name")
    assert isinstance(approval, Approval)
    actions.decide(approval=approval, user=second, yes=True, note="seen")
    rows = list(order_trail(order=line.order).filter(machine="approval").values_list("source", "target", "actor"))
    assert rows == [("", "asked", f"staff:{first.pk}"), ("asked", "approved", f"staff:{second.pk}")]


def test_an_order_that_was_paid_while_its_units_were_in_doubt_goes_on_when_that_is_cleared_up(
    registry: ScriptedRegistry,
) -> None:
    offer = make_offer(quantity=10)
    order = make_order((offer, 4)).order
    blocks = offer.blocks.filter(is_leaf=True)
    freeze(blocks=blocks, actor="system", reason="for this test")
    pay(order)
    (item,) = open_items(order=order)
    assert (fresh(order).state, item.kind) == ("needs_attention", "unmatched")
    officer = make_staff(OFFICER)
    # Still in doubt: closing the item opens another one, and no unit is sold.
    actions.close(item=item, user=officer, note="looked at it too early")
    (again,) = open_items(order=order)
    assert again.pk != item.pk
    thaw(blocks=blocks, actor="system", reason="the registry holds them")
    actions.close(item=again, user=officer, note="the registry holds them")
    run_jobs()
    assert fresh(order).state == "certified"
