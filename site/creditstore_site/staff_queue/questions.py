"""Where the questions are that somebody asked and another one decides."""

from __future__ import annotations

from django.urls import reverse

from creditstore.accounts.models import User
from creditstore.desk.approvals import may_decide
from creditstore.desk.models import Approval


def page_of(approval: Approval) -> str:
    """The address where a question is read in its surroundings: the order's, or that of the reconciliation's item."""
    if approval.item_id is not None:
        return reverse("creditstore_reconciliation_item", args=[approval.item_id])
    assert approval.order is not None  # noqa: S101  (the database's check: it is about one or the other)
    return reverse("creditstore_queue_order", args=[approval.order.number])


def deciding_url(approval: Approval, *, user: User) -> str:
    """Where this person decides about a question or takes it back; empty where they may do neither."""
    mine = approval.asked_by_id == user.pk or may_decide(action=approval.action, user=user)
    if approval.state != "asked" or not mine:
        return ""
    if approval.item_id is not None:
        return reverse("creditstore_reconciliation_decide", args=[approval.item_id, approval.pk])
    assert approval.order is not None  # noqa: S101  (as above)
    return reverse("creditstore_queue_decide", args=[approval.order.number, approval.pk])
