"""Whom a page is about."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Subject(models.TextChoices):
    """A person or an organisation."""

    PERSON = "person", _("a person")
    ORGANISATION = "organisation", _("an organisation")


def subject_data(*, name: str, subject: str) -> dict[str, Any]:
    """The same for search engines (schema.org)."""
    return {"@type": "Person" if subject == Subject.PERSON else "Organization", "name": name}
