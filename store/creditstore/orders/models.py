"""Orders and their lines: the truth about who ordered what. Oscar's order rows are a display projection of these."""

from __future__ import annotations

import uuid

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from creditstore.campaigns.models import Campaign
from creditstore.core.states import edges_trigger
from creditstore.credits.models import Offer, Reservation
from creditstore.orders import triggers
from creditstore.orders.states import LINES, ORDERS, SUBSTITUTIONS
from creditstore.sellers.models import Seller
from creditstore_plugins import Money


class Visibility(models.TextChoices):
    """How much of an order the public register shows. Asked of the buyer, never assumed."""

    FULL = "full", _("Name, reason and serial numbers")
    SERIALS = "serials", _("Serial numbers only, no name and no reason")
    HIDDEN = "hidden", _("Nothing: a look-up says only that a unit is cancelled, and when")


class Terms(models.Model):
    """One version of the terms of sale. A published version never changes: a new text is a new version."""

    version = models.CharField(max_length=20, unique=True)
    effective_from = models.DateTimeField()
    body = models.TextField(
        help_text=_("Plain text; an empty line starts a paragraph, a line that starts with # a heading.")
    )

    class Meta:
        ordering = ["-effective_from"]
        verbose_name_plural = "terms"
        triggers = [pgtrigger.Protect(name="published_is_fixed", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.version


class Order(models.Model):
    """One purchase from one seller. Amounts are in minor units of ``currency``.

    ``placement_key`` is the caller's idempotency key with its scope, ``fingerprint`` the SHA-256 of what was asked:
    a repeated placement returns the same order. Only the hash of the bearer token is stored.
    """

    number = models.CharField(max_length=20, unique=True)
    oscar_order = models.OneToOneField("order.Order", on_delete=models.PROTECT, related_name="credit_order")
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="orders")
    state = models.CharField(max_length=20, choices=ORDERS.choices, default="placed")
    placement_key = models.CharField(max_length=200, unique=True)
    fingerprint = models.CharField(max_length=64)
    token_hash = models.CharField(max_length=64)

    buyer_email = models.EmailField()
    buyer_name = models.CharField(max_length=257)
    buyer_country = models.CharField(max_length=2)
    buyer_organisation = models.CharField(max_length=257, blank=True)
    buyer_vat_id = models.CharField(max_length=40, blank=True)
    beneficiary_name = models.CharField(max_length=257)
    beneficiary_country = models.CharField(max_length=2, blank=True)
    beneficiary_identifier = models.CharField(max_length=80, blank=True)
    reason = models.TextField(blank=True)
    visibility = models.CharField(max_length=8, choices=Visibility.choices)
    language = models.CharField(max_length=20, default="en")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, null=True, related_name="orders")

    terms = models.ForeignKey(Terms, on_delete=models.PROTECT)
    immediate_performance = models.BooleanField()
    consented_at = models.DateTimeField()

    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField(default=0)
    simulated = models.BooleanField(default=False)
    placed_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["-placed_at"]
        constraints = [
            models.CheckConstraint(name="order_total_positive", condition=Q(total_minor__gte=1) & Q(tax_minor__gte=0)),
            models.CheckConstraint(name="order_consented", condition=Q(immediate_performance=True)),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"], name="order_due_idx", condition=Q(state__in=["placed", "awaiting_payment"])
            ),
            models.Index(
                fields=["state"], name="order_uncertified_idx", condition=Q(state__in=["cancelled", "partly_cancelled"])
            ),
        ]
        triggers = [
            edges_trigger(ORDERS),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="what_was_agreed_is_fixed",
                fields=[
                    "number", "placement_key", "fingerprint", "terms", "immediate_performance", "consented_at",
                    "currency", "total_minor", "tax_minor", "placed_at", "campaign",
                ],
            ),
            triggers.total_is_sum_of_lines(),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.number

    @property
    def due(self) -> Money:
        """What is paid for the order, tax included."""
        return Money(minor=self.total_minor + self.tax_minor, currency=self.currency)


class UnpaidClaim(models.Model):
    """Whose unpaid order this is, as keyed hashes of e-mail address and network; gone as soon as it is not unpaid."""

    order = models.OneToOneField(Order, on_delete=models.CASCADE, related_name="unpaid_claim")
    email_key = models.CharField(max_length=64)
    prefix_key = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["email_key"], name="unpaid_email_idx"),
            models.Index(fields=["prefix_key"], name="unpaid_prefix_idx", condition=~Q(prefix_key="")),
        ]

    def __str__(self) -> str:
        return str(self.order_id)


class OrderLine(models.Model):
    """Units of one offer in an order. ``cancellation_key`` is what the registry is asked under, whatever repeats.

    ``offer`` is what was ordered, for ever; what is delivered comes from the reservation's offer, another one only
    after the buyer accepted it (``Substitution``).
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="order_lines")
    reservation = models.OneToOneField(Reservation, on_delete=models.PROTECT, related_name="order_line")
    quantity = models.BigIntegerField()
    unit_price_minor = models.BigIntegerField()
    total_minor = models.BigIntegerField()
    state = models.CharField(max_length=12, choices=LINES.choices, default="reserved")
    cancellation_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="line_position_in_order"),
            models.UniqueConstraint(fields=["order", "offer"], name="line_one_per_offer"),
            models.CheckConstraint(
                name="line_total",
                condition=Q(quantity__gte=1) & Q(total_minor=F("quantity") * F("unit_price_minor")),
            ),
        ]
        indexes = [
            models.Index(fields=["state"], name="line_on_the_way_idx", condition=Q(state__in=["paid", "cancelling"])),
        ]
        triggers = [
            edges_trigger(LINES),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="terms_are_fixed",
                fields=["order", "offer", "quantity", "unit_price_minor", "total_minor", "cancellation_key"],
            ),
            triggers.line_within_total(),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}/{self.position}"


class AttentionKind(models.TextChoices):
    """Why an order needs a person."""

    LATE_MONEY = "late_money", _("money came late")
    WRONG_AMOUNT = "wrong_amount", _("another amount was paid")
    REFUSED = "refused", _("the registry refused")
    STALLED = "stalled", _("nothing moves")
    REGISTRY_LOST = "registry_lost", _("the registry lost a transaction")
    OTHER_SERIALS = "other_serials", _("the registry reports other serials")
    REVIEW = "review", _("a check wants a person to look")
    DENIED = "denied", _("a check says no")
    DISPUTE = "dispute", _("the payment is disputed")
    REFUND_FAILED = "refund_failed", _("a refund failed")
    UNMATCHED = "unmatched", _("records do not match")
    IN_DOUBT = "in_doubt", _("units stay in doubt")


class AttentionItem(models.Model):
    """One thing that staff have to look at: opened once while it is open, closed once, never reopened.

    ``actor`` and ``closed_by`` as in the audit trail; ``reason``, ``resolution`` and ``data`` hold no personal data.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="attention_items")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, null=True, related_name="attention_items")
    kind = models.CharField(max_length=20, choices=AttentionKind.choices)
    reason = models.TextField()
    actor = models.CharField(max_length=80)
    data = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=80, blank=True)
    resolution = models.TextField(blank=True)

    class Meta:
        ordering = ["opened_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["order", "line", "kind"],
                name="attention_open_once",
                condition=Q(closed_at=None),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="attention_closed_by_somebody",
                condition=Q(closed_at=None, closed_by="", resolution="")
                | Q(closed_at__isnull=False) & ~Q(closed_by="") & ~Q(resolution=""),
            ),
        ]
        indexes = [
            models.Index(fields=["opened_at"], name="attention_open_idx", condition=Q(closed_at=None)),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="closed_is_final", operation=pgtrigger.Update, condition=pgtrigger.Q(old__closed_at__isnull=False)
            ),
            pgtrigger.ReadOnly(
                name="what_was_found_is_fixed",
                fields=["order", "line", "kind", "reason", "actor", "data", "opened_at"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.kind}"


class Substitution(models.Model):
    """Other units proposed for a refused line. Nothing is taken of ``offer`` before the buyer accepts.

    ``replaced`` is the reservation that the line had; ``price_minor`` the offer's price of one unit when it was
    proposed. The buyer never pays more. ``note`` is for the buyer to read, in staff's words.
    """

    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="substitutions")
    replaced = models.ForeignKey(Reservation, on_delete=models.PROTECT, related_name="+")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="substitutions")
    price_minor = models.BigIntegerField()
    note = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=SUBSTITUTIONS.choices, default="proposed")
    proposed_by = models.CharField(max_length=80)
    proposed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["proposed_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["line"], name="substitution_one_open", condition=Q(state="proposed")),
            models.CheckConstraint(
                name="substitution_decided_knows_when",
                condition=Q(state="proposed", decided_at=None) | ~Q(state="proposed") & Q(decided_at__isnull=False),
            ),
        ]
        triggers = [
            edges_trigger(SUBSTITUTIONS),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="what_was_proposed_is_fixed",
                fields=["line", "replaced", "offer", "price_minor", "note", "proposed_by", "proposed_at", "expires_at"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.offer_id} {self.state}"


class OrderCheckRecord(models.Model):
    """What an order check said of an order, or staff in its place. Append-only; no personal data.

    ``judge`` is a plugin's id or ``staff:<id>``; ``stage`` before the payment, before the cancellation, or ``staff``.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="check_records")
    judge = models.CharField(max_length=80)
    stage = models.CharField(
        max_length=12, choices=[("payment", "payment"), ("cancellation", "cancellation"), ("staff", "staff")]
    )
    verdict = models.CharField(max_length=6, choices=[("allow", "allow"), ("review", "review"), ("deny", "deny")])
    reason = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.order_id} {self.judge}: {self.verdict}"
