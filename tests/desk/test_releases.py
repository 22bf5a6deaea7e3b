"""Releasing units from doubt: two registry officers, a reason, and what a line has left goes back on sale."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from creditstore.accounts.models import User
from creditstore.core.errors import StoreError
from creditstore.core.models import TransitionRecord
from creditstore.credits.models import Offer, UnitBlock
from creditstore.credits.services import freeze
from creditstore.desk import actions, releases
from creditstore.desk.models import Approval
from creditstore.desk.queue import approval_row, item_row, waiting_approvals, waiting_items
from creditstore.orders.attention import open_items
from creditstore.orders.doubt import units_in_doubt
from creditstore.orders.models import OrderLine
from creditstore.orders.services import order_token
from creditstore.orders.substitution import accept_substitute
from creditstore.reconciliation.items import release_units
from creditstore.reconciliation.models import OpenItem
from support.desk import MANAGER, OFFICER, SUPPORT, make_staff, refused_line
from support.jobs import run_jobs
from support.ledger import make_offer
from support.plugin_host import ScriptedRegistry
from support.reconciled import make_item, make_run

pytestmark = pytest.mark.django_db

WHY = "The registry confirmed by letter that it holds them."


@pytest.fixture
def doubted(registry: ScriptedRegistry) -> OrderLine:
    """A refused line of four units, all in doubt, of an offer of fourteen."""
    return refused_line(registry, in_doubt=True)


def release(line: OrderLine) -> Approval:
    approval = releases.release_of_line(line=line, user=make_staff(), reason=WHY)
    return actions.decide(approval=approval, user=make_staff(), yes=True, note="I read the letter.")


def left(offer: Offer) -> tuple[int, int, int]:
    offer.refresh_from_db()
    return offer.sold, offer.frozen, offer.available


def kinds(line: OrderLine) -> list[str]:
    return [item.kind for item in open_items(order=line.order)]


def frozen_item(*, quantity: int = 3) -> tuple[OpenItem, Offer]:
    """An item about no order, and an offer of ten of which units are frozen because of it."""
    offer, item = make_offer(quantity=10), make_item(make_run())
    blocks = list(offer.blocks.filter(is_leaf=True)[:1])
    freeze(blocks=blocks, actor="reconciliation", reason="test")
    item.blocks.add(*blocks)
    return item, offer


def test_a_refused_line_can_be_tried_again_once_two_agree_that_its_units_are_there(doubted: OrderLine) -> None:
    with pytest.raises(StoreError, match="in doubt"):
        actions.retry(line=doubted, user=make_staff())
    approval = releases.release_of_line(line=doubted, user=make_staff(), reason=WHY)
    assert releases.release_of_line(line=doubted, user=make_staff(), reason="again") == approval
    assert units_in_doubt(line=doubted).exists()
    second = make_staff()
    actions.decide(approval=approval, user=second, yes=True, note="")
    assert not units_in_doubt(line=doubted).exists()
    rows = TransitionRecord.objects.filter(machine="block_doubt", target="trusted")
    assert set(rows.values_list("actor", "reason")) == {(f"staff:{second.pk}", WHY)}

    assert actions.retry(line=doubted, user=make_staff()) == 4
    run_jobs()
    doubted.order.refresh_from_db()
    assert doubted.order.state == "certified"


def test_units_that_a_refunded_line_left_in_doubt_go_back_on_sale(doubted: OrderLine) -> None:
    actions.refund_line(line=doubted, user=make_staff(MANAGER), reason="the seller has no others")
    run_jobs()
    doubted.order.refresh_from_db()
    offer = doubted.reservation.offer
    assert (doubted.order.state, kinds(doubted), left(offer)) == ("refunded", ["in_doubt"], (4, 0, 10))
    (item,) = waiting_items(tab="records", search=doubted.order.number)
    assert "officers" in item_row(item).next_step

    release(doubted)
    assert (kinds(doubted), left(offer)) == ([], (0, 0, 14))
    assert not UnitBlock.objects.filter(reservation=doubted.reservation).exists()
    item.refresh_from_db()
    assert item.resolution == WHY
    with pytest.raises(StoreError, match="No units"):
        releases.release_of_line(line=doubted, user=make_staff(), reason=WHY)


def test_units_that_others_stand_in_for_go_back_on_sale_and_hold_the_order_up_no_moment(doubted: OrderLine) -> None:
    first = doubted.reservation.offer
    other = make_offer(price_minor=300, seller=doubted.order.seller)
    proposal = actions.substitute(line=doubted, offer=other, user=make_staff(), note="")
    order = doubted.order
    accept_substitute(number=order.number, token=order_token(order), proposal_id=proposal.pk)
    assert kinds(doubted) == ["refused", "in_doubt"]
    run_jobs()
    order.refresh_from_db()
    doubted.refresh_from_db()
    assert (order.state, kinds(doubted)) == ("certified", ["in_doubt"])
    assert [block.quantity for block in units_in_doubt(line=doubted)] == [4]

    release(doubted)
    assert (kinds(doubted), left(first)) == ([], (0, 0, 14))
    order.refresh_from_db()
    assert order.state == "certified"


def test_what_the_reconciliation_releases_goes_back_on_sale_too(doubted: OrderLine) -> None:
    actions.refund_line(line=doubted, user=make_staff(MANAGER), reason="the seller has no others")
    item = make_item(make_run())
    item.blocks.add(*units_in_doubt(line=doubted))
    # While it is open the item is the way.
    with pytest.raises(StoreError, match="open item"):
        releases.release_of_line(line=doubted, user=make_staff(), reason=WHY)
    release_units(item_id=item.pk, actor="staff:1", reason=WHY, approved_by=(make_staff(), make_staff()))
    assert (kinds(doubted), left(doubted.reservation.offer)) == ([], (0, 0, 14))


def test_a_run_that_doubts_them_meanwhile_has_the_last_word(doubted: OrderLine) -> None:
    approval = releases.release_of_line(line=doubted, user=make_staff(), reason=WHY)
    make_item(make_run()).blocks.add(*units_in_doubt(line=doubted))
    with pytest.raises(StoreError, match="open item"):
        actions.decide(approval=approval, user=make_staff(), yes=True, note="")
    approval.refresh_from_db()
    assert approval.state == "asked"
    assert units_in_doubt(line=doubted).exists()


def test_an_item_closes_with_the_release_of_its_units() -> None:
    item, offer = frozen_item()
    assert left(offer) == (0, 10, 0)
    first, second = make_staff(), make_staff()
    approval = releases.release_of_item(item=item, user=first, reason=WHY)
    item.refresh_from_db()
    assert (item.closed_at, left(offer)) == (None, (0, 10, 0))
    (found,) = waiting_approvals()
    row = approval_row(found)
    assert (row.amount, row.number) == (None, f"Reconciliation, item {item.pk}")

    actions.decide(approval=approval, user=second, yes=True, note="")
    item.refresh_from_db()
    assert (item.closed_by, item.resolution, left(offer)) == (f"staff:{second.pk}", WHY, (0, 0, 10))
    with pytest.raises(StoreError, match="No units"):
        releases.release_of_item(item=item, user=first, reason=WHY)


def test_a_reason_is_needed(doubted: OrderLine) -> None:
    item, _offer = frozen_item()
    for text in ("", "   "):
        with pytest.raises(StoreError, match="Say why"):
            releases.release_of_item(item=item, user=make_staff(), reason=text)
        with pytest.raises(StoreError, match="Say why"):
            releases.release_of_line(line=doubted, user=make_staff(), reason=text)
    assert not Approval.objects.exists()


@pytest.mark.parametrize("role", [SUPPORT, MANAGER, ""])
def test_only_registry_officers_ask_and_decide(doubted: OrderLine, role: str) -> None:
    user, (item, offer) = make_staff(role), frozen_item()
    for ask in (
        lambda: releases.release_of_line(line=doubted, user=user, reason=WHY),
        lambda: releases.release_of_item(item=item, user=user, reason=WHY),
    ):
        with pytest.raises(StoreError) as caught:
            ask()
        assert caught.value.code == "forbidden"
    approval = releases.release_of_item(item=item, user=make_staff(OFFICER), reason=WHY)
    for yes in (True, False):
        with pytest.raises(StoreError) as caught:
            actions.decide(approval=approval, user=user, yes=yes, note="Yes.")
        assert caught.value.code == "forbidden"
    assert left(offer) == (0, 10, 0)


def test_nobody_releases_alone() -> None:
    item, offer = frozen_item()
    user = make_staff()
    approval = releases.release_of_item(item=item, user=user, reason=WHY)
    User.objects.filter(pk=user.pk).update(is_superuser=True)
    with pytest.raises(StoreError, match="somebody else"):
        actions.decide(approval=approval, user=User.objects.get(pk=user.pk), yes=True, note="")
    assert left(offer) == (0, 10, 0)


def test_a_question_is_always_about_something(doubted: OrderLine) -> None:
    item, _offer = frozen_item()
    releases.release_of_line(line=doubted, user=make_staff(), reason=WHY)
    releases.release_of_item(item=item, user=make_staff(), reason=WHY)
    of_line, of_item = Approval.objects.order_by("pk").values()
    wrong = [
        ("approval_is_about_something", {**of_line, "order_id": None}),
        ("approval_release_says_of_what", {**of_line, "line_id": None}),
        ("approval_release_says_of_what", {**of_line, "item_id": item.pk}),
        ("approval_release_says_of_what", {**of_line, "action": "cancel_anyway", "item_id": item.pk}),
        ("approval_correction_says_what", {**of_line, "action": "correct_certificate"}),
        ("approval_correction_says_what", {**of_line, "beneficiary_name": "Somebody"}),
        ("approval_asked_once", of_item),
    ]
    for name, values in wrong:
        with pytest.raises(DatabaseError, match=name), transaction.atomic():
            Approval.objects.create(**{**values, "id": None})
