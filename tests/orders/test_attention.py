"""What staff have to look at, and orders of which the registry cancelled only a part."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core import mail
from django.db import DatabaseError, transaction

from creditstore.certificates.models import Certificate
from creditstore.checkout.summary import order_summary
from creditstore.core import clock
from creditstore.orders.attention import AttentionItem, AttentionKind, close_items, open_item, open_items
from creditstore.orders.fulfilment import give_up_line, move_line, needs_attention, settle_attention
from creditstore.orders.models import Order, OrderLine
from support.desk import refusing, settle
from support.jobs import run_jobs
from support.journeys import pay
from support.ledger import make_offer, make_order, make_seller
from support.plugin_host import ScriptedRegistry

pytestmark = pytest.mark.django_db


@pytest.fixture
def half_refused(registry: ScriptedRegistry) -> Order:
    """Two lines are paid; the registry cancels the second and refuses the first."""
    seller = make_seller()
    order = make_order((make_offer(seller=seller), 3), (make_offer(seller=seller), 5)).order
    registry.submits.append(refusing)
    return settle(order)


def test_an_item_is_open_once_and_can_be_opened_again_after_it_was_closed() -> None:
    order = make_order((make_offer(), 1)).order
    first = open_item(order=order, kind="dispute", actor="pay_sandbox", reason="the bank asks")
    again = open_item(order=order, kind="dispute", actor="pay_sandbox", reason="the bank asks again")
    assert again.pk == first.pk
    other = open_item(order=order, kind="dispute", actor="pay_sandbox", reason="a line", line=order.lines.get())
    assert open_items(order=order) == [first, other]

    assert close_items(order=order, actor="staff:1", resolution="answered", kind="dispute") == 2
    assert close_items(order=order, actor="staff:1", resolution="answered") == 0
    first.refresh_from_db()
    assert (first.closed_by, first.resolution) == ("staff:1", "answered")
    assert open_item(order=order, kind="dispute", actor="pay_sandbox", reason="once more").pk != first.pk


def test_a_kind_that_nobody_knows_is_refused() -> None:
    order = make_order((make_offer(), 1)).order
    with pytest.raises(ValueError, match="mood"):
        open_item(order=order, kind="mood", actor="system", reason="x")


@pytest.mark.parametrize("with_line", [False, True])
def test_the_database_holds_one_open_item(*, with_line: bool) -> None:
    order = make_order((make_offer(), 1)).order
    values = {"order": order, "line": order.lines.get() if with_line else None, "kind": AttentionKind.STALLED}
    AttentionItem.objects.create(**values, reason="a", actor="system", opened_at=clock.now())
    with pytest.raises(DatabaseError, match="attention_open_once"), transaction.atomic():
        AttentionItem.objects.create(**values, reason="b", actor="system", opened_at=clock.now())


def test_the_database_keeps_what_was_found_and_how_it_ended() -> None:
    order = make_order((make_offer(), 1)).order
    item = open_item(order=order, kind="stalled", actor="system", reason="nothing moves")
    found = AttentionItem.objects.filter(pk=item.pk)
    with pytest.raises(DatabaseError, match="what_was_found_is_fixed"), transaction.atomic():
        found.update(reason="all is well")
    with pytest.raises(DatabaseError, match="attention_closed_by_somebody"), transaction.atomic():
        found.update(closed_at=clock.now())
    close_items(order=order, actor="staff:1", resolution="it moved")
    with pytest.raises(DatabaseError, match="closed_is_final"), transaction.atomic():
        found.update(closed_at=None, closed_by="", resolution="")
    with pytest.raises(DatabaseError, match="never_deleted"), transaction.atomic():
        found.delete()


def test_a_dispute_of_a_certified_order_leaves_it_certified(registry: ScriptedRegistry) -> None:
    order = settle(make_order((make_offer(), 2)).order)
    needs_attention(order=order, kind="dispute", actor="pay_sandbox", reason="the bank asks")
    order.refresh_from_db()
    assert order.state == "certified"
    assert [item.kind for item in open_items(order=order)] == ["dispute"]


def test_an_order_goes_on_when_what_was_open_is_settled(registry: ScriptedRegistry) -> None:
    order = make_order((make_offer(), 2)).order
    pay(order)
    order.refresh_from_db()
    needs_attention(order=order, kind="review", actor="a_check", reason="looks odd")
    needs_attention(order=order, kind="dispute", actor="pay_sandbox", reason="the bank asks")
    for kind, state in (("review", "needs_attention"), ("dispute", "paid")):
        settle_attention(order=order, actor="staff:1", resolution="fine", kind=kind)
        order.refresh_from_db()
        assert order.state == state


def test_a_refused_line_is_an_item_of_its_own(half_refused: Order) -> None:
    assert half_refused.state == "needs_attention"
    (item,) = open_items(order=half_refused)
    assert (item.kind, item.line) == ("refused", half_refused.lines.get(state="refused"))
    assert not Certificate.objects.filter(order=half_refused).exists()


def test_what_was_cancelled_is_certified_while_the_rest_is_refunded(half_refused: Order) -> None:
    refused = half_refused.lines.get(state="refused")
    cancelled = half_refused.lines.get(state="cancelled")
    mail.outbox.clear()

    assert give_up_line(line=refused, actor="staff:1", reason="the buyer wants the money") is True
    assert give_up_line(line=refused, actor="staff:1", reason="again") is False
    run_jobs()
    half_refused.refresh_from_db()
    assert half_refused.state == "partly_cancelled"
    assert open_items(order=half_refused) == []
    refused.offer.refresh_from_db()
    assert (refused.offer.available, refused.offer.sold) == (100, 0)

    certificate = half_refused.certificates.get()
    assert certificate.facts["quantity"] == cancelled.quantity == 5
    assert {part["project_ref"] for part in certificate.facts["ranges"]} == {cancelled.offer.issuance.project.ref}
    summary = order_summary(order=half_refused)
    assert summary.certificate is not None
    assert summary.final is False
    (message,) = mail.outbox
    assert "could not be cancelled" in message.subject
    assert "0 of 3 units cancelled" in message.body
    assert "5 of 5 units cancelled" in message.body

    move_line(line=refused, to="refunded", actor="pay_sandbox")
    run_jobs()
    half_refused.refresh_from_db()
    assert half_refused.state == "certified"
    assert half_refused.certificates.get() == certificate
    assert "the rest was sent back" in order_summary(order=half_refused).next_text
    assert len(mail.outbox) == 2


def test_an_order_of_which_nothing_was_cancelled_ends_refunded(registry: ScriptedRegistry) -> None:
    registry.submits.append(refusing)
    order = settle(make_order((make_offer(), 3)).order)
    line = order.lines.get()
    give_up_line(line=line, actor="staff:1", reason="cannot be cancelled")
    order.refresh_from_db()
    assert order.state == "refunding"
    move_line(line=line, to="refunded", actor="pay_sandbox")
    run_jobs()
    order.refresh_from_db()
    assert order.state == "refunded"
    assert not Certificate.objects.filter(order=order).exists()


@pytest.mark.parametrize("to", ["cancelling", "refused", "cancelled", "paid"])
def test_a_line_whose_money_goes_back_is_never_tried_again(half_refused: Order, to: str) -> None:
    line = half_refused.lines.get(state="refused")
    give_up_line(line=line, actor="staff:1", reason="refund")
    with pytest.raises(DatabaseError, match="transition"), transaction.atomic():
        OrderLine.objects.filter(pk=line.pk).update(state=to)


def test_two_openings_at_once_make_one_item(fresh_database: str, interleave: Callable[..., list[object]]) -> None:
    order = make_order((make_offer(), 1)).order

    def opening() -> AttentionItem:
        return open_item(order=order, kind="stalled", actor="system", reason="nothing moves")

    first, second = interleave(opening, opening, pause_after="creditstore.orders.attention.AttentionKind")
    assert first == second
    assert AttentionItem.objects.count() == 1
