"""Loads all found plugins, one after the other, and says of each what became of it."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from traceback import format_exception

from creditstore_host.discovery import SAFE_VARIABLE, STRICT_VARIABLE, FoundPlugin
from creditstore_host.faults import BadAnswer, Fault, attempt
from creditstore_host.loading import LoadedPlugin, load, refusal
from creditstore_host.plugin_settings import hidden
from creditstore_host.records import PluginQuarantined, PluginRecord
from creditstore_plugins import Clock, HttpClient, PluginError

logger = logging.getLogger("creditstore_host")

_LONGEST_REASON = 600


def load_all(
    plugins: Sequence[FoundPlugin],
    *,
    settings: Mapping[str, object],
    http: HttpClient,
    clock: Clock,
    strict: bool,
    safe: bool,
) -> tuple[list[PluginRecord], list[LoadedPlugin]]:
    """A record of every plugin, in the given order, and the loaded ones.

    Parameters: as of ``PluginHost.build``. Errors: ``PluginQuarantined``, in strict mode only.
    """
    contested = _contested(plugins)
    records: list[PluginRecord] = []
    loaded: list[LoadedPlugin] = []
    for index, plugin in enumerate(plugins):
        if safe and not plugin.bundled:
            reason = f"left out: {SAFE_VARIABLE} is on, which loads bundled plugins only"
            records.append(_quarantined(plugin, reason=reason))
            continue
        own = settings.get(plugin.id, {})

        def load_one(
            plugin: FoundPlugin = plugin, own: object = own, contest: str = contested.get(index, "")
        ) -> LoadedPlugin:
            reason = refusal(plugin) or contest
            if reason:
                raise BadAnswer(reason)
            candidate = load(plugin, settings=own, http=http, clock=clock)
            _refuse_taken_names(candidate, loaded)
            return candidate

        result = attempt(load_one)
        if not isinstance(result, Fault):
            loaded.append(result)
            records.append(_loaded(result))
            continue
        record = _failed(plugin, result.error, own)
        logger.error("plugin %s of %s is quarantined: %s", plugin.id, plugin.distribution, record.reason)
        if strict:
            text = f"plugin {plugin.id} of {plugin.distribution}: {record.reason} ({STRICT_VARIABLE} is on)"
            raise PluginQuarantined(text) from result.error
        records.append(record)
    for plugin_id in sorted(set(settings) - {plugin.id for plugin in plugins}):
        logger.warning("there are settings for the plugin %s, which is not installed", plugin_id)
    return records, loaded


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
    )


def _failed(plugin: FoundPlugin, error: BaseException, settings: object) -> PluginRecord:
    if isinstance(error, BadAnswer | PluginError):
        reason = str(error)
    elif isinstance(error, SystemExit):
        reason = "it tried to end the program (sys.exit) while it was loaded"
    else:
        reason = f"{type(error).__name__}: {error}"
    return _quarantined(
        plugin,
        reason=hidden(reason, settings)[:_LONGEST_REASON],
        traceback=hidden("".join(format_exception(error)), settings),
    )


def _quarantined(plugin: FoundPlugin, *, reason: str, traceback: str = "") -> PluginRecord:
    return PluginRecord(
        id=plugin.id,
        distribution=plugin.distribution,
        version=plugin.version,
        bundled=plugin.bundled,
        api=plugin.api,
        state="quarantined",
        reason=reason,
        traceback=traceback,
    )
