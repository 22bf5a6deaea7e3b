"""Loads one plugin: import, hooks, what they return, settings, instance. Any failure leaves nothing behind.

Each plugin gets a pluggy manager of its own, which is dropped afterwards. A shared one calls all implementations of a
hook together and stops at the first exception, and could keep half of a plugin that failed.
"""

from __future__ import annotations

import difflib
import importlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

import pluggy

from creditstore_host.breaker import Breaker
from creditstore_host.discovery import API_VERSION, GROUP_PREFIX, FoundPlugin
from creditstore_host.faults import Fault, attempt
from creditstore_host.plugin_settings import validated
from creditstore_plugins import Clock, HttpClient, NoSettings, PluginContext, hookspecs
from creditstore_plugins.conformance import BadAnswer, Kind
from creditstore_plugins.conformance.contracts import CONTRACTS, PLUGIN_ID, Contract, classes_of

_LONGEST_SCHEMA = 100_000
_ENTRY_VALUE = re.compile(r"[A-Za-z_][\w.]*(:[A-Za-z_][\w.]*)?")

InfoT = TypeVar("InfoT")
PartT = TypeVar("PartT")


class OnFault(Protocol):
    """Is told of a fault in a call: the plugin, its part, what happened in words without values, and when."""

    def __call__(self, *, plugin_id: str, kind: str, summary: str, at: datetime) -> None:
        """Must not raise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part(Generic[InfoT, PartT]):
    """One instance that a plugin contributes, with what it said of itself at load.

    ``simulated`` is a connector's word, asked once: it depends on its settings, and these do not change.
    """

    plugin_id: str
    kind: Kind
    info: InfoT
    instance: PartT
    simulated: bool = False
    breaker: Breaker = field(default_factory=Breaker)
    on_fault: OnFault | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """An imported plugin whose hooks were called and found good.

    ``schema`` is the JSON schema of its settings as text, empty when it has none.
    """

    found: FoundPlugin
    hooks: tuple[str, ...]
    classes: tuple[tuple[Contract, Any], ...]
    schema: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedPlugin:
    """A plugin that can be used. ``hooks`` are the names of those it implements; ``schema`` as in ``Described``."""

    found: FoundPlugin
    hooks: tuple[str, ...]
    parts: tuple[Part[Any, Any], ...]
    schema: str


def refusal(plugin: FoundPlugin) -> str | None:
    """Why a plugin must not even be imported, from its metadata alone; None when it may."""
    if plugin.problem:
        return plugin.problem
    if plugin.api != API_VERSION:
        return f"written for {GROUP_PREFIX}{plugin.api}, this store offers {GROUP_PREFIX}{API_VERSION}"
    if not PLUGIN_ID.fullmatch(plugin.id):
        return f"the id {plugin.id!r} is not 1 to 60 of a-z, 0-9 and _"
    if not _ENTRY_VALUE.fullmatch(plugin.value):
        return f"the entry point's value {plugin.value!r} is neither module nor module:object"
    return None


def describe(plugin: FoundPlugin) -> Described:
    """Import a plugin and call its hooks, once.

    Errors: ``BadAnswer`` for what the host finds wrong, and whatever the plugin itself raises.
    """
    manager = pluggy.PluginManager(hookspecs.PROJECT_NAME)
    manager.add_hookspecs(hookspecs)
    module = _imported(plugin.value)
    if manager.register(module, name=plugin.id) is None:
        raise BadAnswer("the entry point names None instead of a module or object")
    implementations = _implementations(manager, module)
    found: list[tuple[Contract, Any]] = []
    for contract in CONTRACTS:
        classes = [
            cls for hook in implementations.get(contract.hook, ()) for cls in classes_of(contract, hook.function())
        ]
        if len(classes) > 1:
            raise BadAnswer(f"{contract.hook}() returned {len(classes)} classes; version 1 allows one per plugin")
        found.extend((contract, cls) for cls in classes)
    return Described(found=plugin, hooks=tuple(sorted(implementations)), classes=tuple(found), schema=_schema(found))


def build(described: Described, *, settings: object, http: HttpClient, clock: Clock) -> LoadedPlugin:
    """Make a plugin's parts.

    Parameters: ``settings``, what the operator set for its id; ``http`` and ``clock``, what its parts are given.
    Errors: ``BadAnswer`` and ``SettingsInvalid`` for what the host finds wrong, and whatever the plugin itself raises.
    """
    return LoadedPlugin(
        found=described.found,
        hooks=described.hooks,
        parts=tuple(
            _part(described, contract, cls, settings=settings, http=http, clock=clock)
            for contract, cls in described.classes
        ),
        schema=described.schema,
    )


def _schema(classes: Sequence[tuple[Contract, Any]]) -> str:
    """The JSON schema of the settings. A plugin of several kinds has one model: all its parts get the same values."""
    models = {cls.info.settings_model for _contract, cls in classes} - {NoSettings}
    if not models:
        return ""
    if len(models) > 1:
        raise BadAnswer("its parts have different settings models; one plugin has one")
    schema = attempt(lambda: json.dumps(models.pop().model_json_schema(), ensure_ascii=False))
    if isinstance(schema, Fault):
        raise BadAnswer(f"its settings model has no JSON schema: {schema.summary}") from schema.error
    if len(schema) > _LONGEST_SCHEMA:
        raise BadAnswer(f"the JSON schema of its settings is longer than {_LONGEST_SCHEMA} characters")
    return schema


def _imported(value: str) -> object:
    module_name, _, attributes = value.partition(":")
    thing: object = importlib.import_module(module_name)
    for name in attributes.split(".") if attributes else ():
        thing = getattr(thing, name)
    return thing


def _implementations(manager: pluggy.PluginManager, module: object) -> Mapping[str, list[pluggy.HookImpl]]:
    """The plugin's implementations by hook. Errors: ``BadAnswer`` for an unknown hook, a wrapper, or none at all."""
    known = sorted(contract.hook for contract in CONTRACTS)
    implementations: dict[str, list[pluggy.HookImpl]] = {}
    for caller in manager.get_hookcallers(module) or ():
        hooks = caller.get_hookimpls()
        if not caller.has_spec():
            if all(hook.optionalhook for hook in hooks):
                continue
            close = difflib.get_close_matches(caller.name, known, n=1)
            hint = f"; did you mean {close[0]}?" if close else f"; the hooks are {', '.join(known)}"
            raise BadAnswer(f"there is no hook {caller.name}{hint}")
        if any(hook.hookwrapper or hook.wrapper for hook in hooks):
            raise BadAnswer(f"{caller.name} is marked as a wrapper; plugins cannot wrap one another here")
        implementations[caller.name] = hooks
    if not implementations:
        raise BadAnswer("it implements none of the store's hooks; is @hookimpl missing?")
    return implementations


def _part(
    described: Described, contract: Contract, cls: Any, *, settings: object, http: HttpClient, clock: Clock
) -> Part[Any, Any]:
    # Settings of a plugin of several kinds are for those of its parts that have any.
    nothing = cls.info.settings_model is NoSettings and described.schema
    values = validated(cls.info.settings_model, {} if nothing else settings)
    instance = cls(PluginContext(settings=values, http=http, clock=clock))
    simulated = False
    if "simulated" in contract.properties:
        simulated = instance.simulated
        if not isinstance(simulated, bool):
            raise BadAnswer(f"{cls.__name__}.simulated is {type(simulated).__name__} instead of bool")
    return Part(plugin_id=described.found.id, kind=contract.kind, info=cls.info, instance=instance, simulated=simulated)
