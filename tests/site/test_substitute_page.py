"""The order's page when other units are proposed: both sides, the price, and the buyer's two answers."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from creditstore.credits.models import Offer
from creditstore.orders.models import OrderLine, Substitution
from creditstore.orders.services import order_token
from creditstore.orders.substitution import propose_substitute
from support.desk import refused_line
from support.jobs import run_jobs
from support.ledger import make_offer, make_order
from support.plugin_host import ScriptedRegistry

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(registry: ScriptedRegistry) -> OrderLine:
    return refused_line(registry)


@pytest.fixture
def offer(line: OrderLine) -> Offer:
    return make_offer(price_minor=300, seller=line.order.seller)


def buyer_of(line: OrderLine) -> Client:
    client = Client()
    client.get(reverse("store:order-link", args=[line.order.number, order_token(line.order)]))
    return client


def page_of(client: Client, line: OrderLine) -> str:
    return client.get(reverse("store:order", args=[line.order.number])).content.decode()


def test_before_a_proposal_the_page_says_that_somebody_looks(line: OrderLine) -> None:
    page = page_of(buyer_of(line), line)
    assert "We are looking at your order" in page
    assert "The registry did not cancel these units." in page
    assert "accept" not in page.partition("<main")[2].partition('<div id="order-head"')[2]


def test_both_sides_stand_beside_each_other(line: OrderLine, offer: Offer) -> None:
    propose_substitute(line=line, offer=offer, actor="staff:1", note="Sold <elsewhere>.")
    page = page_of(buyer_of(line), line)
    for words in (
        "May we cancel other units instead?",
        line.offer.issuance.project.title,
        offer.issuance.project.title,
        "2.50 USD",
        "3.00 USD",
        "the 10.00 USD that you paid cover it",
        "Sold &lt;elsewhere&gt;.",
        "Known objections",
    ):
        assert words in page


def test_accepting_leads_to_the_certificate_of_the_other_units(line: OrderLine, offer: Offer) -> None:
    proposal = propose_substitute(line=line, offer=offer, actor="staff:1")
    client = buyer_of(line)
    address = reverse("store:order-accept", args=[line.order.number])
    for _click in range(2):
        answer = client.post(address, {"proposal": proposal.pk})
        assert (answer.status_code, answer.headers["Location"]) == (
            303,
            reverse("store:order", args=[line.order.number]),
        )
    run_jobs()
    page = page_of(client, line)
    assert "Your units are cancelled" in page
    assert "You agreed to these units instead of those of" in page
    assert reverse("store:project", args=[offer.issuance.project.ref]) in page


def test_declining_brings_the_money_back(line: OrderLine, offer: Offer) -> None:
    proposal = propose_substitute(line=line, offer=offer, actor="staff:1")
    client = buyer_of(line)
    client.post(reverse("store:order-decline", args=[line.order.number]), {"proposal": proposal.pk})
    run_jobs()
    page = page_of(client, line)
    assert "Your money was sent back" in page
    assert "Not cancelled. Your money for these units was sent back." in page


@pytest.mark.parametrize("proposal", ["", "0", "abc", "9" * 30, "²", "-1"])
def test_a_made_up_answer_is_told_kindly(line: OrderLine, proposal: str) -> None:
    client = buyer_of(line)
    answer = client.post(reverse("store:order-accept", args=[line.order.number]), {"proposal": proposal})
    assert answer.status_code == 404
    assert "There is no such proposal." in answer.content.decode()


def test_units_that_are_gone_are_told(line: OrderLine, offer: Offer) -> None:
    proposal = propose_substitute(line=line, offer=offer, actor="staff:1")
    make_order((offer, 99))
    answer = buyer_of(line).post(reverse("store:order-accept", args=[line.order.number]), {"proposal": proposal.pk})
    assert answer.status_code == 409
    assert "Only 1 units" in answer.content.decode()


def test_a_stranger_changes_nothing(line: OrderLine, offer: Offer) -> None:
    proposal = propose_substitute(line=line, offer=offer, actor="staff:1")
    for name in ("order-accept", "order-decline"):
        answer = Client().post(reverse(f"store:{name}", args=[line.order.number]), {"proposal": proposal.pk})
        assert answer.status_code == 403
        assert Client().get(reverse(f"store:{name}", args=[line.order.number])).status_code in (403, 405)
    assert Substitution.objects.get().state == "proposed"
