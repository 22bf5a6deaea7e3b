"""Loads all found plugins, one after the other, and says of each what became of it."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from traceback import format_exception
from typing import Protocol

from creditstore_host.discovery import SAFE_VARIABLE, STRICT_VARIABLE, FoundPlugin
from creditstore_host.faults import Fault, attempt
from creditstore_host.isolation.wire import RunnerFailure
from creditstore_host.loading import LoadedPlugin, OnFault, build, describe, refusal
from creditstore_host.plugin_settings import hidden
from creditstore_host.reasons import reason_of
from creditstore_host.records import PluginQuarantined, PluginRecord, PluginState
from creditstore_plugins import Clock, HttpClient
from creditstore_plugins.conformance import BadAnswer

logger = logging.getLogger("creditstore_host")


class Loader(Protocol):
    """Begins to load a plugin and gives back what to call for the result: several may load at the same time."""

    def __call__(self, plugin: FoundPlugin, settings: object) -> Callable[[], LoadedPlugin]:
        """Errors of the result: whatever is wrong with the plugin."""


def in_this_process(*, http: HttpClient, clock: Clock) -> Loader:
    """Loads plugins into the store's own process, where nothing holds them back: for tests with a clock to move."""

    def begin(plugin: FoundPlugin, settings: object) -> Callable[[], LoadedPlugin]:
        def finish() -> LoadedPlugin:
            described = describe(plugin)
            result = attempt(partial(build, described, settings=settings, http=http, clock=clock))
            if isinstance(result, Fault):
                raise NotBuilt(described.schema) from result.error
            return result

        return finish

    return begin


class NotBuilt(Exception):
    """A plugin of which the settings' schema is known could not be made with its settings; the cause says why."""

    def __init__(self, schema: str) -> None:
        super().__init__()
        self.schema = schema


def load_all(
    plugins: Sequence[FoundPlugin],
    *,
    settings: Mapping[str, object],
    loader: Loader,
    disabled: Collection[str],
    on_fault: OnFault | None,
    strict: bool,
    safe: bool,
) -> tuple[list[PluginRecord], list[LoadedPlugin]]:
    """A record of every plugin, in the given order, and the loaded ones.

    Parameters: as of ``PluginHost.build``. Errors: ``PluginQuarantined``, in strict mode only.
    """
    contested = _contested(plugins)
    begun: list[Callable[[], LoadedPlugin] | Fault] = []
    left_out = [_left_out(plugin, safe=safe, disabled=disabled) for plugin in plugins]
    for index, plugin in enumerate(plugins):
        reason = left_out[index] or refusal(plugin) or contested.get(index, "")
        begun.append(
            Fault(BadAnswer(reason)) if reason else attempt(partial(loader, plugin, settings.get(plugin.id, {})))
        )
    records: list[PluginRecord] = []
    loaded: list[LoadedPlugin] = []
    for plugin, loading, unwanted in zip(plugins, begun, left_out, strict=True):
        result = loading if isinstance(loading, Fault) else attempt(partial(_finish, loading, loaded))
        if not isinstance(result, Fault):
            result = replace(result, parts=tuple(replace(part, on_fault=on_fault) for part in result.parts))
            loaded.append(result)
            records.append(_loaded(result))
            continue
        state: PluginState = "disabled" if plugin.id in disabled else "quarantined"
        record = _failed(plugin, result.error, settings.get(plugin.id, {}), state=state)
        records.append(record)
        if unwanted:
            continue
        logger.error("plugin %s of %s is quarantined: %s", plugin.id, plugin.distribution, record.reason)
        if strict:
            text = f"plugin {plugin.id} of {plugin.distribution}: {record.reason} ({STRICT_VARIABLE} is on)"
            raise PluginQuarantined(text) from cause_of(result.error)
    for plugin_id in sorted(set(settings) - {plugin.id for plugin in plugins}):
        logger.warning("there are settings for the plugin %s, which is not installed", plugin_id)
    return records, loaded


def _left_out(plugin: FoundPlugin, *, safe: bool, disabled: Collection[str]) -> str:
    """Why a plugin is not even looked at although nothing is wrong with it, or nothing."""
    if plugin.id in disabled:
        return "switched off in the admin"
    if safe and not plugin.bundled:
        return f"left out: {SAFE_VARIABLE} is on, which loads bundled plugins only"
    return ""


def _finish(loading: Callable[[], LoadedPlugin], loaded: Sequence[LoadedPlugin]) -> LoadedPlugin:
    candidate = loading()
    _refuse_taken_names(candidate, loaded)
    return candidate


def _contested(plugins: Sequence[FoundPlugin]) -> dict[int, str]:
    """Why some plugins, by position, cannot have their id: the store's own plugin has it, or another claims it too.

    Between two strangers neither is loaded: settings, and the secrets in them, belong to an id, and nobody can tell
    which of the two the operator meant.
    """
    claims: dict[str, list[int]] = defaultdict(list)
    for index, plugin in enumerate(plugins):
        if refusal(plugin) is None:
            claims[plugin.id].append(index)
    contested: dict[int, str] = {}
    for plugin_id, indexes in claims.items():
        winner = next((index for index in indexes if plugins[index].bundled), None)
        for index in indexes:
            others = sorted({plugins[other].distribution for other in indexes if other != index})
            if len(indexes) > 1 and index != winner:
                contested[index] = f"the id {plugin_id!r} is also that of a plugin of {', '.join(others)}"
    return contested


def _refuse_taken_names(candidate: LoadedPlugin, loaded: Sequence[LoadedPlugin]) -> None:
    taken = {
        part.info.name: plugin.found.id for plugin in loaded for part in plugin.parts if part.kind == "certificate"
    }
    for part in candidate.parts:
        if part.kind == "certificate" and part.info.name in taken:
            raise BadAnswer(f"the certificate format {part.info.name!r} is already that of {taken[part.info.name]}")


def _loaded(plugin: LoadedPlugin) -> PluginRecord:
    return PluginRecord(
        id=plugin.found.id,
        distribution=plugin.found.distribution,
        version=plugin.found.version,
        bundled=plugin.found.bundled,
        api=plugin.found.api,
        state="loaded",
        kinds=tuple(part.kind for part in plugin.parts),
        hooks=plugin.hooks,
        schema=plugin.schema,
    )


def cause_of(error: BaseException) -> BaseException:
    """What is wrong with a plugin, of what loading it raised."""
    return error.__cause__ if isinstance(error, NotBuilt) and error.__cause__ is not None else error


def _failed(plugin: FoundPlugin, raised: BaseException, settings: object, *, state: PluginState) -> PluginRecord:
    error = cause_of(raised)
    schema = raised.schema if isinstance(raised, NotBuilt) else ""
    failure = error.failure if isinstance(error, RunnerFailure) else None
    traceback = failure.traceback if failure else hidden("".join(format_exception(error)), settings)
    return PluginRecord(
        id=plugin.id,
        distribution=plugin.distribution,
        version=plugin.version,
        bundled=plugin.bundled,
        api=plugin.api,
        state=state,
        reason=reason_of(error, settings),
        traceback="" if isinstance(error, BadAnswer) and error.__traceback__ is None else traceback,
        schema=failure.schema if failure else schema,
    )
