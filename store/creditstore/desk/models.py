"""Decisions that take two people: one asks, another one decides, and the database knows that they are two."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from creditstore.core.state_table import state_table
from creditstore.core.states import edges_trigger
from creditstore.orders.models import Order, OrderLine
from creditstore.payments.models import Payment

APPROVALS = state_table(
    "approval",
    {"asked": ["approved", "refused", "withdrawn"], "approved": [], "refused": [], "withdrawn": []},
)


class ApprovalAction(models.TextChoices):
    """What cannot be undone, and therefore takes two."""

    REFUND = "refund", _("send money back")
    RELEASE_HOLD = "release_hold", _("cancel before the hold time is over")
    CANCEL_ANYWAY = "cancel_anyway", _("cancel although a check wanted a person to look")


class Approval(models.Model):
    """One thing that somebody of the staff asks for and another one decides. Approving does it, in one transaction.

    ``why_two`` says which rule asks for a second person. ``amount_minor`` is of refunds alone. ``reason`` and ``note``
    hold no personal data.
    """

    action = models.CharField(max_length=20, choices=ApprovalAction.choices)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="approvals")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, null=True, related_name="approvals")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, related_name="approvals")
    amount_minor = models.BigIntegerField(null=True)
    purpose = models.CharField(max_length=20, blank=True)
    reason = models.TextField()
    why_two = models.TextField()
    state = models.CharField(max_length=10, choices=APPROVALS.choices, default="asked")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["asked_at", "pk"]
        default_permissions = ()
        permissions = [
            ("view_queue", _("Can see the queue of orders")),
            ("act_on_orders", _("Can act on orders: retry, substitute, close")),
            ("refund", _("Can send money back")),
            ("approve", _("Can decide what another one asked for")),
        ]
        constraints = [
            models.CheckConstraint(name="approval_takes_two", condition=~Q(decided_by=F("asked_by"))),
            models.CheckConstraint(
                name="approval_decided_by_somebody",
                condition=Q(state="asked", decided_by=None, decided_at=None)
                | Q(state="withdrawn", decided_by=None, decided_at__isnull=False)
                | Q(state__in=["approved", "refused"], decided_by__isnull=False, decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="approval_refund_says_how_much",
                condition=Q(action="refund", payment__isnull=False, amount_minor__gte=1)
                | ~Q(action="refund") & Q(payment=None, amount_minor=None),
            ),
            models.UniqueConstraint(
                fields=["action", "order", "line"],
                name="approval_asked_once",
                condition=Q(state="asked"),
                nulls_distinct=False,
            ),
        ]
        triggers = [
            edges_trigger(APPROVALS),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="decided_is_final", operation=pgtrigger.Update, condition=~pgtrigger.Q(old__state="asked")
            ),
            pgtrigger.ReadOnly(
                name="what_was_asked_is_fixed",
                fields=[
                    "action", "order", "line", "payment", "amount_minor", "purpose", "reason", "why_two",
                    "asked_by", "asked_at",
                ],
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.action} {self.order_id}: {self.state}"
