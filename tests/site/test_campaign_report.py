"""The report on campaigns: who may see it, what it sums up, and that it names nobody."""

from __future__ import annotations

import uuid

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from creditstore.accounts.models import User
from creditstore.campaigns.models import Campaign
from creditstore.campaigns.services import announce_campaign
from creditstore.desk.campaigns import days_of, figures_of, projects_of
from creditstore_plugins import Money
from support.journeys import cancelled_order, paid_order
from support.ledger import make_offer, make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign() -> Campaign:
    return announce_campaign(source=uuid.uuid4(), title="Light for Lamu")


def staff(*permissions: str) -> Client:
    user = User.objects.create_user(email=f"{uuid.uuid4().hex}@example.org", password=uuid.uuid4().hex)
    codenames = [name.partition(".")[2] for name in ("wagtailadmin.access_admin", *permissions)]
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(user)
    return client


def test_the_sums_are_those_of_the_orders(campaign: Campaign) -> None:
    offer = make_offer(quantity=100, price_minor=250)
    cancelled_order((offer, 4), campaign=campaign.key)
    paid_order((offer, 3), campaign=campaign.key)
    make_order((offer, 2), campaign=campaign.key)
    cancelled_order((offer, 50))
    figures = figures_of(campaigns=[campaign])[campaign.pk]
    assert (figures.orders, figures.given_up, figures.ordered, figures.cancelled) == (3, 0, 9, 4)
    assert figures.kept == (Money(minor=1750, currency="USD"),)
    assert [(row.ref, row.cancelled) for row in projects_of(campaign=campaign)] == [(offer.issuance.project.ref, 4)]
    assert sum(row.cancelled for row in days_of(campaign=campaign)) == 4
    assert sum(row.orders for row in days_of(campaign=campaign)) == 3


def test_a_campaign_without_orders_is_all_noughts(campaign: Campaign) -> None:
    figures = figures_of(campaigns=[campaign])[campaign.pk]
    assert (figures.orders, figures.ordered, figures.cancelled, figures.kept) == (0, 0, 0, ())
    assert days_of(campaign=campaign) == ()


def test_the_pages_show_it_and_name_nobody(campaign: Campaign) -> None:
    order = cancelled_order((make_offer(), 4), campaign=campaign.key)
    client = staff("creditstore_campaigns.view_campaign")
    listed = client.get(reverse("creditstore_campaigns")).content.decode()
    assert "Light for Lamu" in listed
    one = client.get(reverse("creditstore_campaign", args=[campaign.pk])).content.decode()
    assert f"?campaign={campaign.key}" in one
    file = b"".join(client.get(reverse("creditstore_campaigns"), {"export": "csv"}).streaming_content).decode()
    assert "Light for Lamu" in file
    for text in (listed, one, file):
        assert order.buyer_email not in text
        assert order.beneficiary_name not in text


def test_it_is_for_those_who_may_see_it(campaign: Campaign) -> None:
    client = staff()
    for address in (reverse("creditstore_campaigns"), reverse("creditstore_campaign", args=[campaign.pk])):
        assert client.get(address).status_code in (302, 403)
    assert "Light for Lamu" not in client.get(reverse("creditstore_campaigns"), follow=True).content.decode()
