"""What outside parties send by themselves: kept as it came, before anything is made of it."""

from __future__ import annotations

import pgtrigger
from django.db import models

from creditstore.core.state_table import state_table
from creditstore.core.states import edges_trigger

WEBHOOKS = state_table(
    "webhook",
    {
        "received": ["applied", "ignored", "malformed", "forged", "unverified", "unmatched"],
        "unverified": ["received"],
        "unmatched": ["received"],
        "applied": [],
        "ignored": [],
        "malformed": [],
        "forged": [],
    },
)


class InboundWebhook(models.Model):
    """One delivery. ``digest`` is the SHA-256 of its headers, query and body: the same bytes are kept once.

    ``received`` waits to be looked at; ``unverified`` (the provider did not say for a day whether it sent this) and
    ``unmatched`` (it speaks of a payment that this store does not know) wait for staff. A body may name a payer, so
    deliveries that are done with are deleted after a time; until then what came never changes.
    """

    plugin = models.CharField(max_length=60)
    digest = models.CharField(max_length=64)
    headers = models.JSONField()
    query = models.TextField(blank=True)
    body = models.BinaryField()
    state = models.CharField(max_length=12, choices=WEBHOOKS.choices, default="received")
    detail = models.TextField(blank=True)
    received_at = models.DateTimeField()
    deliveries = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-received_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["plugin", "digest"], name="webhook_kept_once")]
        indexes = [models.Index(fields=["state", "received_at"], name="webhook_state_idx")]
        triggers = [
            edges_trigger(WEBHOOKS),
            pgtrigger.ReadOnly(
                name="bytes_are_fixed", fields=["plugin", "digest", "headers", "query", "body", "received_at"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plugin} {self.digest[:12]}"
