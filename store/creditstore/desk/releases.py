"""Releasing units from doubt: what is released can be sold and cancelled again, so it takes two registry officers."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from creditstore.accounts.models import User
from creditstore.accounts.staff import actor_of
from creditstore.core.errors import StoreError
from creditstore.credits.locks import lock_offers
from creditstore.credits.models import Offer
from creditstore.credits.services import thaw
from creditstore.desk import approvals
from creditstore.desk.models import Approval, ApprovalAction
from creditstore.desk.people import RECONCILE, require
from creditstore.orders.doubt import return_left, units_in_doubt
from creditstore.orders.models import OrderLine
from creditstore.reconciliation.items import release_units, said
from creditstore.reconciliation.models import OpenItem


def release_of_item(*, item: OpenItem, user: User, reason: str) -> Approval:
    """Ask a second officer whether the units that were frozen because of an item may be released, and it be closed.

    Errors: ``StoreError``: forbidden, invalid (no reason, too long), conflict (nothing is frozen because of it).
    """
    require(user, RECONCILE)
    if not item.blocks.filter(is_leaf=True, in_doubt=True).exists():
        raise StoreError(code="conflict", message=_("No units are frozen because of this item."))
    return approvals.ask(
        action=ApprovalAction.RELEASE_UNITS,
        order=item.order,
        item=item,
        user=user,
        reason=said(reason),
        why_two=_why_two(),
    )


def release_of_line(*, line: OrderLine, user: User, reason: str) -> Approval:
    """Ask a second officer whether a line's units in doubt may be released. What the line has left goes back on sale.

    Errors: ``StoreError``: forbidden, invalid (no reason), conflict (none is in doubt, or an open item of the
    reconciliation is about them).
    """
    require(user, RECONCILE)
    _check(line)
    return approvals.ask(
        action=ApprovalAction.RELEASE_UNITS,
        order=line.order,
        line=line,
        user=user,
        reason=reason,
        why_two=_why_two(),
    )


def _why_two() -> str:
    return _("Released units can be sold and cancelled again. If the registry does not hold them, somebody is wronged.")


def _check(line: OrderLine) -> None:
    blocks = units_in_doubt(line=line)
    if not blocks.exists():
        raise StoreError(code="conflict", message=_("No units of this line are in doubt."))
    if OpenItem.objects.filter(closed_at=None, blocks__in=blocks).exists():
        message = _("The reconciliation has an open item about these units. Release them there, under Reports.")
        raise StoreError(code="conflict", message=message)


def perform_release(*, approval: Approval) -> None:
    """Do what two officers have agreed on. Errors: ``StoreError`` (conflict) when nothing is there to release."""
    assert approval.decided_by is not None  # noqa: S101  (the database's check: approved ones know by whom)
    actor = actor_of(approval.decided_by)
    if approval.item is not None:
        both = (approval.asked_by, approval.decided_by)
        release_units(item_id=approval.item.pk, actor=actor, reason=approval.reason, approved_by=both)
        return
    assert approval.line is not None  # noqa: S101  (it is about one or the other)
    with transaction.atomic():
        blocks = list(units_in_doubt(line=approval.line))
        # Before the check: a run that doubts them now, too, waits for this lock with its item.
        lock_offers(Offer.objects.filter(pk__in={block.offer_id for block in blocks}))
        _check(approval.line)
        thaw(blocks=blocks, actor=actor, reason=approval.reason)
        carved_for = [block.reservation_id for block in blocks if block.reservation_id is not None]
        return_left(reservations=carved_for, actor=actor, reason=approval.reason)
