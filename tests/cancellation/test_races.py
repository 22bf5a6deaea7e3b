"""Two workers, or two members of staff, at the same point of the engine at once: one of them does it."""

from __future__ import annotations

from collections.abc import Callable

from cancellation.cancellation_support import line_of, paid_order, refusing
from creditstore.cancellation.models import RegistryTransaction
from creditstore.cancellation.retrying import retry_line
from creditstore.cancellation.services import poll_transaction, submit_line
from creditstore.core.errors import StoreError
from creditstore.core.models import TransitionRecord
from creditstore_plugins import RefusalKind
from support.jobs import pending_jobs, run_jobs
from support.plugin_host import ScriptedRegistry


def test_two_who_try_a_line_again_at_once_ask_the_registry_once(
    registry: ScriptedRegistry, fresh_database: str, interleave: Callable[..., list[object]]
) -> None:
    order = paid_order()
    registry.submits.append(refusing(RefusalKind.ACCOUNT, code=1003))
    run_jobs()
    line = line_of(order)

    def again() -> int:
        return retry_line(line=line_of(order), actor="staff:1")

    answers = interleave(again, again, pause_after="creditstore.cancellation.retrying._check_final")
    assert 10 in answers
    assert [answer.code for answer in answers if isinstance(answer, StoreError)] == ["conflict"]
    assert RegistryTransaction.objects.filter(line=line, attempt=2).count() == 1
    run_jobs()
    order.refresh_from_db()
    assert (order.state, len(registry.submissions)) == ("certified", 2)


def test_two_who_hear_of_a_completion_at_once_cancel_once(
    registry: ScriptedRegistry, fresh_database: str, interleave: Callable[..., list[object]]
) -> None:
    order = paid_order()
    submit_line(line_id=line_of(order).pk)
    entry = line_of(order).registry_transactions.get()

    def hear() -> None:
        poll_transaction(transaction_id=entry.pk, once=True)

    assert interleave(hear, hear, pause_after="creditstore.cancellation.services.get_host") == [None, None]
    order.refresh_from_db()
    assert order.state == "cancelled"
    completed = TransitionRecord.objects.filter(machine="registry_transaction", target="completed")
    assert completed.filter(subject_id=entry.pk).count() == 1
    assert pending_jobs().count("creditstore.certificates.issue") == 1
    run_jobs()
    order.refresh_from_db()
    assert order.state == "certified"


def test_two_workers_with_the_same_line_propose_under_one_key(
    registry: ScriptedRegistry, fresh_database: str, interleave: Callable[..., list[object]]
) -> None:
    order = paid_order()
    line = line_of(order)

    def submit() -> None:
        submit_line(line_id=line.pk)

    assert interleave(submit, submit, pause_after="creditstore.cancellation.services.look") == [None, None]
    assert len({instruction.key for instruction in registry.submissions}) == 1
    assert RegistryTransaction.objects.filter(line=line).count() == 1
    run_jobs()
    order.refresh_from_db()
    assert order.state == "certified"
