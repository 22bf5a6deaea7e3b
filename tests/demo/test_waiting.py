"""The demo's orders that need somebody: made by real steps, refused by the registry, and only in a demo."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from creditstore.desk.queue import waiting_approvals, waiting_items
from creditstore.orders.models import Order
from creditstore_plugins import HttpResponse
from creditstore_site.demo import waiting
from support.desk import refusing
from support.jobs import pending_jobs, run_jobs
from support.plugin_host import ScriptedRegistry, scripted_host

pytestmark = pytest.mark.django_db


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedRegistry]:
    """A registry that refuses what comes after it was asked to."""
    with scripted_host() as (registry, _provider):

        def armed(_client: object, method: str, url: str, **_rest: object) -> HttpResponse:
            assert (method, url.rpartition("/v1/")[2]) == ("POST", "faults")
            registry.submits.append(refusing)
            return HttpResponse(status=200, headers={}, body=b"{}")

        monkeypatch.setattr("creditstore_host.http.HostHttpClient.request", armed)
        yield registry


def test_the_queue_of_a_demo_has_something_to_try(registry: ScriptedRegistry, settings: object) -> None:
    settings.CREDITSTORE_DEMO = True  # type: ignore[attr-defined]
    waiting.ask_for_waiting_orders()
    assert pending_jobs() == [waiting.TASK]
    run_jobs()
    orders = Order.objects.filter(placement_key__startswith="demo:waiting:")
    assert {order.state for order in orders} == {"needs_attention"}
    assert waiting_items(tab="refused").count() == 2
    (asked,) = waiting_approvals()
    assert asked.asked_by.email == "shop@example.org"
    assert "Demonstration" in asked.reason

    waiting.ask_for_waiting_orders()
    assert pending_jobs() == []


def test_an_operators_store_gets_none(registry: ScriptedRegistry, settings: object) -> None:
    settings.CREDITSTORE_DEMO = False  # type: ignore[attr-defined]
    assert waiting.make_waiting_orders(attempt=0) is True
    assert not Order.objects.exists()
