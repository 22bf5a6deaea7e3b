"""Runs that hold our rows against those of payment providers and registries, and what did not match."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from creditstore.credits.models import UnitBlock
from creditstore.orders.models import Order


class Stage(models.TextChoices):
    """What is compared, in this order. Those of the registry are the three of the Data Exchange Standards."""

    PAYMENTS = "payments", _("payments with the payment provider")
    ORDERS = "orders", _("payments with cancellations and certificates")
    TOTALS = "totals", _("totals with the registry")
    BLOCKS = "blocks", _("unit blocks with the registry")
    RECORDS = "records", _("completed cancellations with the registry")


class Outcome(models.TextChoices):
    """How a comparison ended. Only ``matched`` says that both sides told the same."""

    MATCHED = "matched", _("matched")
    DIFFERS = "differs", _("differs")
    NOT_NEEDED = "not_needed", _("not needed: the totals match")
    NOT_OFFERED = "not_offered", _("not offered by the other side")
    NOT_TOLD = "not_told", _("no answer that can be trusted")


class Kind(models.TextChoices):
    """What does not match."""

    CAPTURE_MISSING = "capture_missing", _("paid here, not at the payment provider")
    CAPTURE_UNKNOWN = "capture_unknown", _("paid at the payment provider, not here")
    AMOUNT_DIFFERS = "amount_differs", _("the payment provider took another amount")
    DUPLICATE_CAPTURE = "duplicate_capture", _("the payment provider took the money twice")
    PAID_NOT_CANCELLED = "paid_not_cancelled", _("paid, not cancelled")
    CANCELLED_NOT_PAID = "cancelled_not_paid", _("cancelled, not paid")
    QUANTITY_DIFFERS = "quantity_differs", _("another quantity was cancelled than was ordered")
    NOT_CERTIFIED = "not_certified", _("cancelled, without a certificate")
    CERTIFICATE_DIFFERS = "certificate_differs", _("the certificate names another quantity than was cancelled")
    TOTALS_DIFFER = "totals_differ", _("totals differ")
    MISSING_AT_REGISTRY = "missing_at_registry", _("units that the registry does not have in the account")
    UNKNOWN_AT_REGISTRY = "unknown_at_registry", _("completed here, unknown to the registry")
    UNSEEN_COMPLETION = "unseen_completion", _("completed at the registry, not here")
    OTHER_RANGE = "other_range", _("the registry cancelled other serial numbers")
    OTHER_BENEFICIARY = "other_beneficiary", _("the registry cancelled for another beneficiary")
    OTHER_TIME = "other_time", _("the registry gives another time")
    DUPLICATE = "duplicate", _("cancelled twice at the registry")


class Run(models.Model):
    """One reconciliation. ``full``: every stage, and from the beginning; else later stages only where they are needed.

    A run that was cut off is still ``running`` and is gone on with: its finished steps are not repeated.
    """

    actor = models.CharField(max_length=80)
    full = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=[("running", _("running")), ("finished", _("finished"))])
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["state"], name="reconciliation_one_at_once", condition=Q(state="running")),
            models.CheckConstraint(
                name="reconciliation_finished_knows_when",
                condition=Q(state="finished", finished_at__isnull=False) | Q(state="running", finished_at=None),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="finished_is_final", operation=pgtrigger.Update, condition=pgtrigger.Q(old__state="finished")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M} {self.state}"


class Step(models.Model):
    """One comparison of a run with one other side. Append-only.

    ``plugin`` is the provider or connector, ``account`` the registry account; both are empty where nobody is asked.
    ``compared`` counts our rows (or theirs, where there are more), ``differing`` those that do not match. ``since``:
    only what happened from then on was compared; empty means all. ``note`` is for staff: no personal data.
    """

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="steps")
    stage = models.CharField(max_length=10, choices=Stage.choices)
    plugin = models.CharField(max_length=60, blank=True)
    account = models.CharField(max_length=40, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    compared = models.BigIntegerField(default=0)
    differing = models.BigIntegerField(default=0)
    since = models.DateTimeField(null=True)
    asked_at = models.DateTimeField()
    note = models.TextField(blank=True)
    figures = models.JSONField(default=dict)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["run", "stage", "plugin", "account"], name="reconciliation_step_once")
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return " ".join(filter(None, (self.stage, self.plugin, self.account, self.outcome)))


class OpenItem(models.Model):
    """One thing that does not match: the same item in every run that sees it, until one does not, or staff close it.

    ``subject`` names what it is about (``payment:12``, ``record:registry_cdm:CDM-000000007``) and with the kind tells
    items apart. ``facts`` are what the two sides say; no personal data. ``blocks`` are the units frozen because of it.
    """

    stage = models.CharField(max_length=10, choices=Stage.choices)
    plugin = models.CharField(max_length=60, blank=True)
    account = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    subject = models.CharField(max_length=250)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, related_name="unmatched_items")
    facts = models.JSONField(default=dict)
    happened_at = models.DateTimeField(null=True)
    blocks = models.ManyToManyField(UnitBlock, related_name="unmatched_items")
    first_run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="opened_items")
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=80, blank=True)
    resolution = models.TextField(blank=True)

    class Meta:
        ordering = ["first_seen", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"], name="unmatched_open_once", condition=Q(closed_at=None)
            ),
            models.CheckConstraint(
                name="unmatched_closed_by_somebody",
                condition=Q(closed_at=None, closed_by="", resolution="")
                | Q(closed_at__isnull=False) & ~Q(closed_by="") & ~Q(resolution=""),
            ),
        ]
        indexes = [
            models.Index(fields=["first_seen"], name="unmatched_open_idx", condition=Q(closed_at=None)),
            models.Index(fields=["kind", "subject"], name="unmatched_subject_idx"),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="closed_is_final", operation=pgtrigger.Update, condition=pgtrigger.Q(old__closed_at__isnull=False)
            ),
            pgtrigger.ReadOnly(
                name="what_it_is_is_fixed", fields=["stage", "plugin", "account", "kind", "subject", "first_seen"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
