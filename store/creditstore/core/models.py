"""The audit trail of every state machine, and the memory behind idempotency keys."""

from __future__ import annotations

import pgtrigger
from django.db import models


class TransitionRecord(models.Model):
    """One change of state of one row. Append-only: the database refuses updates and deletions."""

    machine = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    source = models.CharField(max_length=40)
    target = models.CharField(max_length=40)
    actor = models.CharField(max_length=80)
    reason = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["machine", "subject_id", "at"], name="transition_subject_idx")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.machine} {self.subject_id}: {self.source} -> {self.target}"


class IdempotencyRecord(models.Model):
    """What was answered to a key, so that a repeat gets the same answer.

    ``scope`` is the endpoint and the caller; ``fingerprint`` the SHA-256 of the body. ``status`` is empty while the
    first call is still running.
    """

    scope = models.CharField(max_length=200)
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="idempotency_scope_key")]

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"
