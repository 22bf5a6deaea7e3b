"""A registry refuses: all of it, some of it, for a while, or one of several transactions."""

from __future__ import annotations

from uuid import uuid5

import pytest

from cancellation.cancellation_support import (
    item,
    line_of,
    offer_of_parts,
    open_kinds,
    paid_order,
    refusing,
    told,
    units,
)
from creditstore.cancellation.refusals import RETRY_SECONDS
from creditstore.cancellation.retrying import retry_line
from creditstore.certificates.models import Certificate
from creditstore.core.errors import StoreError
from creditstore.credits.models import UnitBlock
from creditstore.credits.services import thaw
from creditstore.orders.fulfilment import cancelled_units
from creditstore_plugins import (
    RefusalKind,
    ResponseCode,
    StatusUnknown,
    TransactionNotFound,
    TransactionState,
)
from support.jobs import pending_jobs, run_jobs
from support.plugin_host import ScriptedRegistry

pytestmark = pytest.mark.django_db


def test_a_refusal_of_all_goes_to_staff_with_the_registrys_words(registry: ScriptedRegistry) -> None:
    order = paid_order()
    registry.submits.append(refusing(RefusalKind.ACCOUNT, code=1003))
    run_jobs()
    order.refresh_from_db()
    line = line_of(order)
    assert (order.state, line.state, units(line)) == ("needs_attention", "refused", {"assigned": 10})
    opened = item(order, "refused")
    assert opened.line == line
    assert opened.data["responses"] == [{"code": 1003, "kind": "account", "message": "no", "ranges": []}]
    assert (opened.data["left"], opened.data["in_doubt"], opened.data["retried_in_seconds"]) == (10, 0, None)
    assert "creditstore.cancellation.retry_refused" not in pending_jobs()


@pytest.mark.parametrize("named", [None, (0, 9)])
def test_units_that_are_not_held_are_set_apart(registry: ScriptedRegistry, named: tuple[int, int] | None) -> None:
    order = paid_order()
    registry.submits.append(refusing(RefusalKind.UNITS, named=named))
    run_jobs()
    line = line_of(order)
    assert units(line) == {"assigned in doubt": 10}
    with pytest.raises(StoreError) as caught:
        retry_line(line=line, actor="staff:1")
    assert caught.value.code == "conflict"
    assert len(registry.submissions) == 1


def test_of_units_some_of_which_are_refused_the_rest_is_cancelled_on_the_next_try(registry: ScriptedRegistry) -> None:
    """Partial availability: what the registry named stays apart, and the line keeps what was cancelled of it."""
    order = paid_order()
    registry.submits.append(refusing(RefusalKind.UNITS, named=(3, 5)))
    run_jobs()
    line = line_of(order)
    assert units(line) == {"assigned": 7, "assigned in doubt": 3}
    assert item(order, "refused").data["in_doubt"] == 3

    assert retry_line(line=line, actor="staff:1") == 7
    assert open_kinds(order) == []
    run_jobs()
    order.refresh_from_db()
    line.refresh_from_db()
    first, second = registry.submissions
    assert first.key != second.key
    assert [part.quantity for part in second.ranges] == [3, 4]
    assert (line.state, units(line)) == ("refused", {"cancelled": 7, "assigned in doubt": 3})
    assert cancelled_units(line=line) == 7
    assert (order.state, open_kinds(order)) == ("needs_attention", ["refused"])
    assert not Certificate.objects.filter(order=order).exists()

    # Staff clear the doubt up, and the rest follows under a third key.
    doubted = UnitBlock.objects.filter(reservation=line.reservation, is_leaf=True, in_doubt=True)
    thaw(blocks=doubted, actor="staff:1", reason="the registry corrected its record")
    assert retry_line(line=line, actor="staff:1") == 3
    run_jobs()
    order.refresh_from_db()
    assert (order.state, units(line)) == ("certified", {"cancelled": 10})
    assert Certificate.objects.get(order=order).facts["quantity"] == 10


def test_what_the_registry_names_and_was_not_asked_for_is_left_alone(registry: ScriptedRegistry) -> None:
    offer = offer_of_parts(100)
    order = paid_order(offer=offer)
    registry.submits.append(refusing(RefusalKind.UNITS, named=(8, 40)))
    run_jobs()
    assert units(line_of(order)) == {"assigned": 8, "assigned in doubt": 2}
    offer.refresh_from_db()
    assert offer.available == 90


def test_a_passing_refusal_is_asked_again_by_itself(registry: ScriptedRegistry) -> None:
    order = paid_order()
    registry.submits.append(refusing(RefusalKind.TEMPORARY, code=1004))
    run_jobs(within_seconds=60)
    line = line_of(order)
    assert (line.state, item(order, "refused").data["retried_in_seconds"]) == ("refused", RETRY_SECONDS[0])
    run_jobs()
    order.refresh_from_db()
    assert (order.state, open_kinds(order)) == ("certified", [])
    assert [entry.attempt for entry in line.registry_transactions.all()] == [1, 2]


def test_a_refusal_that_does_not_pass_is_for_staff_in_the_end(registry: ScriptedRegistry) -> None:
    order = paid_order()
    registry.submits.extend(refusing(RefusalKind.TEMPORARY, code=1004) for _n in range(20))
    run_jobs()
    assert len(registry.submissions) == 1 + len(RETRY_SECONDS)
    assert len({instruction.key for instruction in registry.submissions}) == 1 + len(RETRY_SECONDS)
    assert item(order, "refused").data["retried_in_seconds"] is None


def test_nothing_is_tried_again_by_itself_after_a_person_acted(registry: ScriptedRegistry) -> None:
    order = paid_order()
    registry.submits.append(refusing(RefusalKind.TEMPORARY, code=1004))
    run_jobs(within_seconds=60)
    registry.submits.append(refusing(RefusalKind.ACCOUNT, code=1003))
    retry_line(line=line_of(order), actor="staff:1")
    run_jobs()
    assert len(registry.submissions) == 2


def test_a_registry_that_terminates_later_refuses_just_the_same(registry: ScriptedRegistry) -> None:
    order = paid_order()
    responses = (ResponseCode(code=10005, message="no", kind=RefusalKind.UNITS),)
    registry.statuses.append(told(registry, state=TransactionState.CHECKED_DISCREPANCY, responses=responses))
    registry.statuses.append(told(registry, state=TransactionState.TERMINATED, responses=responses))
    run_jobs()
    line = line_of(order)
    entry = line.registry_transactions.get()
    assert (entry.state, line.state, units(line)) == ("terminated", "refused", {"assigned in doubt": 10})
    assert entry.transaction_id == registry.transaction(str(entry.key))


def test_a_line_is_settled_when_all_its_transactions_are(registry: ScriptedRegistry) -> None:
    """Several transactions, one of them refused: the line waits for the others and keeps what they cancelled."""
    registry.max_blocks = 1
    order = paid_order(offer=offer_of_parts(2, 3, 5), quantity=10)
    registry.submits += [registry.accept, refusing(RefusalKind.ACCOUNT, code=1003), registry.accept]
    seen: list[tuple[str, str]] = []

    def watch(key: str) -> object:
        order.refresh_from_db()
        seen.append((line_of(order).state, order.state))
        return registry.completed(key)

    registry.statuses += [watch, watch]  # type: ignore[list-item]
    run_jobs()
    assert seen == [("cancelling", "cancelling")] * 2
    order.refresh_from_db()
    line = line_of(order)
    assert (line.state, order.state) == ("refused", "needs_attention")
    assert units(line) == {"cancelled": 7, "assigned": 3}
    assert item(order, "refused").reason == "the registry refused a part"
    assert cancelled_units(line=line) == 7

    assert retry_line(line=line, actor="staff:1") == 3
    run_jobs()
    order.refresh_from_db()
    assert order.state == "certified"
    certificate = Certificate.objects.get(order=order)
    assert certificate.facts["quantity"] == 10
    assert len({part["transaction"] for part in certificate.facts["ranges"]}) == 3


def test_keys_follow_from_the_line(registry: ScriptedRegistry) -> None:
    """A store that is set back to a backup asks under the same keys, so nothing is cancelled twice."""
    registry.max_blocks = 1
    order = paid_order(offer=offer_of_parts(2, 3), quantity=5)
    run_jobs()
    line = line_of(order)
    keys = [str(uuid5(line.cancellation_key, f"1.{part}")) for part in (1, 2)]
    assert [instruction.key for instruction in registry.submissions] == keys


def test_only_a_refused_line_is_tried_again(registry: ScriptedRegistry) -> None:
    order = paid_order()
    for _moment in ("paid", "certified"):
        with pytest.raises(StoreError) as caught:
            retry_line(line=line_of(order), actor="staff:1")
        assert caught.value.code == "conflict"
        run_jobs()
    assert len(registry.submissions) == 1


def test_the_registry_is_asked_whether_its_refusal_is_final(registry: ScriptedRegistry) -> None:
    order = paid_order()
    registry.submits.append(refusing(RefusalKind.ACCOUNT, code=1003))
    run_jobs()
    line = line_of(order)
    registry.statuses.append(lambda key: StatusUnknown(reason="down"))
    with pytest.raises(StoreError) as caught:
        retry_line(line=line, actor="staff:1")
    assert caught.value.code == "unavailable"
    registry.statuses.append(lambda key: TransactionNotFound())
    assert retry_line(line=line, actor="staff:1") == 10


def test_a_registry_that_completed_after_all_is_not_asked_twice(registry: ScriptedRegistry) -> None:
    order = paid_order()

    def refuses_what_it_takes(instruction: object) -> object:
        registry.accept(instruction)  # type: ignore[arg-type]
        return refusing(RefusalKind.ACCOUNT, code=1003)(instruction)  # type: ignore[arg-type]

    registry.submits.append(refuses_what_it_takes)  # type: ignore[arg-type]
    run_jobs()
    line = line_of(order)
    with pytest.raises(StoreError) as caught:
        retry_line(line=line, actor="staff:1")
    assert caught.value.code == "conflict"
    assert open_kinds(order) == ["refused", "unmatched"]
    assert units(line) == {"assigned in doubt": 10}
    assert len(registry.submissions) == 1
