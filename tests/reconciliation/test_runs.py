"""Runs: one at a time, gone on with after a crash, honest about who gave no answer; items live over several of them."""

from __future__ import annotations

import dataclasses
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command

from creditstore.core.errors import StoreError
from creditstore.credits.models import UnitBlock
from creditstore.reconciliation import services
from creditstore.reconciliation.items import close_item, release_units
from creditstore.reconciliation.models import Kind, OpenItem, Outcome, Run
from creditstore.reconciliation.summary import public_summary
from creditstore.reconciliation.tasks import daily
from creditstore_host.installation import get_host
from creditstore_host.records import ConnectorFacts
from creditstore_plugins import RegistryCapability
from creditstore_registry_cdm.simulator import books as simulator_books
from reconciliation.books import (
    ACCOUNT,
    all_match,
    bought,
    first_units,
    offered,
    open_kinds,
    outcomes,
    run,
    tomorrow,
)
from support.desk import make_staff
from support.guards import unguarded
from support.live_registry import LiveRegistry

pytestmark = pytest.mark.django_db


def doubtful(registry: LiveRegistry) -> OpenItem:
    """Three units of an offer that somebody else had cancelled, found."""
    start, end = first_units(offered(registry), 3)
    registry.cancel(account=ACCOUNT, start=start, end=end)
    run()
    return OpenItem.objects.get(kind=Kind.CANCELLED_NOT_PAID)


def test_a_run_that_breaks_off_is_gone_on_with(registry: LiveRegistry, monkeypatch: pytest.MonkeyPatch) -> None:
    bought(offered(registry))

    def power_cut(**_arguments: Any) -> None:
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(services, "compare_orders", power_cut)
        with pytest.raises(ConnectionError):
            run()
    broken = Run.objects.get()
    assert broken.state == "running"
    steps = list(broken.steps.values_list("pk", flat=True))
    assert steps
    assert public_summary().state == "never"

    again = run()
    assert again.pk == broken.pk
    assert again.state == "finished"
    assert set(steps) < set(again.steps.values_list("pk", flat=True))
    assert all_match(again)


def test_only_one_at_a_time(registry: LiveRegistry, database_url: str) -> None:
    with psycopg.connect(database_url) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [services._LOCK])
        with pytest.raises(StoreError) as caught:
            run()
        assert caught.value.code == "conflict"
        daily(timestamp=0)
    assert not Run.objects.exists()
    run()


def test_no_answer_is_not_a_match_and_closes_nothing(registry: LiveRegistry) -> None:
    item = doubtful(registry)
    registry.line.down = True
    found = run()
    assert {outcomes(found)[stage] for stage in ("totals", "blocks", "records")} == {Outcome.NOT_TOLD}
    item.refresh_from_db()
    assert item.closed_at is None
    registry.line.down = False
    assert outcomes(run())["records"] == Outcome.DIFFERS


def test_a_connector_that_cannot_tell_is_said_to_be_one(
    registry: LiveRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    bought(offered(registry))
    host = get_host()
    facts = host.connector_info("registry_cdm")

    def without(capabilities: RegistryCapability) -> ConnectorFacts:
        return dataclasses.replace(facts, capabilities=capabilities)

    monkeypatch.setattr(host, "connector_info", lambda _id: without(RegistryCapability.NONE))
    found = run()
    assert {outcomes(found)[stage] for stage in ("totals", "blocks", "records")} == {Outcome.NOT_OFFERED}
    # Without totals to go by, blocks are compared every time.
    monkeypatch.setattr(host, "connector_info", lambda _id: without(RegistryCapability.BLOCKS))
    assert outcomes(run())["blocks"] == Outcome.MATCHED


def test_a_connector_that_is_gone_is_said_to_be_gone(registry: LiveRegistry) -> None:
    order = bought(offered(registry))
    with unguarded():
        order.lines.get().registry_transactions.update(connector="registry_old")
    found = run()
    steps = {(step.plugin, step.stage): step for step in found.steps.all()}
    assert steps["registry_old", "records"].outcome == Outcome.NOT_OFFERED
    assert steps["registry_old", "records"].note


def test_later_runs_ask_for_what_is_new_and_for_what_is_open(registry: LiveRegistry) -> None:
    bought(offered(registry))
    first = run()
    assert first.steps.get(stage="records", account=ACCOUNT).since is None
    later = run(now=tomorrow(days=10))
    since = later.steps.get(stage="records", account=ACCOUNT).since
    assert since == first.steps.get(stage="records", account=ACCOUNT).asked_at - timedelta(days=2)

    item = doubtful(registry)
    assert item.happened_at is not None
    run(now=tomorrow(days=20))
    far = run(now=tomorrow(days=30))
    assert far.steps.get(stage="records", account=ACCOUNT).since is None
    item.refresh_from_db()
    assert item.closed_at is None


def test_pages_change_nothing(registry: LiveRegistry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulator_books, "PAGE", 1)
    monkeypatch.setattr("creditstore.reconciliation.payments._PAGE", 1)
    offer = offered(registry)
    for quantity in (3, 4, 5):
        bought(offer, quantity)
    found = run(full=True)
    assert all_match(found)
    steps = {step.stage: step.compared for step in found.steps.filter(account__in=("", ACCOUNT))}
    assert (steps["payments"], steps["records"], steps["blocks"]) == (3, 3, 88)


@pytest.mark.parametrize("question", [ACCOUNT, "blocks", "cancellations"])
def test_what_happens_between_their_word_and_ours_is_nobodys_fault(registry: LiveRegistry, question: str) -> None:
    """An order is bought and cancelled, and an offer opened, after the registry answered and before ours is read."""
    offer = offered(registry)
    bought(offer, 3)
    run(now=datetime.now(UTC))
    done: list[str] = []

    def meanwhile() -> None:
        done.append(bought(offer, 4).state)
        offered(registry)

    registry.line.answered[question] = meanwhile
    assert all_match(run(now=datetime.now(UTC), full=True))
    assert done == ["certified"]
    assert all_match(run(full=True))
    assert not OpenItem.objects.exists()


def test_staff_explain_an_item(registry: LiveRegistry) -> None:
    item = doubtful(registry)
    for reason in ("", "  ", "x" * 1001):
        with pytest.raises(StoreError) as caught:
            close_item(item_id=item.pk, actor="staff:1", reason=reason)
        assert caught.value.code == "invalid"
    close_item(item_id=item.pk, actor="staff:1", reason="The seller cancelled them by mistake.")
    with pytest.raises(StoreError) as caught:
        close_item(item_id=item.pk, actor="staff:1", reason="Again.")
    assert caught.value.code == "conflict"
    with pytest.raises(StoreError) as caught:
        close_item(item_id=0, actor="staff:1", reason="Nothing.")
    assert caught.value.code == "not-found"

    # The same facts stay explained, and the units stay frozen: the registry still says that they are cancelled.
    run()
    assert Kind.CANCELLED_NOT_PAID not in open_kinds()
    assert UnitBlock.objects.filter(in_doubt=True).exists()


def test_other_facts_are_another_item(registry: LiveRegistry) -> None:
    item = doubtful(registry)
    with unguarded():
        OpenItem.objects.filter(pk=item.pk).update(facts={**item.facts, "units": ["others"]})
    close_item(item_id=item.pk, actor="staff:1", reason="Explained.")
    run()
    assert OpenItem.objects.get(kind=Kind.CANCELLED_NOT_PAID, closed_at=None).subject == item.subject


def test_units_are_released_when_staff_say_so_and_nothing_else_doubts_them(registry: LiveRegistry) -> None:
    item = doubtful(registry)
    missing = OpenItem.objects.get(kind=Kind.MISSING_AT_REGISTRY)
    one, two = make_staff(), make_staff()
    by_two: dict[str, Any] = {"actor": "staff:1", "reason": "Found again.", "approved_by": (one, two)}
    for people in ((), (one,), (one, one)):
        with pytest.raises(StoreError) as caught:
            release_units(item_id=item.pk, **{**by_two, "approved_by": people})
        assert caught.value.code == "forbidden"
    release_units(item_id=item.pk, **by_two)
    item.refresh_from_db()
    assert (item.closed_by, item.resolution) == ("staff:1", "Found again.")
    assert UnitBlock.objects.filter(in_doubt=True).exists()
    release_units(item_id=missing.pk, **by_two)
    assert not UnitBlock.objects.filter(in_doubt=True).exists()
    for item_id, code in ((missing.pk, "conflict"), (0, "not-found")):
        with pytest.raises(StoreError) as caught:
            release_units(item_id=item_id, **by_two)
        assert caught.value.code == code


def test_units_of_an_item_that_was_closed_can_be_released_later(registry: LiveRegistry) -> None:
    doubtful(registry)
    for item in OpenItem.objects.filter(closed_at=None):
        close_item(item_id=item.pk, actor="staff:1", reason="The seller looks into it.")
    frozen = UnitBlock.objects.filter(in_doubt=True)
    for item in OpenItem.objects.filter(blocks__in=frozen).distinct()[:1]:
        assert release_units(
            item_id=item.pk, actor="staff:2", reason="They are there.", approved_by=(make_staff(), make_staff())
        )
        item.refresh_from_db()
        assert item.resolution == "The seller looks into it."
    assert not frozen.exists()


def test_the_command_prints_a_table_and_says_by_its_code_whether_all_matches(registry: LiveRegistry) -> None:
    start, end = first_units(offered(registry), 3)
    out = io.StringIO()
    call_command("reconcile", stdout=out)
    assert "unmatched: 0" in out.getvalue()
    assert "records registry_cdm ACC-TEST" in out.getvalue()

    registry.cancel(account=ACCOUNT, start=start, end=end)
    out = io.StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("reconcile", "--full", stdout=out)
    assert caught.value.returncode == 1
    assert "unmatched: 3" in out.getvalue()


def test_the_summary_is_honest(registry: LiveRegistry) -> None:
    assert public_summary().state == "never"
    doubtful(registry)
    told = public_summary(now=tomorrow())
    assert (told.state, told.unmatched) == ("current", 3)
    assert told.oldest_at is not None
    worst = {stage.stage: stage.outcome for stage in told.stages}
    assert (worst["records"], worst["orders"]) == (Outcome.DIFFERS, Outcome.MATCHED)
    assert public_summary(now=tomorrow(days=4)).state == "late"
