"""Payments of orders, and what providers said of them."""

from __future__ import annotations

import uuid

import pgtrigger
from django.db import models
from django.db.models import Q

from creditstore.core.state_table import state_table
from creditstore.core.states import edges_trigger
from creditstore.orders.models import Order

PAYMENTS = state_table(
    "payment",
    {
        "created": ["pending", "unknown", "captured", "declined", "expired"],
        "pending": ["unknown", "captured", "declined", "expired"],
        "unknown": ["pending", "captured", "declined", "expired"],
        "captured": ["partly_refunded", "refunded", "disputed"],
        "partly_refunded": ["refunded", "disputed"],
        "disputed": ["captured", "refunded"],
        "declined": ["captured"],
        "expired": ["captured"],
        "refunded": [],
    },
)
#: States in which money may still move: at most one such payment per order.
LIVE = ("created", "pending", "unknown")


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

    class Meta:
        ordering = ["started_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["order"], name="payment_one_live_per_order", condition=Q(state__in=LIVE)),
            models.CheckConstraint(name="payment_amount", condition=Q(amount_minor__gte=1) & Q(captured_minor__gte=0)),
            models.CheckConstraint(
                name="payment_captured_knows_when",
                condition=~Q(state="captured") | Q(captured_at__isnull=False, captured_minor__gte=1),
            ),
        ]
        triggers = [edges_trigger(PAYMENTS), pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.method} {self.key}"


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
