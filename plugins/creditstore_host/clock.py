"""The time that plugins are given."""

from __future__ import annotations

from datetime import UTC, datetime


class SystemClock:
    """The machine's clock, always aware and always UTC."""

    def now(self) -> datetime:
        """The present moment."""
        return datetime.now(UTC)
