"""A program answers, for its buyer, what staff propose instead of refused units."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from creditstore.credits.models import Offer
from creditstore.orders.models import OrderLine, Substitution
from creditstore.orders.services import order_token
from creditstore.orders.substitution import propose_substitute, withdraw_substitute
from creditstore.payments.models import Refund
from support.desk import refused_line, refusing, settle
from support.jobs import run_jobs
from support.ledger import make_issuance, make_offer, make_order, make_seller
from support.plugin_host import ScriptedRegistry

pytestmark = pytest.mark.django_db

KEY = "the-buyers-word"


@pytest.fixture
def line(registry: ScriptedRegistry) -> OrderLine:
    return refused_line(registry)


def propose(line: OrderLine, **changes: Any) -> Substitution:
    offer = make_offer(price_minor=300, seller=line.order.seller, **changes)
    return propose_substitute(line=line, offer=offer, actor="staff:1", note="Sold elsewhere.")


def answer(api: Any, line: OrderLine, body: object, **options: Any) -> Any:
    options.setdefault("token", order_token(line.order))
    return api.post(f"/orders/{line.order.number}/substitute", body, **options)


def seen(api: Any, line: OrderLine) -> Any:
    return api.get(f"/orders/{line.order.number}", token=order_token(line.order)).json()


def test_the_order_tells_what_is_proposed(api: Any, line: OrderLine) -> None:
    assert seen(api, line)["lines"][0]["substitute"] is None
    proposal = propose(line, issuance=make_issuance(commitment_period=1, monitoring_start=date(2010, 1, 1)))
    told = seen(api, line)["lines"][0]["substitute"]
    project = proposal.offer.issuance.project
    assert (told["proposal"], told["project"], told["project_title"]) == (proposal.pk, project.ref, project.title)
    assert (told["quantity"], told["price"]["amount"], told["note"]) == (4, "3.00", "Sold elsewhere.")
    assert {item["code"] for item in told["objections"]} == {"old-vintage"}


@pytest.mark.parametrize("named", [True, False])
def test_accepting_leads_to_the_certificate_of_the_other_units(api: Any, line: OrderLine, *, named: bool) -> None:
    proposal = propose(line)
    body = {"answer": "accept", **({"proposal": proposal.pk} if named else {})}
    first = answer(api, line, body, key=KEY)
    assert first.status_code == 200, first.content
    assert first.json()["lines"][0]["substitute"] is None
    again = answer(api, line, body, key=KEY)
    assert (again.json(), again["Idempotent-Replayed"]) == (first.json(), "true")
    run_jobs()
    order = seen(api, line)
    assert (order["state"], order["lines"][0]["offer"]) == ("certified", proposal.offer.code)
    assert order["money"]["paid"]["amount"] == "10.00"


def test_declining_sends_the_money_back(api: Any, line: OrderLine) -> None:
    proposal = propose(line)
    assert answer(api, line, {"answer": "decline", "proposal": proposal.pk}).status_code == 200
    # Said twice under different keys it is still one answer.
    assert answer(api, line, {"answer": "decline", "proposal": proposal.pk}).status_code == 200
    run_jobs()
    assert seen(api, line)["state"] == "refunded"
    assert Refund.objects.get().amount_minor == 1000
    late = answer(api, line, {"answer": "accept", "proposal": proposal.pk})
    assert (late.status_code, late.json()["type"]) == (409, "/problems/conflict")


def test_what_was_proposed_after_one_looked_is_not_accepted(api: Any, line: OrderLine) -> None:
    looked_at = propose(line)
    withdraw_substitute(proposal=looked_at, actor="staff:1")
    other = propose(line)
    refused = answer(api, line, {"answer": "accept", "proposal": looked_at.pk}, key=KEY)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/conflict")
    other.refresh_from_db()
    assert other.state == "proposed"
    # A refused call leaves its key free.
    assert answer(api, line, {"answer": "accept", "proposal": other.pk}, key=KEY).status_code == 200


def test_units_that_are_gone_are_not_accepted_and_the_question_stays_open(api: Any, line: OrderLine) -> None:
    proposal = propose(line)
    Offer.objects.filter(pk=proposal.offer_id).update(state="paused")
    gone = answer(api, line, {"answer": "accept"})
    assert (gone.status_code, gone.json()["type"]) == (422, "/problems/unknown-offer")
    proposal.refresh_from_db()
    assert proposal.state == "proposed"


def test_with_several_proposals_one_says_which(api: Any, registry: ScriptedRegistry) -> None:
    seller = make_seller()
    registry.submits.extend([refusing, refusing])
    order = settle(make_order((make_offer(seller=seller), 2), (make_offer(seller=seller), 3)).order)
    first, second = order.lines.order_by("position")
    propose(first)
    proposal = propose(second)
    unclear = answer(api, first, {"answer": "accept"})
    assert (unclear.status_code, unclear.json()["errors"][0]["field"]) == (422, "proposal")
    assert answer(api, first, {"answer": "accept", "proposal": proposal.pk}).status_code == 200
    second.refresh_from_db()
    assert second.reservation.offer == proposal.offer


def test_nothing_proposed_nothing_answered(api: Any, line: OrderLine) -> None:
    refused = answer(api, line, {"answer": "accept"})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/conflict")


def test_a_proposal_of_another_order_is_not_there(api: Any, line: OrderLine, registry: ScriptedRegistry) -> None:
    foreign = propose(refused_line(registry))
    assert answer(api, line, {"answer": "accept", "proposal": foreign.pk}).status_code == 404
    foreign.refresh_from_db()
    assert foreign.state == "proposed"


@pytest.mark.parametrize(
    "body", [None, {}, {"answer": "maybe"}, {"answer": "accept", "proposal": 0}, {"answer": "accept", "more": 1}]
)
def test_bad_words_are_named(api: Any, line: OrderLine, body: object) -> None:
    propose(line)
    refused = answer(api, line, body)
    assert refused.status_code in (400, 422)
    assert line.substitutions.get().state == "proposed"


@pytest.mark.parametrize(("token", "status"), [("nonsense", 401), ("x" * 43, 404), (None, 401)])
def test_only_who_has_the_order_answers(api: Any, line: OrderLine, token: str | None, status: int) -> None:
    propose(line)
    assert answer(api, line, {"answer": "accept"}, token=token).status_code in (status, 404)
    assert line.substitutions.get().state == "proposed"
