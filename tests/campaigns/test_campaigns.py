"""Orders that count towards a campaign: by link and basket or by the API, never by a cookie."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import ProgrammingError, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from creditstore.campaigns.models import BasketCampaign, Campaign
from creditstore.campaigns.services import announce_campaign, close_campaign, open_campaign
from creditstore.orders.attribution import progress_of
from creditstore.orders.models import Order
from creditstore.orders.services import place_order
from support.desk import refusing
from support.jobs import run_jobs
from support.journeys import cancelled_order, paid_order, pay
from support.ledger import make_offer, make_order, make_seller, order_request
from support.plugin_host import ScriptedProvider, ScriptedRegistry
from support.visitor import BASKET, CHECKOUT, Visitor, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign() -> Campaign:
    return announce_campaign(source=uuid.uuid4(), title="Light for Lamu")


def project_page(offer: Any, query: str = "") -> str:
    return f"/en/store/projects/{offer.issuance.project.ref}/{query}"


def add(visitor: Visitor, offer: Any, key: str) -> None:
    values = {"offer": offer.code, "quantity": "2", "campaign": key}
    assert visitor.post(f"{BASKET}add/", values).status_code == 302


def test_announcing_again_renames_and_opens_and_keeps_the_key(campaign: Campaign) -> None:
    close_campaign(source=campaign.source)
    assert open_campaign(key=campaign.key) is None
    again = announce_campaign(source=campaign.source, title="Light for all of Lamu")
    assert (again.pk, again.key) == (campaign.pk, campaign.key)
    assert open_campaign(key=campaign.key) == again
    assert Campaign.objects.get(pk=campaign.pk).title == "Light for all of Lamu"


def test_the_database_keeps_key_and_source(campaign: Campaign) -> None:
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        Campaign.objects.filter(pk=campaign.pk).update(key="0000000000")


def test_the_way_from_the_campaigns_link_to_the_order(
    visitor: Visitor, campaign: Campaign, provider: ScriptedProvider
) -> None:
    offer = make_offer()
    page = visitor.get(project_page(offer, f"?campaign={campaign.key}"))
    assert "What you order from here counts towards “Light for Lamu”." in words(page)
    assert f'<input type="hidden" name="campaign" value="{campaign.key}">' in page.content.decode()
    assert page["Cache-Control"].startswith("public")
    assert not page.cookies
    add(visitor, offer, campaign.key)
    assert "What you order from this basket counts towards “Light for Lamu”." in words(visitor.get(BASKET))
    assert "Counts towards “Light for Lamu”." in words(visitor.get(CHECKOUT))
    answer = visitor.order(visitor.checkout_form())
    order = Order.objects.get(number=answer["Location"].rstrip("/").rpartition("/")[2])
    assert order.campaign == campaign


def test_the_campaign_is_no_part_of_the_pages_address_elsewhere(visitor: Visitor, campaign: Campaign) -> None:
    offer = make_offer()
    with_key = visitor.get(project_page(offer, f"?campaign={campaign.key}")).content.decode()
    assert f'rel="canonical" href="http://127.0.0.1:8000{project_page(offer)}"' in with_key
    assert "counts towards" not in visitor.get(project_page(offer)).content.decode()


def test_the_buyer_can_take_it_off_again(visitor: Visitor, campaign: Campaign, provider: ScriptedProvider) -> None:
    offer = make_offer()
    add(visitor, offer, campaign.key)
    visitor.post(f"{BASKET}update/", {"uncount": "1"})
    assert "counts towards" not in words(visitor.get(BASKET))
    assert "Counts towards" not in words(visitor.get(CHECKOUT))
    visitor.order(visitor.checkout_form())
    assert Order.objects.latest("pk").campaign is None


def test_the_last_campaign_that_led_to_the_basket_counts(visitor: Visitor, campaign: Campaign) -> None:
    other = announce_campaign(source=uuid.uuid4(), title="A wind farm in Chile")
    add(visitor, make_offer(), campaign.key)
    add(visitor, make_offer(), other.key)
    assert BasketCampaign.objects.get().campaign == other


@pytest.mark.parametrize("key", ["", "unknown", "no such\x00key", "é" * 10, "x" * 500, "<script>", "0000000000"])
def test_a_key_that_is_not_known_changes_nothing(visitor: Visitor, key: str, campaign: Campaign) -> None:
    offer = make_offer()
    assert visitor.get(project_page(offer), {"campaign": key}).status_code == 200
    add(visitor, offer, key)
    assert not BasketCampaign.objects.exists()
    assert make_order((offer, 1), campaign=key).order.campaign is None


def test_a_closed_campaign_counts_no_new_orders_and_keeps_the_old(
    visitor: Visitor, campaign: Campaign, registry: ScriptedRegistry, provider: ScriptedProvider
) -> None:
    offer = make_offer()
    before = make_order((offer, 3), campaign=campaign.key).order
    add(visitor, offer, campaign.key)
    close_campaign(source=campaign.source)
    assert "counts towards" not in words(visitor.get(BASKET))
    assert make_order((offer, 1), campaign=campaign.key).order.campaign is None
    before.refresh_from_db()
    assert before.campaign == campaign


def test_an_order_never_changes_its_campaign(campaign: Campaign) -> None:
    order = make_order((make_offer(), 1), campaign=campaign.key).order
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(campaign=None)


def test_the_same_order_sent_again_is_one_order(campaign: Campaign) -> None:
    request = order_request((make_offer(), 2), campaign=campaign.key)
    first = place_order(request=request, placement_key="twice")
    # Even when the campaign ended in between.
    close_campaign(source=campaign.source)
    again = place_order(request=request, placement_key="twice")
    assert again.replayed
    assert again.order.campaign == first.order.campaign == campaign


def test_the_api_takes_a_campaign(campaign: Campaign) -> None:
    offer = make_offer()
    body = {
        "lines": [{"offer": offer.code, "quantity": 2}],
        "buyer": {"email": "buyer@example.org", "name": "Ana Buyer", "country": "CL"},
        "beneficiary": {"name": "Example School"},
        "visibility": "full",
        "consent": {"terms": order_request().terms_version, "immediate_performance": True},
        "campaign": campaign.key,
    }
    answer = Client().post(
        "/api/v1/orders", body, content_type="application/json", headers={"Idempotency-Key": "one-campaign"}
    )
    assert answer.status_code == 201, answer.content
    assert Order.objects.get(number=answer.json()["number"]).campaign == campaign


def test_only_what_the_registry_cancelled_counts(registry: ScriptedRegistry, provider: ScriptedProvider) -> None:
    campaign = announce_campaign(source=uuid.uuid4(), title="Only what is done")

    def counted() -> int:
        return progress_of(sources=[campaign.source])[campaign.source].cancelled

    registry.submits.append(refusing)
    seller = make_seller()
    offers = [make_offer(seller=seller), make_offer(seller=seller)]
    order = make_order((offers[0], 4), (offers[1], 3), campaign=campaign.key).order
    assert counted() == 0
    pay(order)
    assert counted() == 0
    # Another order, which names no campaign.
    cancelled_order((make_offer(), 50))
    run_jobs()
    states = {line.quantity: line.state for line in order.lines.all()}
    assert sorted(states.values()) == ["cancelled", "refused"]
    assert counted() == next(quantity for quantity, state in states.items() if state == "cancelled")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.integers(0, 2), st.integers(1, 5), st.sampled_from(["place", "pay", "cancel"])), max_size=8
    )
)
def test_progress_is_the_sum_of_what_was_cancelled(
    registry: ScriptedRegistry, provider: ScriptedProvider, steps: list[tuple[int, int, str]]
) -> None:
    campaigns = [announce_campaign(source=uuid.uuid4(), title=f"Campaign {number}") for number in range(2)]
    keys = [campaigns[0].key, campaigns[1].key, ""]
    expected = {campaign.source: 0 for campaign in campaigns}
    for which, quantity, end in steps:
        line = (make_offer(), quantity)
        if end == "place":
            make_order(line, campaign=keys[which])
        elif end == "pay":
            paid_order(line, campaign=keys[which])
        else:
            order = cancelled_order(line, campaign=keys[which])
            if order.campaign is not None:
                expected[order.campaign.source] += quantity
    found = progress_of(sources=list(expected))
    assert {source: progress.cancelled for source, progress in found.items()} == expected
    assert all(0 <= progress.simulated <= progress.cancelled for progress in found.values())


def test_all_campaigns_of_a_page_take_one_query(django_assert_num_queries: Any) -> None:
    sources = [announce_campaign(source=uuid.uuid4(), title="One").source for _number in range(5)]
    with django_assert_num_queries(1):
        assert set(progress_of(sources=sources)) == set(sources)
    with django_assert_num_queries(0):
        assert progress_of(sources=[]) == {}
