"""What a registry tells is held against what was asked: nothing else is believed, and a person hears of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from cancellation.cancellation_support import (
    item,
    line_of,
    offer_of_parts,
    open_kinds,
    paid_order,
    part_of,
    refusing,
    told,
    units,
)
from creditstore.cancellation.models import RegistryAttempt
from creditstore.cancellation.notifications import MOST_KEYS, note
from creditstore.cancellation.retrying import ask_again
from creditstore.cancellation.services import (
    ATTEMPTS_BEFORE_ATTENTION,
    poll_transaction,
    submit_line,
)
from creditstore.certificates.models import Certificate
from creditstore.credits.models import UnitBlock
from creditstore.credits.services import freeze, return_units, thaw
from creditstore.orders.models import Order
from creditstore_plugins import (
    CancellationInstruction,
    RefusalKind,
    StatusUnknown,
    SubmissionUnknown,
    TransactionNotFound,
    TransactionState,
)
from support.jobs import pending_jobs, run_jobs
from support.ledger import make_offer
from support.plugin_host import ScriptedRegistry

pytestmark = pytest.mark.django_db
SOON = 400


def outcomes(order: Order) -> list[str]:
    return list(
        RegistryAttempt.objects.filter(transaction__line__order=order)
        .exclude(outcome="started")
        .values_list("outcome", flat=True)
    )


def clear_up(order: Order) -> None:
    """What staff do when they have looked: the units are what they were."""
    doubted = UnitBlock.objects.filter(reservation=line_of(order).reservation, is_leaf=True, in_doubt=True)
    thaw(blocks=doubted, actor="staff:1", reason="compared with the registry")


def nothing_happened(order: Order, *, kind: str, doubt: bool = True) -> None:
    order.refresh_from_db()
    assert (order.state, line_of(order).state) == ("needs_attention", "cancelling")
    assert open_kinds(order) == [kind]
    assert units(line_of(order)) == {"assigned in doubt" if doubt else "assigned": 10}
    assert not Certificate.objects.filter(order=order).exists()


def test_other_serials_are_not_believed_and_set_apart_wherever_they_lie(registry: ScriptedRegistry) -> None:
    offer = offer_of_parts(100)
    order = paid_order(offer=offer)
    registry.statuses.append(
        lambda key: told(registry, ranges=(part_of(registry.instructions[key].ranges[0], 5, 24),))(key)
    )
    run_jobs(within_seconds=SOON)
    nothing_happened(order, kind="other_serials")
    # Of the same offer, the registry named fifteen units that were not asked for; the rest stays on sale.
    doubted = UnitBlock.objects.get(offer=offer, is_leaf=True, state="held", in_doubt=True)
    assert (doubted.quantity, doubted.start) == (15, offer.issuance.start + 10)
    offer.refresh_from_db()
    assert offer.available == 75
    assert item(order, "other_serials").data["state"] == "completed"

    clear_up(order)
    run_jobs()
    order.refresh_from_db()
    assert order.state == "certified"


def test_the_serials_of_another_order_are_not_believed(registry: ScriptedRegistry) -> None:
    other = paid_order()
    run_jobs()
    foreign = registry.submissions[0].ranges
    order = paid_order()
    registry.statuses.append(told(registry, ranges=foreign))
    run_jobs(within_seconds=SOON)
    nothing_happened(order, kind="other_serials")
    assert units(line_of(other)) == {"cancelled": 10}


def test_another_transaction_than_before_is_not_believed(registry: ScriptedRegistry) -> None:
    order = paid_order()
    registry.statuses.append(told(registry, transaction="TX-9-other"))
    run_jobs(within_seconds=SOON)
    nothing_happened(order, kind="other_serials")
    assert item(order, "other_serials").reason == "the registry names another transaction than before"


def test_the_transaction_of_another_line_is_not_believed(registry: ScriptedRegistry) -> None:
    other = paid_order()
    run_jobs()
    taken = line_of(other).registry_transactions.get().transaction_id
    order = paid_order()

    def answered(instruction: CancellationInstruction) -> object:
        registry.accept(instruction)
        return SubmissionUnknown(reason="time-out")

    registry.submits.append(answered)  # type: ignore[arg-type]
    registry.statuses.append(told(registry, transaction=taken))
    run_jobs(within_seconds=SOON)
    nothing_happened(order, kind="other_serials")


@pytest.mark.parametrize(
    "when",
    [lambda: datetime.now(UTC) + timedelta(days=1), lambda: datetime.now(UTC) - timedelta(days=2)],
    ids=["in the future", "before it was proposed"],
)
def test_a_time_that_cannot_be_is_not_believed(registry: ScriptedRegistry, when: Callable[[], datetime]) -> None:
    order = paid_order()
    registry.statuses.append(told(registry, completed_at=when()))
    run_jobs(within_seconds=SOON)
    nothing_happened(order, kind="unmatched", doubt=False)
    run_jobs()
    order.refresh_from_db()
    assert order.state == "certified"


def test_a_registry_that_tells_only_the_day_is_believed(registry: ScriptedRegistry) -> None:
    order = paid_order()
    registry.statuses.append(told(registry, completed_at=datetime.now(UTC) - timedelta(hours=23)))
    run_jobs()
    order.refresh_from_db()
    assert order.state == "certified"


def test_an_old_answer_that_comes_late_moves_nothing_back(registry: ScriptedRegistry) -> None:
    order = paid_order()
    registry.statuses += [
        told(registry, state=TransactionState.CHECKED),
        told(registry, state=TransactionState.PROPOSED),
        told(registry, state=TransactionState.CHECKED),
    ]
    run_jobs()
    order.refresh_from_db()
    assert order.state == "certified"
    assert outcomes(order) == ["submitted", "checked", "proposed", "checked", "completed"]


def test_units_in_doubt_are_not_cancelled_before_a_person_looked(registry: ScriptedRegistry) -> None:
    order = paid_order()
    registry.statuses.append(told(registry, state=TransactionState.CHECKED))
    run_jobs(at_most=100, within_seconds=0)
    freeze(blocks=line_of(order).reservation.blocks.all(), actor="system", reason="reconciliation")
    run_jobs(within_seconds=SOON)
    nothing_happened(order, kind="unmatched")
    clear_up(order)
    assert ask_again(line=line_of(order), actor="staff:1") == 1
    run_jobs(within_seconds=SOON)
    order.refresh_from_db()
    assert order.state == "certified"


def test_a_transaction_that_the_registry_lost_and_found(registry: ScriptedRegistry) -> None:
    order = paid_order()
    registry.statuses.append(lambda key: TransactionNotFound())

    def found(key: str) -> object:
        order.refresh_from_db()
        assert (order.state, open_kinds(order)) == ("needs_attention", ["registry_lost"])
        return told(registry, state=TransactionState.CHECKED)(key)

    def goes_on(key: str) -> object:
        order.refresh_from_db()
        assert (order.state, open_kinds(order)) == ("cancelling", [])
        return registry.completed(key)

    registry.statuses += [found, goes_on]  # type: ignore[list-item]
    run_jobs()
    order.refresh_from_db()
    assert order.state == "certified"
    assert len(registry.submissions) == 1


def test_a_registry_that_does_not_decide_is_told_to_staff_and_asked_on(registry: ScriptedRegistry) -> None:
    order = paid_order()
    registry.statuses += [lambda key: StatusUnknown(reason="down")] * (ATTEMPTS_BEFORE_ATTENTION + 1)

    def decides(key: str) -> object:
        assert open_kinds(order) == ["stalled"]
        return registry.completed(key)

    registry.statuses.append(decides)  # type: ignore[arg-type]
    run_jobs()
    order.refresh_from_db()
    assert (order.state, open_kinds(order)) == ("certified", [])


def test_a_process_that_died_after_sending_asks_before_it_sends_again(registry: ScriptedRegistry) -> None:
    order = paid_order()
    line = line_of(order)

    class Killed(Exception):
        pass

    def dies(instruction: CancellationInstruction) -> object:
        registry.accept(instruction)
        raise Killed

    registry.submits.append(dies)  # type: ignore[arg-type]
    with pytest.raises(Killed):
        submit_line(line_id=line.pk)
    assert line.registry_transactions.get().state == "prepared"
    submit_line(line_id=line.pk)
    run_jobs()
    order.refresh_from_db()
    assert order.state == "certified"
    assert len(registry.submissions) == 1


def test_a_process_that_died_before_sending_sends_under_the_same_key(registry: ScriptedRegistry) -> None:
    order = paid_order()
    line = line_of(order)
    registry.submits.append(lambda instruction: 1 / 0)  # type: ignore[arg-type,return-value]
    with pytest.raises(ZeroDivisionError):
        submit_line(line_id=line.pk)
    submit_line(line_id=line.pk)
    run_jobs()
    order.refresh_from_db()
    assert order.state == "certified"
    assert len({instruction.key for instruction in registry.submissions}) == 1


def test_however_often_it_is_asked_for_there_is_one_chain_of_questions(registry: ScriptedRegistry) -> None:
    order = paid_order()
    line = line_of(order)
    submit_line(line_id=line.pk)
    for _time in range(3):
        ask_again(line=line, actor="staff:1")
        submit_line(line_id=line.pk)
    registry.statuses += [told(registry, state=TransactionState.CHECKED)] * 2
    run_jobs()
    assert len(registry.asked) == 3
    assert len(registry.submissions) == 1


def test_a_completion_that_is_told_twice_is_one(registry: ScriptedRegistry) -> None:
    order = paid_order()
    run_jobs()
    entry = line_of(order).registry_transactions.get()
    asked = len(registry.asked)
    assert note(connector=entry.connector, keys=(str(entry.key), entry.transaction_id)) == 0
    poll_transaction(transaction_id=entry.pk, once=True)
    assert (len(registry.asked), pending_jobs()) == (asked, [])


def test_a_notification_has_the_registry_asked_once_and_at_once(registry: ScriptedRegistry) -> None:
    order = paid_order()
    submit_line(line_id=line_of(order).pk)
    entry = line_of(order).registry_transactions.get()
    assert note(connector=entry.connector, keys=(str(entry.key),)) == 1
    assert note(connector=entry.connector, keys=(entry.transaction_id, str(entry.key))) == 0
    assert run_jobs(within_seconds=0).count("creditstore.cancellation.ask") == 1
    order.refresh_from_db()
    assert order.state == "certified"
    run_jobs()
    assert len(registry.asked) == 1


@pytest.mark.parametrize("keys", [(), ("",), ("nobody", "x" * 5000, "\x01"), ("6b355c2a-7478-555a-b13f-f04daadc0349",)])
def test_a_notification_of_nothing_that_is_known_does_nothing(
    registry: ScriptedRegistry, keys: tuple[str, ...]
) -> None:
    before = pending_jobs()
    assert note(connector="registry_cdm", keys=keys) == 0
    assert pending_jobs() == before


def test_a_notification_may_name_only_so_many(registry: ScriptedRegistry) -> None:
    order = paid_order()
    submit_line(line_id=line_of(order).pk)
    entry = line_of(order).registry_transactions.get()
    assert note(connector=entry.connector, keys=("nobody",) * MOST_KEYS + (str(entry.key),)) == 0
    assert note(connector="another", keys=(str(entry.key),)) == 0


def test_a_completion_after_the_refusal_is_for_staff_and_moves_nothing(registry: ScriptedRegistry) -> None:
    order = paid_order()
    responses = refusing(RefusalKind.ACCOUNT)
    registry.statuses.append(
        lambda key: told(
            registry, state=TransactionState.REJECTED, responses=responses(registry.instructions[key]).responses
        )(key)
    )
    run_jobs()
    line = line_of(order)
    entry = line.registry_transactions.get()
    assert (line.state, units(line)) == ("refused", {"assigned": 10})
    for _time in range(2):
        assert note(connector=entry.connector, keys=(entry.transaction_id,)) == 1
        run_jobs()
        entry.refresh_from_db()
        assert (entry.state, line_of(order).state) == ("rejected", "refused")
        assert open_kinds(order) == ["refused", "unmatched"]
        assert units(line) == {"assigned in doubt": 10}


def test_a_completion_after_the_units_were_sold_again_sets_them_apart(registry: ScriptedRegistry) -> None:
    offer = make_offer(quantity=10)
    order = paid_order(offer=offer)
    registry.submits.append(refusing(RefusalKind.ACCOUNT))
    run_jobs()
    return_units(reservation=line_of(order).reservation, actor="staff:1")
    entry = line_of(order).registry_transactions.get()
    registry.accept(registry.submissions[0])
    note(connector=entry.connector, keys=(str(entry.key),))
    run_jobs()
    offer.refresh_from_db()
    assert (offer.available, open_kinds(order)) == (0, ["refused", "unmatched"])
