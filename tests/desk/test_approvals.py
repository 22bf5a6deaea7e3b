"""Four eyes: what cannot be undone is never done by one person, whatever that person tries."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import DatabaseError, transaction

from creditstore.accounts.models import User
from creditstore.core.errors import StoreError
from creditstore.desk import actions, approvals
from creditstore.desk.models import Approval
from creditstore.orders.models import OrderLine
from creditstore.payments.models import Payment, Refund
from support.desk import MANAGER, OFFICER, SUPPORT, cancelled_line, make_staff, refused_line
from support.jobs import run_jobs
from support.plugin_host import ScriptedRegistry, scripted_host

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(registry: ScriptedRegistry) -> OrderLine:
    """Four cancelled units in a certified order."""
    return cancelled_line()


def asked(line: OrderLine, user: User) -> Approval:
    answer = actions.refund_line(line=line, user=user, reason="the beneficiary was wrong")
    assert isinstance(answer, Approval)
    return answer


def test_the_money_of_cancelled_units_goes_back_only_when_two_agree(line: OrderLine) -> None:
    first, second = make_staff(MANAGER), make_staff(OFFICER)
    approval = asked(line, first)
    assert asked(line, first) == approval
    run_jobs()
    assert not Refund.objects.exists()

    actions.decide(approval=approval, user=second, yes=True, note="I called the buyer.")
    refund = Refund.objects.get()
    assert (refund.amount_minor, refund.line) == (1000, line)
    assert refund.approved_by == sorted([first.pk, second.pk])
    run_jobs()
    refund.refresh_from_db()
    line.refresh_from_db()
    assert (refund.state, line.state) == ("done", "cancelled")
    assert line.order.certificates.filter(state="issued").exists()

    actions.decide(approval=approval, user=second, yes=True, note="again")
    assert Refund.objects.count() == 1


@pytest.mark.parametrize("role", [SUPPORT, OFFICER, MANAGER, ""])
def test_nobody_decides_what_they_asked(line: OrderLine, role: str) -> None:
    user = make_staff(MANAGER)
    approval = asked(line, user)
    if role:
        user.groups.set(make_staff(role).groups.all())
    else:
        user.is_superuser = True
        user.save()
    again = User.objects.get(pk=user.pk)
    for yes in (True, False):
        with pytest.raises(StoreError) as caught:
            actions.decide(approval=approval, user=again, yes=yes, note="I am sure.")
        assert caught.value.code == "forbidden"
    approval.refresh_from_db()
    assert approval.state == "asked"
    assert not Refund.objects.exists()


def test_the_database_knows_that_they_are_two(line: OrderLine) -> None:
    user, other = make_staff(), make_staff()
    approval = asked(line, user)
    found = Approval.objects.filter(pk=approval.pk)
    now = approval.asked_at
    with pytest.raises(DatabaseError, match="approval_takes_two"), transaction.atomic():
        found.update(state="approved", decided_by=user, decided_at=now)
    with pytest.raises(DatabaseError, match="approval_decided_by_somebody"), transaction.atomic():
        found.update(state="approved", decided_at=now)
    with pytest.raises(DatabaseError, match="what_was_asked_is_fixed"), transaction.atomic():
        found.update(asked_by=other)
    approvals.refuse(approval=approval, user=other, note="No.")
    with pytest.raises(DatabaseError, match="decided_is_final"), transaction.atomic():
        found.update(note="Yes.")
    with pytest.raises(DatabaseError, match="never_deleted"), transaction.atomic():
        found.delete()


@pytest.mark.parametrize(("role", "may"), [(SUPPORT, False), (OFFICER, True), (MANAGER, True), ("", False)])
def test_who_may_decide(line: OrderLine, role: str, *, may: bool) -> None:
    approval = asked(line, make_staff())
    user = make_staff(role)
    if may:
        assert actions.decide(approval=approval, user=user, yes=False, note="No.").state == "refused"
    else:
        with pytest.raises(StoreError) as caught:
            actions.decide(approval=approval, user=user, yes=False, note="No.")
        assert caught.value.code == "forbidden"


def test_whoever_left_decides_nothing(line: OrderLine) -> None:
    approval, gone = asked(line, make_staff()), make_staff()
    gone.is_active = False
    gone.save()
    with pytest.raises(StoreError):
        actions.decide(approval=approval, user=gone, yes=True, note="")


def test_a_no_needs_a_note_and_ends_the_question(line: OrderLine) -> None:
    first, second = make_staff(), make_staff()
    approval = asked(line, first)
    with pytest.raises(StoreError, match="Say why"):
        actions.decide(approval=approval, user=second, yes=False, note="  ")
    actions.decide(approval=approval, user=second, yes=False, note="The certificate is right.")
    with pytest.raises(StoreError, match="decided already"):
        actions.decide(approval=approval, user=second, yes=True, note="after all")
    assert not Refund.objects.exists()
    assert asked(line, first) != approval


def test_only_whoever_asked_takes_it_back(line: OrderLine) -> None:
    first, second = make_staff(), make_staff()
    approval = asked(line, first)
    with pytest.raises(StoreError, match="Only whoever asked"):
        approvals.withdraw(approval=approval, user=second)
    assert approvals.withdraw(approval=approval, user=first).state == "withdrawn"
    with pytest.raises(StoreError, match="decided already"):
        actions.decide(approval=approval, user=second, yes=True, note="")


def test_a_large_refund_takes_two_and_so_do_many_small_ones(registry: ScriptedRegistry, settings: object) -> None:
    settings.CREDITSTORE_REFUND_ALONE = {"USD": 1000}  # type: ignore[attr-defined]
    user = make_staff(MANAGER)
    small = refused_line(registry, quantity=4)
    assert isinstance(actions.refund_line(line=small, user=user, reason="refused"), Refund)
    large = refused_line(registry, quantity=5)
    assert isinstance(actions.refund_line(line=large, user=user, reason="refused"), Approval)
    large.refresh_from_db()
    assert large.state == "refused"


def test_what_went_back_before_counts(registry: ScriptedRegistry, settings: object) -> None:
    settings.CREDITSTORE_REFUND_ALONE = {"USD": 1000}  # type: ignore[attr-defined]
    user, line = make_staff(MANAGER), refused_line(registry, quantity=8)
    payment = Payment.objects.get(order=line.order)
    assert actions.refund(payment=payment, amount_minor=900, user=user, reason="part", line=line)
    assert actions._why_two(payment=payment, amount_minor=101, line=None)
    assert not actions._why_two(payment=payment, amount_minor=100, line=None)


def test_what_cannot_be_done_any_more_leaves_the_question_open(registry: ScriptedRegistry, settings: object) -> None:
    settings.CREDITSTORE_REFUND_ALONE = {}  # type: ignore[attr-defined]
    line = refused_line(registry)
    approval = actions.refund_line(line=line, user=make_staff(), reason="refused")
    assert isinstance(approval, Approval)
    actions.retry(line=line, user=make_staff())
    with pytest.raises(StoreError):
        actions.decide(approval=approval, user=make_staff(), yes=True, note="")
    approval.refresh_from_db()
    assert (approval.state, approval.decided_by) == ("asked", None)
    assert not Refund.objects.exists()


def by_each_of_two(line: OrderLine) -> tuple[Approval, User, User]:
    first, second = make_staff(), make_staff()
    return asked(line, first), first, second


def test_one_person_in_two_requests_at_once_is_still_one_person(
    fresh_database: str, interleave: Callable[..., list[object]]
) -> None:
    with scripted_host():
        approval, first, _second = by_each_of_two(cancelled_line())

        def decide() -> Approval:
            return actions.decide(approval=approval, user=first, yes=True, note="")

        answers = interleave(decide, decide, pause_after="creditstore.desk.approvals.require")
    assert [type(answer) for answer in answers] == [StoreError, StoreError]
    assert not Refund.objects.exists()


def test_two_decisions_at_once_send_the_money_once(
    fresh_database: str, interleave: Callable[..., list[object]]
) -> None:
    with scripted_host():
        approval, _first, second = by_each_of_two(cancelled_line())
        third = make_staff()

        def yes() -> Approval:
            return actions.decide(approval=approval, user=second, yes=True, note="")

        def no() -> Approval:
            return actions.decide(approval=approval, user=third, yes=False, note="No.")

        answers = interleave(yes, no, pause_after="creditstore.desk.approvals.require")
    assert sorted(type(answer).__name__ for answer in answers) == ["Approval", "StoreError"]
    approval.refresh_from_db()
    assert Refund.objects.count() == (1 if approval.state == "approved" else 0)
