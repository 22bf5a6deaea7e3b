"""Certificates: the facts, fixed at issue, and the files made of them."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from creditstore.certificates import triggers
from creditstore.core.state_table import state_table
from creditstore.core.states import edges_trigger
from creditstore.orders.models import Order

CERTIFICATES = state_table("certificate", {"issued": ["superseded"], "superseded": []})


class Certificate(models.Model):
    """One certificate of one order. ``facts`` are what is signed for; ``digest`` is their canonical JSON's SHA-256.

    ``code`` (16 random bytes, in the QR) opens the record below full visibility. A typing error is mended by a new
    certificate that supersedes this one; the facts of an issued one never change.
    """

    number = models.CharField(max_length=24, unique=True)
    revision = models.PositiveSmallIntegerField(default=1)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="certificates")
    state = models.CharField(max_length=12, choices=CERTIFICATES.choices, default="issued")
    code = models.CharField(max_length=32)
    facts = models.JSONField()
    digest = models.CharField(max_length=64)
    issued_at = models.DateTimeField()

    class Meta:
        ordering = ["-issued_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["order"], name="certificate_one_valid_per_order", condition=Q(state="issued")
            ),
            models.UniqueConstraint(fields=["order", "revision"], name="certificate_revision"),
        ]
        triggers = [
            edges_trigger(CERTIFICATES),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="facts_are_fixed",
                fields=["number", "revision", "order", "code", "facts", "digest", "issued_at"],
            ),
            triggers.only_after_completion(),
        ]

    def __str__(self) -> str:
        return self.number


class CertificateFile(models.Model):
    """A rendered file, kept so that the same bytes are served for ever. Append-only."""

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="files")
    format = models.CharField(max_length=40)
    plugin = models.CharField(max_length=60)
    media_type = models.CharField(max_length=80)
    extension = models.CharField(max_length=10)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    rendered_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["certificate", "format"], name="certificate_file_once")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.certificate_id} {self.format}"
