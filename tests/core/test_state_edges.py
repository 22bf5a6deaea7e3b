"""Every machine, every pair of states: what its table has is possible, and nothing else, in Python and in SQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

import pgtrigger
import pytest
from django.db import DatabaseError, connection, models, transaction
from django.utils import timezone

from creditstore.accounts.models import User
from creditstore.cancellation.models import TRANSACTIONS, RegistryTransaction
from creditstore.certificates.models import CERTIFICATES, Certificate
from creditstore.core.models import TransitionRecord
from creditstore.core.state_table import StateTable
from creditstore.core.states import IllegalTransition, edges_trigger, transition
from creditstore.credits.models import BLOCKS, OFFERS, RESERVATIONS, Offer, Reservation, UnitBlock
from creditstore.credits.services import reserve
from creditstore.desk.models import APPROVALS, Approval
from creditstore.orders.models import Order, OrderLine, Substitution
from creditstore.orders.states import LINES, ORDERS, SUBSTITUTIONS
from creditstore.payments.models import PAYMENTS, REFUNDS, Payment, Refund
from creditstore.webhooks.models import WEBHOOKS, InboundWebhook
from creditstore_content.pledge.models import Pledge, YearReport
from creditstore_content.pledge.services import sign
from creditstore_content.pledge.states import LISTINGS, PLEDGES, REPORTS
from support.ledger import make_offer, make_order
from support.pledges import request
from support.state_docs import tables

pytestmark = pytest.mark.django_db


def an_order() -> Order:
    return make_order((make_offer(), 1)).order


def a_payment() -> Payment:
    order = an_order()
    return Payment.objects.create(
        order=order, provider="p", method="p", method_title="P", amount_minor=order.total_minor, currency=order.currency
    )


def a_transaction() -> RegistryTransaction:
    line = an_order().lines.get()
    return RegistryTransaction.objects.create(
        key=uuid4(),
        line=line,
        connector="c",
        registry="R",
        account="A",
        simulated=True,
        transaction_id="T-1",
    )


def a_certificate() -> Certificate:
    order = an_order()
    with pgtrigger.ignore("creditstore_certificates.Certificate:only_after_completion"):
        return Certificate.objects.create(
            number="T-1", order=order, code="c", facts={}, digest="d", issued_at=timezone.now()
        )


def a_reservation() -> Reservation:
    return reserve(offer_id=make_offer().pk, quantity=1, expires_at=timezone.now())


def a_block() -> UnitBlock:
    return a_reservation().offer.blocks.get(is_leaf=True)


def a_webhook() -> InboundWebhook:
    return InboundWebhook.objects.create(plugin="p", digest="d", headers={}, body=b"", received_at=timezone.now())


def a_refund() -> Refund:
    payment = a_payment()
    Payment.objects.filter(pk=payment.pk).update(captured_minor=payment.amount_minor)
    return Refund.objects.create(
        payment=payment, purpose="order", amount_minor=1, reason="r", requested_by="test", requested_at=timezone.now()
    )


def a_substitution() -> Substitution:
    line, offer = an_order().lines.get(), make_offer()
    return Substitution.objects.create(
        line=line,
        replaced=line.reservation,
        offer=offer,
        price_minor=offer.price_minor,
        proposed_by="test",
        proposed_at=timezone.now(),
        expires_at=timezone.now(),
    )


def an_approval() -> Approval:
    clerk, _second = (User.objects.create_user(email=f"{name}@example.org") for name in ("one", "two"))
    order = an_order()
    return Approval.objects.create(
        action="release_hold", order=order, reason="r", why_two="w", asked_by=clerk, asked_at=timezone.now()
    )


def a_pledge(*, listing: str = "none") -> Pledge:
    sign(request=request(listing=listing))
    return Pledge.objects.select_related("listing").get()


def a_report() -> YearReport:
    return YearReport.objects.create(
        pledge=a_pledge(), year=2025, ended_on=date(2025, 12, 31), submitted_at=timezone.now()
    )


def of_pledge(_row: models.Model, state: str) -> dict[str, Any]:
    known = ("name", "email", "email_key", "subject_key")
    return {
        "confirmed_at": None if state == "signed" else timezone.now(),
        "withdrawn_at": timezone.now() if state == "withdrawn" else None,
        **dict.fromkeys(known, "" if state == "withdrawn" else "known"),
    }


def of_listing(_row: models.Model, state: str) -> dict[str, Any]:
    with pgtrigger.ignore():
        Pledge.objects.update(state="active", confirmed_at=timezone.now())
    return of_report(_row, state)


def of_report(_row: models.Model, state: str) -> dict[str, Any]:
    moderator = User.objects.get_or_create(email="moderator@example.org")[0]
    waiting = state in ("waiting", "submitted")
    return {"decided_at": None if waiting else timezone.now(), "decided_by": None if waiting else moderator}


def of_approval(_row: models.Model, state: str) -> dict[str, Any]:
    decided = state in ("approved", "refused")
    return {
        "decided_by": User.objects.get(email="two@example.org") if decided else None,
        "decided_at": None if state == "asked" else timezone.now(),
    }


def of_refund(_row: models.Model, state: str) -> dict[str, Any]:
    return {"done_at": timezone.now() if state == "done" else None}


def of_substitution(_row: models.Model, state: str) -> dict[str, Any]:
    return {"decided_at": None if state == "proposed" else timezone.now()}


def nothing_else(_row: models.Model, _state: str) -> dict[str, Any]:
    return {}


def of_payment(_row: models.Model, state: str) -> dict[str, Any]:
    return {"captured_at": timezone.now(), "captured_minor": 1} if state == "captured" else {}


def of_transaction(_row: models.Model, state: str) -> dict[str, Any]:
    return {"completed_at": timezone.now() if state == "completed" else None}


def of_block(row: models.Model, state: str) -> dict[str, Any]:
    offer = Offer.objects.get(issuance__blocks=row)
    return {
        "offer_id": None if state == "outstanding" else offer.pk,
        "reservation_id": offer.reservations.get().pk if state in ("assigned", "cancelled") else None,
        "cancelled_at": timezone.now() if state == "cancelled" else None,
        "cancellation_kind": "store" if state == "cancelled" else "",
    }


@dataclass(frozen=True)
class Machine:
    """``values``: the columns that the database's checks want in a state."""

    table: StateTable
    make: Callable[[], models.Model]
    values: Callable[[models.Model, str], dict[str, Any]] = nothing_else


MACHINES = [
    Machine(ORDERS, an_order),
    Machine(LINES, lambda: OrderLine.objects.get(order=an_order())),
    Machine(PAYMENTS, a_payment, of_payment),
    Machine(REFUNDS, a_refund, of_refund),
    Machine(TRANSACTIONS, a_transaction, of_transaction),
    Machine(SUBSTITUTIONS, a_substitution, of_substitution),
    Machine(APPROVALS, an_approval, of_approval),
    Machine(CERTIFICATES, a_certificate),
    Machine(OFFERS, make_offer),
    Machine(RESERVATIONS, a_reservation),
    Machine(BLOCKS, a_block, of_block),
    Machine(WEBHOOKS, a_webhook),
    Machine(PLEDGES, a_pledge, of_pledge),
    Machine(LISTINGS, lambda: a_pledge(listing="named").listing, of_listing),
    Machine(REPORTS, a_report, of_report),
]
every_machine = pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.table.name)


def pairs(table: StateTable) -> Iterator[tuple[str, str]]:
    return ((source, target) for source in table.states for target in table.states)


def test_every_machine_is_tried() -> None:
    assert [machine.table for machine in MACHINES] == tables()


@every_machine
def test_transition_takes_every_edge_of_the_table_and_no_other(machine: Machine) -> None:
    # In a savepoint that is taken back: rows are put into states that nothing led to, which no commit would let pass.
    with transaction.atomic():
        row = machine.make()
        for source, target in pairs(machine.table):
            with pgtrigger.ignore():
                type(row)._default_manager.filter(pk=row.pk).update(state=source, **machine.values(row, source))
            row.refresh_from_db()
            before = TransitionRecord.objects.filter(machine=machine.table.name, subject_id=row.pk).count()
            moved = refused = False
            try:
                moved = transition(
                    instance=row, table=machine.table, to=target, actor="test", values=machine.values(row, target)
                )
            except IllegalTransition:
                refused = True
            edge = machine.table.allows(source, target)
            assert (moved, refused) == (edge, not edge and source != target), f"{source} -> {target}"
            row.refresh_from_db()
            assert row.state == (target if edge else source)  # type: ignore[attr-defined]
            after = TransitionRecord.objects.filter(machine=machine.table.name, subject_id=row.pk).count()
            assert after - before == int(edge)
        transaction.set_rollback(True)


@every_machine
def test_the_database_takes_every_edge_of_the_table_and_no_other(machine: Machine) -> None:
    """The trigger's own function, on a table that has nothing but a state: no other guard can be what refuses."""
    with transaction.atomic():
        model = type(machine.make())
        transaction.set_rollback(True)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.tgfoid::regproc, t.tgenabled FROM pg_trigger t WHERE t.tgrelid = %s::regclass AND t.tgname = %s",
            [model._meta.db_table, edges_trigger(machine.table).get_pgid(model)],
        )
        ((function, enabled),) = cursor.fetchall()
        assert enabled == "O"
        cursor.execute("CREATE TEMP TABLE probe (state text)")
        cursor.execute(f"CREATE TRIGGER probe BEFORE UPDATE ON probe FOR EACH ROW EXECUTE FUNCTION {function}()")
        for source, target in pairs(machine.table):
            cursor.execute("TRUNCATE probe")
            cursor.execute("INSERT INTO probe VALUES (%s)", [source])
            possible = source == target or machine.table.allows(source, target)
            try:
                with transaction.atomic():
                    cursor.execute("UPDATE probe SET state = %s", [target])
                moved = True
            except DatabaseError as error:
                assert "Invalid transition" in str(error)  # noqa: PT017
                moved = False
            assert moved == possible, f"{source} -> {target}"


@every_machine
def test_every_state_can_be_reached_and_left_for_an_end(machine: Machine) -> None:
    """No state that nothing leads to, and none from which no way leads to an end."""
    # The rows of a machine without an end are deleted, from any state.
    reached, ends = {machine.table.states[0]}, set(machine.table.final or machine.table.states)
    for _step in machine.table.states:
        reached |= {target for source in reached for target in machine.table.edges[source]}
        ends |= {source for source, following in machine.table.edges.items() if following & ends}
    assert reached == set(machine.table.states)
    assert ends == set(machine.table.states)
