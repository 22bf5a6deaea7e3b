"""Four eyes: asking for what cannot be undone, and deciding about what somebody else asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from creditstore.accounts.models import User
from creditstore.accounts.staff import actor_of
from creditstore.core import clock
from creditstore.core.errors import FieldError, StoreError
from creditstore.core.states import record_start, transition
from creditstore.desk.models import APPROVALS, Approval, ApprovalAction
from creditstore.desk.people import ACT, APPROVE, RECONCILE, REFUND, require
from creditstore.orders.models import Order
from creditstore.orders.services import lock_order
from creditstore.reconciliation.models import OpenItem

#: Does what was approved, in the transaction of the decision. Raises ``StoreError`` when it cannot be done any more.
Perform = Callable[[Approval], object]


def ask(*, action: str, order: Order | None, user: User, reason: str, why_two: str, **about: Any) -> Approval:
    """Ask a second person. The same question, while it is open, is answered with the one that was asked.

    Parameters: ``order``, None where it is about an ``item`` without one; ``about``, the columns of ``Approval`` that
    say what exactly is asked for: ``line``, ``payment``, ``amount_minor``, ``purpose``, ``item``, ``certificate``,
    ``beneficiary_name``, ``beneficiary_reason``.
    Errors: ``StoreError``: forbidden, invalid (no reason), conflict (asked already, but otherwise).
    """
    require(user, REFUND if action == ApprovalAction.REFUND else ACT)
    reason = said(reason, field="reason")
    line, item = about.get("line"), about.get("item")
    with transaction.atomic():
        _lock_subject(order_id=order.pk if order else None, item_id=item.pk if item else None)
        existing = Approval.objects.filter(action=action, order=order, line=line, item=item, state="asked").first()
        if existing is not None:
            if any(getattr(existing, name) != value for name, value in about.items()):
                raise StoreError(code="conflict", message=_("Something else of this kind waits for a decision."))
            return existing
        approval = Approval.objects.create(
            action=ApprovalAction(action),
            order=order,
            reason=reason,
            why_two=why_two,
            asked_by=user,
            asked_at=clock.now(),
            **about,
        )
        record_start(instance=approval, table=APPROVALS, actor=actor_of(user), reason=reason)
    return approval


def may_decide(*, action: str, user: User) -> bool:
    """Whether this person may decide such questions, if somebody else asked them."""
    return all(user.has_perm(right) for right in _rights(action))


def _rights(action: str) -> tuple[str, ...]:
    """What it takes to decide: of released units registry officers alone, as of closing what reconciliation found."""
    return (APPROVE, RECONCILE) if action == ApprovalAction.RELEASE_UNITS else (APPROVE,)


def approve(*, approval: Approval, user: User, perform: Perform, note: str = "") -> Approval:
    """Say yes to what another one asked for, and do it, both or neither. A repeat changes nothing.

    Errors: ``StoreError``: forbidden (no right, or the asker), conflict (decided), and those of what is done.
    """
    _require_right(user, approval)
    with transaction.atomic():
        locked = _locked(approval)
        if locked.state == "approved" and locked.decided_by_id == user.pk:
            return locked
        _decide(locked, "approved", user=user, note=note)
        perform(locked)
    return locked


def refuse(*, approval: Approval, user: User, note: str) -> Approval:
    """Say no, and why. Errors: ``StoreError``: forbidden, invalid (no note), conflict (decided)."""
    _require_right(user, approval)
    note = said(note, field="note")
    with transaction.atomic():
        locked = _locked(approval)
        if locked.state == "refused" and locked.decided_by_id == user.pk:
            return locked
        _decide(locked, "refused", user=user, note=note)
    return locked


def withdraw(*, approval: Approval, user: User) -> Approval:
    """Whoever asked takes it back. Errors: ``StoreError``: forbidden (somebody else's), conflict (decided)."""
    with transaction.atomic():
        locked = _locked(approval)
        if locked.asked_by_id != user.pk:
            raise StoreError(code="forbidden", message=_("Only whoever asked can take it back."))
        if locked.state != "withdrawn":
            _check_open(locked)
            values = {"decided_at": clock.now()}
            transition(instance=locked, table=APPROVALS, to="withdrawn", actor=actor_of(user), values=values)
    return locked


def said(text: str, *, field: str) -> str:
    """What somebody has to write down. Errors: ``StoreError`` (invalid) when nothing was written."""
    text = text.strip()
    if not text:
        message = _("Say why: others read it later.")
        raise StoreError(code="invalid", message=message, errors=[FieldError(field, message)])
    return text


def _require_right(user: User, approval: Approval) -> None:
    for right in _rights(approval.action):
        require(user, right)


def _lock_subject(*, order_id: int | None, item_id: int | None) -> Order | None:
    """The order first, as everywhere; then the item that the question is about."""
    order = None if order_id is None else lock_order(order_id=order_id)
    if item_id is not None:
        OpenItem.objects.select_for_update(of=("self",)).get(pk=item_id)
    return order


def _locked(approval: Approval) -> Approval:
    """What the question is about; then the question."""
    order = _lock_subject(order_id=approval.order_id, item_id=approval.item_id)
    locked = (
        Approval.objects.select_for_update(of=("self",))
        .select_related("line__reservation", "payment", "item", "certificate", "asked_by")
        .get(pk=approval.pk)
    )
    locked.order = order
    return locked


def _check_open(approval: Approval) -> None:
    if approval.state != "asked":
        raise StoreError(code="conflict", message=_("This is decided already."))


def _decide(approval: Approval, to: str, *, user: User, note: str) -> None:
    _check_open(approval)
    if approval.asked_by_id == user.pk:
        raise StoreError(code="forbidden", message=_("You asked for this yourself: somebody else has to decide."))
    values = {"decided_by_id": user.pk, "decided_at": clock.now(), "note": note.strip()}
    transition(instance=approval, table=APPROVALS, to=to, actor=actor_of(user), reason=note.strip(), values=values)
