"""Transactions with registries: what was asked, what was answered, what was cancelled."""

from __future__ import annotations

import uuid

import pgtrigger
from django.db import models
from django.db.models import Q

from creditstore.cancellation import triggers
from creditstore.core import clock
from creditstore.core.state_table import state_table
from creditstore.core.states import edges_trigger
from creditstore.credits.models import UnitBlock
from creditstore.orders.models import OrderLine

#: States of a registry transaction; the numbers of the Data Exchange Standards stand in ``STATE_CODES``.
TRANSACTIONS = state_table(
    "registry_transaction",
    {
        "prepared": ["proposed", "checked", "checked_discrepancy", "completed", "terminated", "rejected", "cancelled"],
        "proposed": ["checked", "checked_discrepancy", "completed", "terminated", "rejected", "cancelled"],
        "checked": ["completed", "terminated", "rejected", "cancelled"],
        "checked_discrepancy": ["terminated", "rejected", "cancelled"],
        "completed": [],
        "terminated": [],
        "rejected": [],
        "cancelled": [],
    },
)
FAILED = frozenset({"terminated", "rejected", "cancelled"})


def transaction_key(*, line: OrderLine, attempt: int, part: int) -> uuid.UUID:
    """The key of one part of one attempt, computed from the line's own.

    Even a store that was set back to an older backup asks under the same key, and the registry knows it.
    """
    return uuid.uuid5(line.cancellation_key, f"{attempt}.{part}")


class RegistryTransaction(models.Model):
    """One transaction proposed to a registry for one order line. ``key`` is what makes it idempotent there.

    ``attempt`` counts tries after a refusal: each has a key of its own, and only one per line is ever open.
    ``completed_at`` is the registry's own time. ``question`` numbers the times that the registry was to be asked again:
    only the newest of them is, so that nothing can start a second chain of questions.
    """

    key = models.UUIDField(unique=True, editable=False)
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="registry_transactions")
    attempt = models.PositiveSmallIntegerField(default=1)
    part = models.PositiveSmallIntegerField(default=1)
    connector = models.CharField(max_length=60)
    registry = models.CharField(max_length=120)
    account = models.CharField(max_length=40)
    simulated = models.BooleanField()
    state = models.CharField(max_length=20, choices=TRANSACTIONS.choices, default="prepared")
    transaction_id = models.CharField(max_length=80, blank=True)
    responses = models.JSONField(default=list, blank=True)
    blocks = models.ManyToManyField(UnitBlock, related_name="registry_transactions")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    completed_at = models.DateTimeField(null=True)
    question = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["line_id", "attempt", "part"]
        constraints = [
            models.UniqueConstraint(fields=["line", "attempt", "part"], name="registry_transaction_part"),
            models.CheckConstraint(
                name="registry_transaction_completed_knows_when",
                condition=Q(state="completed", completed_at__isnull=False) & ~Q(transaction_id="")
                | ~Q(state="completed") & Q(completed_at=None),
            ),
            models.UniqueConstraint(
                fields=["connector", "transaction_id"],
                name="registry_transaction_id_once",
                condition=~Q(transaction_id=""),
            ),
        ]
        triggers = [
            edges_trigger(TRANSACTIONS),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="proposal_is_fixed", fields=["key", "line", "attempt", "part", "connector", "account", "simulated"]
            ),
            triggers.completed_is_final(),
            triggers.asks_for_its_line(),
        ]

    def __str__(self) -> str:
        return self.transaction_id or str(self.key)


class AskedBlock(RegistryTransaction.blocks.through):  # type: ignore[name-defined,misc]
    """A block that a transaction asks for, so that the table between the two can have a guard."""

    class Meta:
        proxy = True
        triggers = [triggers.blocks_are_fixed()]

    def __str__(self) -> str:
        return f"{self.registrytransaction_id}: {self.unitblock_id}"


class RegistryAttempt(models.Model):
    """One exchange with a registry, as evidence. Append-only; never holds a name or a secret.

    A submission is noted as ``started`` before anything is sent: if its outcome never follows, the process died in
    between, and the registry is asked before it is told again.
    """

    transaction = models.ForeignKey(RegistryTransaction, on_delete=models.PROTECT, related_name="exchanges")
    action = models.CharField(max_length=10, choices=[("submit", "submit"), ("status", "status")])
    outcome = models.CharField(max_length=40)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.action}: {self.outcome}"


class CancellationHold(models.Model):
    """A paid line that may not go to the registry yet. ``method``: what it was paid with, where that makes it wait.

    It goes when ``until`` has passed and nothing stops it, or when staff release it earlier.
    """

    line = models.OneToOneField(OrderLine, on_delete=models.PROTECT, related_name="cancellation_hold")
    until = models.DateTimeField()
    method = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="hold_released_by_somebody",
                condition=Q(released_at=None, released_by="") | Q(released_at__isnull=False) & ~Q(released_by=""),
            ),
        ]
        indexes = [models.Index(fields=["until"], name="hold_due_idx", condition=Q(released_at=None))]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="wait_is_fixed", fields=["line", "until", "method", "created_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} until {self.until:%Y-%m-%d %H:%M}"
