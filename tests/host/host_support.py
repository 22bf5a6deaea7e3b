"""What the tests of the plugin host share: a clock that stands, nobody on the network, and the fixtures' types."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from creditstore_host.discovery import FoundPlugin
from creditstore_plugins import HttpResponse, HttpUnreachable

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

WriteModule = Callable[[str], str]
WritePlugin = Callable[..., FoundPlugin]
Install = Callable[..., None]


class StillClock:
    """A clock that stands at ``NOW``."""

    def now(self) -> datetime:
        return NOW


class NoHttp:
    """Reaches nobody."""

    def request(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> HttpResponse:
        raise HttpUnreachable("nobody is there")
