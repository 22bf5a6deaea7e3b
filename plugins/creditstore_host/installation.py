"""The process's one host: built when it is first asked for, and again when administrators change something."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from creditstore_host.discovery import SAFE_VARIABLE, STRICT_VARIABLE, switched_on
from creditstore_host.host import PluginHost
from creditstore_host.http import HostHttpClient
from creditstore_host.isolation.limits import Isolation


class Installation:
    """Holds the host. ``reread_seconds``: how often what was chosen is looked at again; None: it is not asked for.

    Parameters: ``build``, makes a host of what is chosen now, and says of which version that is; ``version``, whether
    that can be told, and the version now.
    """

    def __init__(
        self,
        *,
        build: Callable[[], tuple[PluginHost, datetime | None]],
        version: Callable[[], tuple[bool, datetime | None]],
        reread_seconds: float | None,
    ) -> None:
        self._build = build
        self._version = version
        self._reread_seconds = reread_seconds
        self._lock = threading.Lock()
        self._host: PluginHost | None = None
        self._of_version: datetime | None = None
        self._looked_at = 0.0

    def host(self) -> PluginHost:
        """The host of what is chosen; at most a moment old."""
        if self._host is None:
            with self._lock:
                if self._host is None:
                    self._host, self._of_version = self._build()
                    self._looked_at = time.monotonic()
        elif self._reread_seconds is not None and time.monotonic() - self._looked_at > self._reread_seconds:
            self._look_again()
        return self._host

    def look_again(self) -> None:
        """Forget when it was looked at last."""
        self._looked_at = -math.inf

    def _look_again(self) -> None:
        # One thread does it; the others go on with the host that is there.
        if not self._lock.acquire(blocking=False):
            return
        try:
            told, version = self._version()
            if told and version != self._of_version:
                before = self._host
                self._host, self._of_version = self._build()
                if before is not None:
                    before.close()
            self._looked_at = time.monotonic()
        finally:
            self._lock.release()


_installation: Installation | None = None
_instead: PluginHost | None = None


def get_host() -> PluginHost:
    """The store's host; the first one to ask builds it. Errors: ``RuntimeError`` before Django is ready."""
    if _instead is not None:
        return _instead
    if _installation is None:
        raise RuntimeError("the plugin host is built when Django is ready; call django.setup() first")
    return _installation.host()


def look_again() -> None:
    """Let this process see at once what was changed; the others do after a moment."""
    if _installation is not None:
        _installation.look_again()


def install_from_settings() -> None:
    """Say how the store's host is built from Django's settings and the environment; called once, when Django is ready.

    Most commands need no plugin and so start no process for one. In strict mode all are loaded here and now.
    Errors: ``ImproperlyConfigured`` for settings of the wrong shape, ``PluginQuarantined`` in strict mode.
    """
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured

    from creditstore_host import choices

    values = settings.CREDITSTORE_PLUGIN_SETTINGS
    if not isinstance(values, Mapping):
        raise ImproperlyConfigured("CREDITSTORE_PLUGIN_SETTINGS is not a table of plugin ids and their settings.")
    strict, managed = switched_on(STRICT_VARIABLE), settings.CREDITSTORE_PLUGINS_MANAGED
    isolation = Isolation(
        load_seconds=float(settings.CREDITSTORE_PLUGIN_LOAD_SECONDS),
        memory_bytes=int(settings.CREDITSTORE_PLUGIN_MEMORY_MB) * 1024 * 1024,
        http_seconds=float(settings.CREDITSTORE_HTTP_TIMEOUT_SECONDS),
        quiet=not strict,
    )

    def build() -> tuple[PluginHost, datetime | None]:
        chosen = choices.read() if managed else choices.Choices()
        host = PluginHost.build(
            settings={**values, **{name: merged(values.get(name), own) for name, own in chosen.settings.items()}},
            http=HostHttpClient(timeout_seconds=isolation.http_seconds),
            isolation=isolation if settings.CREDITSTORE_PLUGINS_ISOLATED else None,
            disabled=chosen.disabled,
            positions=chosen.positions,
            on_fault=choices.note_fault if managed else None,
            strict=strict,
            safe=switched_on(SAFE_VARIABLE),
        )
        return host, chosen.version

    global _installation  # noqa: PLW0603 (one host per process, as Django has one app registry)
    reread = float(settings.CREDITSTORE_PLUGIN_REREAD_SECONDS) if managed else None
    _installation = Installation(build=build, version=choices.version, reread_seconds=reread)
    if strict:
        _installation.host()


def merged(operators: object, chosen: Mapping[str, object]) -> Mapping[str, object]:
    """The settings of one plugin: the operator's, in whose place stands what administrators set by name."""
    return {**operators, **chosen} if isinstance(operators, Mapping) else chosen


@contextmanager
def installed(host: PluginHost) -> Iterator[PluginHost]:
    """Let ``get_host()`` answer with another host for a while: for tests of what uses plugins."""
    global _instead  # noqa: PLW0603
    before, _instead = _instead, host
    try:
        yield host
    finally:
        _instead = before
