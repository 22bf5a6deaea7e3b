"""What the database refuses to keep in a yearly report."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

#: The columns that are amounts in kg CO2e.
AMOUNTS: Final = ("measured_kg", "scope1_kg", "scope2_kg", "scope3_kg", "base_kg", "target_kg")
_TARGET = ("base_year", "base_kg", "target_year", "target_kg")


def constraints() -> list[models.BaseConstraint]:
    """Of ``YearReport``."""
    return [
        models.UniqueConstraint(fields=["pledge", "year", "revision"], name="pledge_report_revision"),
        models.UniqueConstraint(
            fields=["pledge", "year"], name="pledge_report_one_published", condition=Q(state="published")
        ),
        models.UniqueConstraint(
            fields=["pledge", "year"], name="pledge_report_one_waiting", condition=Q(state="submitted")
        ),
        models.CheckConstraint(
            name="pledge_report_decided_by_somebody",
            condition=Q(state="submitted", decided_at=None, decided_by=None)
            | ~Q(state="submitted") & Q(decided_at__isnull=False, decided_by__isnull=False),
        ),
        models.CheckConstraint(name="pledge_report_ends_in_its_year", condition=Q(ended_on__year=F("year"))),
        models.CheckConstraint(
            name="pledge_report_says_of_what_and_how",
            condition=Q(measured_kg=None) | ~Q(boundary="") & ~Q(method=""),
        ),
        models.CheckConstraint(
            name="pledge_report_scopes_are_the_whole",
            condition=Q(scope1_kg=None, scope2_kg=None, scope3_kg=None)
            | Q(scope1_kg__isnull=False, scope2_kg__isnull=False)
            & Q(measured_kg=F("scope1_kg") + F("scope2_kg") + Coalesce(F("scope3_kg"), 0)),
        ),
        models.CheckConstraint(
            name="pledge_report_target_is_whole",
            condition=Q(**dict.fromkeys(_TARGET))
            | Q(**{f"{name}__isnull": False for name in _TARGET})
            & Q(base_kg__gt=F("target_kg"), target_year__gt=F("base_year")),
        ),
        *(
            models.CheckConstraint(
                name=f"pledge_report_{name}_not_negative", condition=Q((name, None)) | Q((f"{name}__gte", 0))
            )
            for name in AMOUNTS
        ),
    ]
