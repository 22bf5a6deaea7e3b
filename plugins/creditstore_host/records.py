"""What the rest of the store sees of plugins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from creditstore_plugins import CertificateFormatInfo, CheckOutcome, ProviderInfo, RegistryCapability
from creditstore_plugins.conformance import Kind

#: ``disabled``: switched off by an administrator, and not imported.
PluginState = Literal["loaded", "quarantined", "disabled"]


class UnknownPlugin(KeyError):
    """No loaded plugin answers to this id, method or format. Nothing was asked of anybody."""

    def __init__(self, what: str, name: str) -> None:
        super().__init__(name)
        self.what = what
        self.name = name

    def __str__(self) -> str:
        return f"no loaded plugin offers the {self.what} {self.name!r}"


class PluginQuarantined(Exception):
    """In strict mode: a plugin that would have been quarantined stops the start instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginRecord:
    """One found plugin and what became of it.

    ``api`` is the version of the entry point group (``v1``); ``hooks`` the hooks it implements; ``reason`` and
    ``traceback`` say why it is quarantined and are empty for a loaded one. They are for staff: no secrets in them.
    ``schema`` is the JSON schema of its settings as text; empty when it has none, or did not come that far.
    """

    id: str
    distribution: str
    version: str
    bundled: bool
    api: str
    state: PluginState
    kinds: tuple[Kind, ...] = ()
    hooks: tuple[str, ...] = ()
    reason: str = ""
    traceback: str = ""
    schema: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedMethod:
    """One way to pay. ``id`` is ``<plugin>`` or ``<plugin>:<variant>``; ``hold_for``: how long units stay reserved."""

    id: str
    plugin_id: str
    variant: str
    title: str
    description: str
    hold_for: timedelta
    test_mode: bool
    info: ProviderInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectorFacts:
    """One registry connector: ``scheme`` is its serial grammar, ``max_blocks`` the most ranges in one transaction.

    ``capabilities`` is what it can tell beside its work.
    """

    id: str
    title: str
    scheme: str
    max_blocks: int
    simulated: bool
    capabilities: RegistryCapability


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedFormat:
    """One format of certificates; ``name`` is the word in addresses and unique in the store."""

    plugin_id: str
    name: str
    title: str
    media_type: str
    extension: str
    info: CertificateFormatInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckVerdict:
    """What one order check said."""

    plugin_id: str
    title: str
    outcome: CheckOutcome
