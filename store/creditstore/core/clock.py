"""The present moment, in one place, so that tests can move it."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.utils import timezone


def now() -> datetime:
    """Aware UTC, by the clock of this machine: for records and for what nobody else compares."""
    return timezone.now()


def shared_now() -> datetime:
    """Aware UTC, by the clock of the database: the same for every process on every machine.

    What runs out is decided by it (reservations, links): a machine whose clock is wrong ends nobody's order.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (value,) = cursor.fetchone()
    assert isinstance(value, datetime)  # noqa: S101  (tells the type checker)
    return value
