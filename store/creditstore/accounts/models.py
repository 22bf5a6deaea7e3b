"""The store's user: logs in by e-mail address. It exists before the first migration, so it never has to be swapped."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower
from oscar.apps.customer.abstract_models import AbstractUser


class User(AbstractUser):
    """A person with an account: staff, later also buyers. Addresses are unique whatever their case."""

    class Meta(AbstractUser.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_unique_whatever_case")]
