"""Parts of plugins as the store sees them: objects whose methods are calls into a runner."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

from creditstore_host.building import Loader
from creditstore_host.discovery import FoundPlugin
from creditstore_host.isolation.limits import Isolation
from creditstore_host.isolation.processes import Runners
from creditstore_host.isolation.wire import Call, Load
from creditstore_host.loading import LoadedPlugin, Part
from creditstore_host.plugin_settings import referred
from creditstore_plugins.conformance import Kind


class RemotePart:
    """One part of an isolated plugin. It has the methods of the part's protocol; each call has its deadline."""

    def __init__(self, kind: Kind, runners: Runners, seconds: Mapping[str, float]) -> None:
        self._kind = kind
        self._runners = runners
        self._seconds = seconds

    def within(self, seconds: float) -> RemotePart:
        """The same part, with this deadline for every call."""
        return RemotePart(self._kind, self._runners, dict.fromkeys(self._seconds, seconds))

    def close(self) -> None:
        """End the plugin's waiting processes."""
        self._runners.close()

    def __getattr__(self, method: str) -> Callable[..., Any]:
        if method not in self._seconds:
            raise AttributeError(method)

        def call(*arguments: object, **keywords: object) -> object:
            return self._runners.call(
                Call(
                    kind=self._kind,
                    method=method,
                    seconds=self._seconds[method],
                    arguments=arguments,
                    keywords=keywords,
                )
            )

        return call


def in_runners(isolation: Isolation) -> Loader:
    """Loads each plugin into a process of its own."""

    def begin(plugin: FoundPlugin, settings: object) -> Callable[[], LoadedPlugin]:
        load = Load(
            plugin=plugin,
            settings=settings,
            environment=referred(settings),
            path=(os.getcwd(), *sys.path) if "" in sys.path else tuple(sys.path),
            memory_bytes=isolation.memory_bytes,
            http_seconds=isolation.http_seconds,
            seconds=isolation.load_seconds,
        )
        runners = Runners(load, isolation=isolation)
        runners.begin()

        def finish() -> LoadedPlugin:
            loaded = runners.loaded()
            return LoadedPlugin(
                found=plugin,
                hooks=loaded.hooks,
                parts=tuple(
                    Part(
                        plugin_id=plugin.id,
                        kind=part.kind,
                        info=part.info,
                        instance=RemotePart(part.kind, runners, isolation.call_seconds),
                        simulated=part.simulated,
                    )
                    for part in loaded.parts
                ),
                schema=loaded.schema,
            )

        return finish

    return begin
