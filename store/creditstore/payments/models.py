"""Payments of orders, what providers said of them, and the money that was sent back."""

from __future__ import annotations

import uuid

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from creditstore.core.state_table import state_table
from creditstore.core.states import edges_trigger
from creditstore.orders.models import Order, OrderLine
from creditstore.payments import triggers

_MONEY = ["captured", "underpaid", "overpaid"]
PAYMENTS = state_table(
    "payment",
    {
        "created": ["pending", "unknown", *_MONEY, "declined", "expired"],
        "pending": ["unknown", *_MONEY, "declined", "expired"],
        "unknown": ["pending", *_MONEY, "declined", "expired"],
        "captured": ["overpaid", "partly_refunded", "refunded", "disputed"],
        # The rest may still come, or come twice.
        "underpaid": ["captured", "overpaid", "partly_refunded", "refunded", "disputed"],
        # Captured again once the surplus is sent back.
        "overpaid": ["captured", "partly_refunded", "refunded", "disputed"],
        "partly_refunded": ["refunded", "disputed"],
        "disputed": ["captured", "partly_refunded", "refunded"],
        "declined": _MONEY,
        "expired": _MONEY,
        "refunded": [],
    },
)
#: States in which money may still move: at most one such payment per order.
LIVE = ("created", "pending", "unknown")
#: States of a payment that has paid its order, whatever was sent back since.
PAID = ("captured", "overpaid", "partly_refunded", "disputed")

#: States of a payment of which all that was due is there.
WHOLE = ("captured", "overpaid")

#: ``manual``: the provider cannot send money back, so staff do, and note by what. A failed one counts for nothing.
REFUNDS = state_table(
    "refund",
    {
        "requested": ["sent", "manual"],
        "sent": ["done", "failed", "unknown"],
        "unknown": ["sent", "done", "failed"],
        "failed": ["manual"],
        "manual": ["done"],
        "done": [],
    },
)


class Payment(models.Model):
    """One attempt to pay one order. ``method`` is the public id (``pay_sandbox:pending``), ``provider`` the plugin.

    A declined or expired payment can still become captured: money that arrives late is believed, and staff are told.
    """

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    provider = models.CharField(max_length=60)
    method = models.CharField(max_length=80)
    method_title = models.CharField(max_length=120)
    state = models.CharField(max_length=16, choices=PAYMENTS.choices, default="created")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reference = models.CharField(max_length=200, blank=True)
    message = models.TextField(blank=True)
    instructions = models.JSONField(default=dict, blank=True)
    test_mode = models.BooleanField(default=False)
    return_url = models.TextField(blank=True)
    started_at = models.DateTimeField(auto_now_add=True)
    captured_at = models.DateTimeField(null=True)
    captured_minor = models.BigIntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["started_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["order"], name="payment_one_live_per_order", condition=Q(state__in=LIVE)),
            models.CheckConstraint(name="payment_amount", condition=Q(amount_minor__gte=1) & Q(captured_minor__gte=0)),
            models.CheckConstraint(
                name="payment_captured_knows_when",
                condition=~Q(state="captured") | Q(captured_at__isnull=False, captured_minor__gte=1),
            ),
            models.CheckConstraint(
                name="payment_refunded_within_captured",
                condition=Q(refunded_minor__gte=0) & Q(refunded_minor__lte=F("captured_minor")),
            ),
        ]
        triggers = [
            edges_trigger(PAYMENTS),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="attempt_is_fixed", fields=["key", "order", "provider", "amount_minor", "currency"]
            ),
            triggers.asks_what_is_due(),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.key}"

    @property
    def variant(self) -> str:
        """Which of its provider's methods this is; empty for the main one."""
        return self.method.partition(":")[2]


class PaymentEvent(models.Model):
    """What a provider reported, each fact once. Append-only."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="events")
    provider = models.CharField(max_length=60)
    event_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    reported_at = models.DateTimeField()
    detail = models.TextField(blank=True)
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["provider", "event_id"], name="payment_event_once")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.provider} {self.event_id}"


class RefundPurpose(models.TextChoices):
    """Why money is sent back. One of each kind per payment and line, so that a repeat finds the first one."""

    LINE = "line", _("a line that is not cancelled")
    ORDER = "order", _("the whole order")
    LATE = "late", _("money that arrived too late")
    DUPLICATE = "duplicate", _("an order that was paid twice")
    SURPLUS = "surplus", _("more than was due")


class Refund(models.Model):
    """Money of one payment that is sent back, in minor units of its currency.

    ``key`` makes it idempotent at the provider. ``approved_by`` are the two members of staff (ids) without whom nothing
    is sent back for units that are cancelled. ``reason`` is for the audit: no personal data.
    """

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, null=True, related_name="refunds")
    purpose = models.CharField(max_length=10, choices=RefundPurpose.choices)
    amount_minor = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=REFUNDS.choices, default="requested")
    reason = models.TextField()
    requested_by = models.CharField(max_length=80)
    approved_by = models.JSONField(default=list, blank=True)
    reference = models.CharField(max_length=200, blank=True)
    message = models.TextField(blank=True)
    requested_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["requested_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["payment", "line", "purpose"],
                name="refund_once",
                condition=~Q(state="failed"),
                nulls_distinct=False,
            ),
            models.CheckConstraint(name="refund_amount", condition=Q(amount_minor__gte=1)),
            models.CheckConstraint(
                name="refund_done_knows_when",
                condition=Q(state="done", done_at__isnull=False) | ~Q(state="done") & Q(done_at=None),
            ),
            models.CheckConstraint(
                name="refund_of_a_line_names_it",
                condition=Q(purpose="line", line__isnull=False) | ~Q(purpose="line") & Q(line=None),
            ),
        ]
        triggers = [
            edges_trigger(REFUNDS),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="request_is_fixed",
                fields=["key", "payment", "line", "purpose", "amount_minor", "approved_by", "requested_by"],
            ),
            triggers.refunds_within_captured(),
            triggers.cancelled_needs_two(),
        ]

    def __str__(self) -> str:
        return str(self.key)
