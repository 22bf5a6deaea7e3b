"""The present moment, in one place, so that tests can move it."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    """Aware UTC."""
    return timezone.now()
