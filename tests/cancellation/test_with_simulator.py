"""The engine with the real connector and a running simulator, whose faults are real answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cancellation.cancellation_support import item, line_of, open_kinds, units
from creditstore.cancellation.models import RegistryAttempt
from creditstore.cancellation.retrying import retry_line
from creditstore.core import clock
from creditstore.credits.models import Offer, UnitBlock
from creditstore.credits.services import thaw
from creditstore.orders.models import Order
from creditstore.webhooks.services import keep, process
from creditstore_host.host import PluginHost
from creditstore_host.installation import installed
from creditstore_registry_cdm.simulator.server import Simulator
from registry_cdm.registry_support import HTTP, Registry
from support.jobs import run_jobs
from support.journeys import pay
from support.ledger import make_offer, make_order, make_seller
from support.live_registry import holding

pytestmark = pytest.mark.django_db
ACCOUNT = "ACC-1"
#: Jobs are run without waiting for their time, so that a registry of some hundredths of a second is asked often.
MANY = 3000
SOON = 400


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[Registry]:
    running = Simulator(tmp_path / "registry.sqlite3", delay=0.02)
    running.start()
    settings = {"registry_cdm": {"base_url": running.url, "simulated": True}, "pay_sandbox": {}}
    with installed(PluginHost.build(settings=settings)):
        yield Registry(running)
    running.stop()


def held_offer(simulator: Registry, *, quantity: int = 20, held: int = 20) -> Offer:
    """An offer of which the seller's account at the registry holds the first units only."""
    offer = make_offer(quantity=quantity, seller=make_seller(account=ACCOUNT))
    block = UnitBlock.objects.get(offer=offer, is_leaf=True)
    simulator.hold({**holding(block, account=ACCOUNT), "end": block.start + held - 1})
    return offer


def arm(simulator: Registry, kind: str, **more: Any) -> None:
    assert simulator.post("/v1/faults", {"kind": kind, **more}).status_code == 200


def paid(offer: Offer, quantity: int = 10) -> Order:
    order = make_order((offer, quantity)).order
    pay(order)
    return order


def state_after(order: Order, **options: Any) -> str:
    run_jobs(at_most=MANY, **options)
    order.refresh_from_db()
    return order.state


def test_lost_wrong_late_and_old_answers_end_in_one_cancellation(simulator: Registry) -> None:
    order = paid(held_offer(simulator))
    arm(simulator, "drop_next_response")
    for kind in ("drop_status", "status_backwards"):
        arm(simulator, kind, times=3)
    assert state_after(order) == "certified"
    entry = line_of(order).registry_transactions.get()
    proposals = RegistryAttempt.objects.filter(transaction=entry, action="submit", outcome="started").count()
    assert proposals == 1
    told = HTTP.get(f"{simulator.url}/v1/transactions/by-key/{entry.key}").json()
    assert (told["transaction"], told["quantity"]) == (entry.transaction_id, 10)
    assert entry.completed_at == datetime.fromisoformat(told["completed_at"]).astimezone(UTC)


def test_a_key_that_the_registry_denies_is_proposed_again_and_cancelled_once(simulator: Registry) -> None:
    order = paid(held_offer(simulator))
    arm(simulator, "drop_next_response")
    arm(simulator, "status_not_found")
    assert state_after(order) == "certified"
    entry = line_of(order).registry_transactions.get()
    assert RegistryAttempt.objects.filter(transaction=entry, outcome="started").count() == 2
    account = HTTP.get(f"{simulator.url}/v1/accounts/{ACCOUNT}").json()
    assert account["quantity"] == 10


def test_units_that_the_account_does_not_hold_are_told_and_set_apart(simulator: Registry) -> None:
    order = paid(held_offer(simulator, held=6))
    assert state_after(order) == "needs_attention"
    line = line_of(order)
    codes = {response["code"] for response in item(order, "refused").data["responses"]}
    assert codes == {3005, 10005}
    # The registry names the whole block: it does not say which units of it are missing.
    assert units(line) == {"assigned in doubt": 10}


def test_a_suspended_account_is_asked_again_when_it_is_open(simulator: Registry) -> None:
    order = paid(held_offer(simulator))
    simulator.post("/v1/accounts", {"account": ACCOUNT, "state": "suspended"})
    assert state_after(order, within_seconds=SOON) == "needs_attention"
    assert item(order, "refused").data["retried_in_seconds"] == 600
    simulator.post("/v1/accounts", {"account": ACCOUNT, "state": "open"})
    assert state_after(order) == "certified"


@pytest.mark.parametrize("kind", ["status_other_units", "status_other_transaction"])
def test_answers_about_something_else_wait_for_staff(simulator: Registry, kind: str) -> None:
    order = paid(held_offer(simulator))
    arm(simulator, kind)
    assert state_after(order, within_seconds=SOON) == "needs_attention"
    assert (open_kinds(order), units(line_of(order))) == (["other_serials"], {"assigned in doubt": 10})
    thaw(blocks=UnitBlock.objects.filter(in_doubt=True), actor="staff:1", reason="looked")
    assert state_after(order) == "certified"


def test_a_completion_in_the_future_is_believed_when_it_is_put_right(simulator: Registry) -> None:
    order = paid(held_offer(simulator))
    arm(simulator, "status_ahead")
    assert state_after(order, within_seconds=SOON) == "needs_attention"
    assert open_kinds(order) == ["unmatched"]
    assert state_after(order) == "certified"
    completed_at = line_of(order).registry_transactions.get().completed_at
    assert completed_at is not None
    assert completed_at < clock.now()


def test_a_closed_account_is_for_staff_who_try_again(simulator: Registry) -> None:
    order = paid(held_offer(simulator))
    arm(simulator, "refuse_next", code=1003)
    assert state_after(order) == "needs_attention"
    assert retry_line(line=line_of(order), actor="staff:1") == 10
    assert state_after(order) == "certified"


def test_a_notification_at_the_door_has_the_registry_asked(simulator: Registry) -> None:
    order = paid(held_offer(simulator))
    run_jobs(within_seconds=0)
    entry = line_of(order).registry_transactions.get()
    simulator.ended(str(entry.key))
    body = b'{"registry": "r", "simulated": true, "key": "%s", "state": 7}' % str(entry.key).encode()
    delivery = keep(plugin_id="registry_cdm", headers={}, query="", body=body)
    assert process(delivery_id=delivery.pk) == "applied"
    run_jobs(within_seconds=0)
    order.refresh_from_db()
    assert order.state == "certified"
    # The same bytes again, and what nobody knows: nothing happens.
    again = keep(plugin_id="registry_cdm", headers={"x": "2"}, query="", body=body)
    nobody = keep(plugin_id="registry_cdm", headers={}, query="", body=b'{"key": 1}')
    assert [process(delivery_id=one.pk) for one in (again, nobody)] == ["ignored", "ignored"]
