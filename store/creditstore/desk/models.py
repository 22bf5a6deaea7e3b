"""Decisions that take two people: one asks, another one decides, and the database knows that they are two."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from creditstore.certificates.models import Certificate
from creditstore.core.state_table import state_table
from creditstore.core.states import edges_trigger
from creditstore.orders.models import Order, OrderLine
from creditstore.payments.models import Payment
from creditstore.reconciliation.models import OpenItem

APPROVALS = state_table(
    "approval",
    {"asked": ["approved", "refused", "withdrawn"], "approved": [], "refused": [], "withdrawn": []},
)


class ApprovalAction(models.TextChoices):
    """What cannot be undone, and therefore takes two."""

    REFUND = "refund", _("send money back")
    RELEASE_HOLD = "release_hold", _("cancel before the hold time is over")
    CANCEL_ANYWAY = "cancel_anyway", _("cancel although a check wanted a person to look")
    RELEASE_UNITS = "release_units", _("release units from doubt")
    CORRECT_CERTIFICATE = "correct_certificate", _("correct a certificate")


class Approval(models.Model):
    """One thing that somebody of the staff asks for and another one decides. Approving does it, in one transaction.

    ``why_two`` says which rule asks for a second person. ``amount_minor`` is of refunds alone; ``item``, of what the
    reconciliation found, of releases alone, and then an order is not always known; ``certificate`` with the texts as
    they should have been, of corrections alone. ``reason`` and ``note`` hold no personal data.
    """

    action = models.CharField(max_length=20, choices=ApprovalAction.choices)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, related_name="approvals")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, null=True, related_name="approvals")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, related_name="approvals")
    item = models.ForeignKey(OpenItem, on_delete=models.PROTECT, null=True, related_name="approvals")
    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, null=True, related_name="approvals")
    beneficiary_name = models.CharField(max_length=257, blank=True)
    beneficiary_reason = models.TextField(blank=True)
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
            models.CheckConstraint(
                name="approval_is_about_something",
                condition=Q(order__isnull=False) | Q(action="release_units", item__isnull=False),
            ),
            models.CheckConstraint(
                name="approval_release_says_of_what",
                condition=Q(action="release_units") & (Q(item=None) ^ Q(line=None))
                | ~Q(action="release_units") & Q(item=None),
            ),
            models.CheckConstraint(
                name="approval_correction_says_what",
                condition=Q(action="correct_certificate", certificate__isnull=False) & ~Q(beneficiary_name="")
                | ~Q(action="correct_certificate") & Q(certificate=None, beneficiary_name="", beneficiary_reason=""),
            ),
            models.UniqueConstraint(
                fields=["action", "order", "line", "item"],
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
                    "action", "order", "line", "payment", "item", "certificate", "beneficiary_name",
                    "beneficiary_reason", "amount_minor", "purpose", "reason", "why_two", "asked_by", "asked_at",
                ],
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.action} {self.order_id or self.item}: {self.state}"
