"""Deliveries of webhooks in the admin: what waits, who may see what came, and having it looked at again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from creditstore.accounts.models import User
from creditstore.core.models import TransitionRecord
from creditstore.webhooks.models import InboundWebhook
from support.desk import live_in
from support.jobs import pending_jobs

pytestmark = pytest.mark.django_db

LIST = "/admin/reports/webhooks/"


def delivery(
    state: str, *, body: bytes = b'{"payer": "Ana <b>Buyer</b>"}', received_at: datetime | None = None
) -> InboundWebhook:
    return InboundWebhook.objects.create(
        plugin="pay_sandbox",
        digest=f"{InboundWebhook.objects.count():064d}",
        headers={},
        body=body,
        state=state,
        detail="no payment of this store",
        received_at=received_at or timezone.now(),
    )


@pytest.fixture
def log_in(client: Client):
    def as_role(role: str) -> Client:
        user = User.objects.create_user(email="staff@example.org", password="x")
        user.groups.add(Group.objects.get(name=role))
        client.force_login(user)
        return client

    return as_role


def test_the_list_shows_what_waits_and_all_on_request(log_in) -> None:
    client = log_in("Support")
    waiting, applied = delivery("unmatched"), delivery("applied")
    page = client.get(LIST).content.decode()
    assert reverse("creditstore_webhook", args=[waiting.pk]) in page
    assert reverse("creditstore_webhook", args=[applied.pk]) not in page
    everything = client.get(f"{LIST}?state=all").content.decode()
    assert reverse("creditstore_webhook", args=[applied.pk]) in everything


def test_what_came_is_shown_to_whoever_can_do_something_about_it(log_in) -> None:
    waiting = delivery("unmatched")
    page = log_in("Support").get(reverse("creditstore_webhook", args=[waiting.pk])).content.decode()
    assert "Ana &lt;b&gt;Buyer&lt;/b&gt;" in page
    assert "Look at it again" in page


def test_a_shop_manager_sees_that_something_waits_but_neither_payer_nor_button(log_in) -> None:
    waiting = delivery("unmatched")
    client = log_in("Shop managers")
    page = client.get(reverse("creditstore_webhook", args=[waiting.pk])).content.decode()
    assert "no payment of this store" in page
    assert "Ana" not in page
    assert "Look at it again" not in page
    assert client.post(reverse("creditstore_webhook", args=[waiting.pk])).status_code in (302, 403)
    waiting.refresh_from_db()
    assert waiting.state == "unmatched"


def test_it_is_looked_at_again_once_and_the_trail_says_by_whom(log_in) -> None:
    waiting = delivery("unverified")
    client = log_in("Support")
    answer = client.post(reverse("creditstore_webhook", args=[waiting.pk]), follow=True)
    assert "looks at it again now" in answer.content.decode()
    waiting.refresh_from_db()
    assert waiting.state == "received"
    assert "creditstore.webhooks.process" in pending_jobs()
    record = TransitionRecord.objects.get(machine="webhook", subject_id=waiting.pk)
    somebody = User.objects.get(email="staff@example.org")
    assert record.actor == f"staff:{somebody.pk}"


@pytest.mark.parametrize("state", ["applied", "forged", "malformed"])
def test_what_is_done_with_stays_so(log_in, state: str) -> None:
    done = delivery(state)
    client = log_in("Support")
    address = reverse("creditstore_webhook", args=[done.pk])
    assert "Look at it again" not in client.get(address).content.decode()
    assert "Nothing was changed" in client.post(address, follow=True).content.decode()
    done.refresh_from_db()
    assert done.state == state


def test_times_that_are_called_utc_are_for_staff_elsewhere_too(log_in) -> None:
    client = log_in("Support")
    live_in(User.objects.get(email="staff@example.org"), "Asia/Tokyo")
    waiting = delivery("unmatched", received_at=datetime(2026, 3, 1, 20, 15, 30, tzinfo=UTC))
    address = reverse("creditstore_webhook", args=[waiting.pk])
    client.post(address)
    (change,) = TransitionRecord.objects.filter(machine="webhook", subject_id=waiting.pk)
    page = client.get(address).content.decode()
    assert "2026-03-01 20:15:30" in page
    assert f"{change.at:%Y-%m-%d %H:%M:%S} UTC" in page


def test_others_of_the_admin_see_nothing(log_in) -> None:
    waiting = delivery("unmatched")
    client = log_in("Editors")
    for address in (LIST, reverse("creditstore_webhook", args=[waiting.pk])):
        assert client.get(address).status_code in (302, 403)
