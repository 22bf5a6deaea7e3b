"""A clock that a test moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class MovableClock:
    """Stands still until it is moved. Implements ``creditstore_plugins.Clock``."""

    def __init__(self, now: datetime = datetime(2026, 3, 1, 12, tzinfo=UTC)) -> None:
        self._now = now

    def now(self) -> datetime:
        """The moment it stands at."""
        return self._now

    def move(self, seconds: float) -> None:
        """Go on, or back, by so many seconds."""
        self._now += timedelta(seconds=seconds)
