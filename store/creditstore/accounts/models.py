"""People and programs that the store knows. The user exists before the first migration, so it is never swapped."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from oscar.apps.customer.abstract_models import AbstractUser


class User(AbstractUser):
    """A person with an account, who logs in by e-mail: staff, later also buyers. Addresses are unique in any case."""

    class Meta(AbstractUser.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_unique_whatever_case")]


class ConfirmedEmail(models.Model):
    """An address whose owner has followed a link sent to it. Only a keyed hash of the address is kept."""

    email_key = models.CharField(max_length=64, unique=True)
    confirmed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.email_key[:8]


class EmailConfirmation(models.Model):
    """A link that was sent to an address: works once and runs out. The address is forgotten when it was used."""

    email = models.EmailField(blank=True)
    email_key = models.CharField(max_length=64)
    language = models.CharField(max_length=20)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="confirmation_forgets_the_address",
                condition=Q(used_at=None) & ~Q(email="") | Q(used_at__isnull=False, email=""),
            ),
        ]
        indexes = [models.Index(fields=["email_key"], name="confirmation_open_idx", condition=Q(used_at=None))]

    def __str__(self) -> str:
        return self.email_key[:8]


class ApiKey(models.Model):
    """A program that may act by itself. Only the SHA-256 of its key is kept: the key is shown once, when it is made.

    ``scopes``: what it may do (``orders``). ``start`` is the beginning of the key, to tell keys apart.
    """

    SCOPES = [("orders", _("place orders without limits on unpaid ones"))]

    name = models.CharField(max_length=100)
    start = models.CharField(max_length=12)
    key_hash = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=20, choices=SCOPES))
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="api_keys")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")

    def __str__(self) -> str:
        return self.name
