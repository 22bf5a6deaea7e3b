"""What every kind of plugin is given, and what it says of itself and of its health."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from creditstore_plugins.settings import PluginSettings

SettingsT = TypeVar("SettingsT", bound=PluginSettings)


class NoSettings(PluginSettings):
    """For a plugin that has nothing to set."""


class Severity(StrEnum):
    """How much a finding matters: ``ERROR`` means that the plugin cannot do its work now."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing a health check found. ``message`` is read by staff: plain words, no secrets."""

    severity: Severity
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpResponse:
    """An answer from outside. ``headers`` have lower-case names; ``body`` is at most the host's size limit."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class HttpTimeout(Exception):
    """No (complete) answer came in time. What the other side did is not known: return ``Unknown``."""


class HttpUnreachable(Exception):
    """The connection could not be made: the other side certainly did not get the request."""


class HttpClient(Protocol):
    """The host's HTTP client: it sets time-outs and size limits, and follows no redirects.

    Errors: ``HttpTimeout`` and ``HttpUnreachable``. An HTTP status of 400 or more is an answer, not an error.
    """

    def request(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> HttpResponse:
        """Send one request and wait for the answer."""


class Clock(Protocol):
    """The time, from the host, so that tests can move it. Always aware, always UTC."""

    def now(self) -> datetime:
        """The present moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginContext(Generic[SettingsT]):
    """What a provider, connector or format is built with: ``cls(context)``. It must not keep other state."""

    settings: SettingsT
    http: HttpClient = field(repr=False)
    clock: Clock = field(repr=False)
