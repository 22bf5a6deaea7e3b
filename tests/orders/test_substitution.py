"""Other units for a refused line: only with the buyer's word, never for more money, and each unit in one place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.db import DatabaseError, transaction

from creditstore.core import clock
from creditstore.core.errors import StoreError
from creditstore.credits.models import Offer
from creditstore.orders.fulfilment import give_up_line
from creditstore.orders.models import Order, OrderLine, Substitution
from creditstore.orders.services import order_token
from creditstore.orders.substitution import (
    accept_substitute,
    decline_substitute,
    expire_substitutes,
    propose_substitute,
    withdraw_substitute,
)
from support.desk import refusing, settle
from support.jobs import pending_jobs, run_jobs
from support.ledger import make_issuance, make_offer, make_order, make_seller
from support.plugin_host import ScriptedRegistry, scripted_host

pytestmark = pytest.mark.django_db


def make_refused(registry: ScriptedRegistry) -> OrderLine:
    """A paid line of 4 units at 2.50, refused by the registry."""
    order = make_order((make_offer(quantity=10, price_minor=250), 4)).order
    registry.submits.append(refusing)
    line = settle(order).lines.get()
    mail.outbox.clear()
    assert line.state == "refused"
    return line


@pytest.fixture
def refused(registry: ScriptedRegistry) -> OrderLine:
    return make_refused(registry)


def another(line: OrderLine, *, quantity: int = 10, price_minor: int = 300) -> Offer:
    return make_offer(quantity=quantity, price_minor=price_minor, seller=line.order.seller)


def counts(offer: Offer) -> tuple[int, int, int]:
    offer.refresh_from_db()
    return offer.reserved, offer.sold, offer.available


def keys(order: Order) -> dict[str, str]:
    return {"number": order.number, "token": order_token(order)}


def test_nothing_is_taken_before_the_buyer_agrees(refused: OrderLine) -> None:
    offer = another(refused)
    proposal = propose_substitute(line=refused, offer=offer, actor="staff:1", note="The seller sold them elsewhere.")
    assert propose_substitute(line=refused, offer=offer, actor="staff:2") == proposal
    run_jobs()
    assert counts(offer) == (0, 0, 10)
    (message,) = mail.outbox
    assert offer.issuance.project.title in message.body
    assert "The seller sold them elsewhere." in message.body
    assert refused.order.number in message.subject

    accept_substitute(**keys(refused.order), proposal_id=proposal.pk)
    assert counts(offer) == (0, 4, 6)
    assert counts(refused.offer) == (0, 0, 10)
    refused.refresh_from_db()
    assert refused.reservation.offer == offer
    assert refused.total_minor == 1000
    assert pending_jobs() == ["creditstore.desk.retry_substituted"]

    accept_substitute(**keys(refused.order), proposal_id=proposal.pk)
    assert counts(offer) == (0, 4, 6)
    assert pending_jobs() == ["creditstore.desk.retry_substituted"]


def test_the_buyer_may_rather_have_the_money(refused: OrderLine) -> None:
    offer = another(refused)
    proposal = propose_substitute(line=refused, offer=offer, actor="staff:1")
    for _click in range(2):
        decline_substitute(**keys(refused.order), proposal_id=proposal.pk)
    assert pending_jobs().count("creditstore.desk.refund_declined") == 1
    with pytest.raises(StoreError) as caught:
        accept_substitute(**keys(refused.order), proposal_id=proposal.pk)
    assert caught.value.code == "conflict"
    assert counts(offer) == (0, 0, 10)


def test_only_whoever_has_the_order_may_answer(registry: ScriptedRegistry, refused: OrderLine) -> None:
    proposal = propose_substitute(line=refused, offer=another(refused), actor="staff:1")
    other = make_order((make_offer(), 1)).order
    for asked in (
        {**keys(refused.order), "token": "0" * 64},
        {**keys(other), "number": refused.order.number},
        keys(other),
    ):
        with pytest.raises(StoreError) as caught:
            accept_substitute(**asked, proposal_id=proposal.pk)
        assert caught.value.code == "not-found"


@pytest.mark.parametrize(
    ("make", "code", "words"),
    [
        (lambda line: line.offer, "invalid", "refused"),
        (lambda line: make_offer(price_minor=300, seller=make_seller()), "invalid", "seller"),
        (lambda line: another(line, price_minor=249), "invalid", "cost less"),
        (lambda line: another(line, quantity=3), "sold-out", "Only 3"),
        (
            lambda line: make_offer(
                price_minor=300, seller=line.order.seller, issuance=make_issuance(unit_type=5, commitment_period=1)
            ),
            "",
            "",
        ),
    ],
    ids=["the same units", "another seller", "cheaper", "too few", "another period is no obstacle"],
)
def test_what_may_stand_in(refused: OrderLine, make: Callable[[OrderLine], Offer], code: str, words: str) -> None:
    offer = make(refused)
    if not code:
        assert propose_substitute(line=refused, offer=offer, actor="staff:1").state == "proposed"
        return
    with pytest.raises(StoreError, match=words) as caught:
        propose_substitute(line=refused, offer=offer, actor="staff:1")
    assert caught.value.code == code
    assert not Substitution.objects.exists()


def test_units_that_are_gone_at_the_last_moment_leave_everything_as_it_was(refused: OrderLine) -> None:
    offer = another(refused, quantity=5)
    proposal = propose_substitute(line=refused, offer=offer, actor="staff:1")
    make_order((offer, 2))
    with pytest.raises(StoreError) as caught:
        accept_substitute(**keys(refused.order), proposal_id=proposal.pk)
    assert caught.value.code == "sold-out"
    proposal.refresh_from_db()
    refused.refresh_from_db()
    assert (proposal.state, refused.reservation.offer) == ("proposed", refused.offer)
    assert counts(refused.offer) == (0, 4, 6)


def test_a_proposal_ends_by_itself(refused: OrderLine, monkeypatch: pytest.MonkeyPatch) -> None:
    proposal = propose_substitute(line=refused, offer=another(refused), actor="staff:1")
    assert expire_substitutes() == 0
    late = clock.now() + timedelta(days=8)
    monkeypatch.setattr(clock, "now", lambda: late)
    with pytest.raises(StoreError):
        accept_substitute(**keys(refused.order), proposal_id=proposal.pk)
    assert expire_substitutes() == 1
    proposal.refresh_from_db()
    assert proposal.state == "expired"
    assert propose_substitute(line=refused, offer=another(refused), actor="staff:1").state == "proposed"


def test_one_proposal_at_a_time_and_staff_may_take_it_back(refused: OrderLine) -> None:
    proposal = propose_substitute(line=refused, offer=another(refused), actor="staff:1")
    with pytest.raises(StoreError, match="Withdraw it first"):
        propose_substitute(line=refused, offer=another(refused), actor="staff:1")
    assert withdraw_substitute(proposal=proposal, actor="staff:2") is True
    assert withdraw_substitute(proposal=proposal, actor="staff:2") is False
    propose_substitute(line=refused, offer=another(refused), actor="staff:1")


def test_a_refund_makes_a_proposal_void(refused: OrderLine) -> None:
    proposal = propose_substitute(line=refused, offer=another(refused), actor="staff:1")
    give_up_line(line=refused, actor="staff:1", reason="the buyer called")
    with pytest.raises(StoreError):
        accept_substitute(**keys(refused.order), proposal_id=proposal.pk)
    proposal.refresh_from_db()
    assert proposal.state == "withdrawn"


def test_the_database_keeps_what_was_proposed(refused: OrderLine) -> None:
    offer = another(refused)
    proposal = propose_substitute(line=refused, offer=offer, actor="staff:1")
    found = Substitution.objects.filter(pk=proposal.pk)
    for change, guard in (
        ({"price_minor": 1}, "what_was_proposed_is_fixed"),
        ({"state": "accepted"}, "substitution_decided_knows_when"),
    ):
        with pytest.raises(DatabaseError, match=guard), transaction.atomic():
            found.update(**change)
    with pytest.raises(DatabaseError, match="never_deleted"), transaction.atomic():
        found.delete()


@pytest.mark.parametrize("other_answer", ["accept", "decline"])
def test_two_answers_at_once_are_one(
    fresh_database: str, interleave: Callable[..., list[object]], other_answer: str
) -> None:
    with scripted_host() as (registry, _provider):
        line = make_refused(registry)
        offer = another(line)
        proposal = propose_substitute(line=line, offer=offer, actor="staff:1")
        order_keys = keys(line.order)

        def accept() -> OrderLine:
            return accept_substitute(**order_keys, proposal_id=proposal.pk)

        def decline() -> OrderLine:
            return decline_substitute(**order_keys, proposal_id=proposal.pk)

        other = accept if other_answer == "accept" else decline
        answers = interleave(accept, other, pause_after="creditstore.orders.substitution.order_by_token")
    line.refresh_from_db()
    proposal.refresh_from_db()
    taken = 4 if proposal.state == "accepted" else 0
    assert counts(offer) == (0, taken, 10 - taken)
    failed = [answer for answer in answers if isinstance(answer, StoreError)]
    assert len(failed) == (0 if other_answer == "accept" else 1)
    assert all(isinstance(answer, OrderLine | StoreError) for answer in answers)
