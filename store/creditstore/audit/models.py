"""What each audit of the ledger found."""

from __future__ import annotations

import pgtrigger
from django.db import models


class AuditRun(models.Model):
    """One audit. ``results``: for each check its name, invariant, rows looked at, breaches, ids and milliseconds."""

    started_at = models.DateTimeField()
    milliseconds = models.PositiveIntegerField()
    rows = models.BigIntegerField()
    breaches = models.BigIntegerField()
    results = models.JSONField()

    class Meta:
        ordering = ["-started_at", "-pk"]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}: {self.breaches}"
