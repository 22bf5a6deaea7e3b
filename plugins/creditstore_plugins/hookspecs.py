"""The hooks of the store, version 1. This file is the manual: implement any of them with ``@hookimpl``.

A plugin is a module (or object) named by an entry point of the group ``creditstore.plugins.v1``; the entry point's
name is the plugin's id (``pay_sandbox``) and appears in addresses and method ids. An example::

    [project.entry-points."creditstore.plugins.v1"]
    pay_example = "pay_example.plugin"

Every hook is called once, at load. What it returns is checked then; a plugin that raises, or returns something else
than its hook promises, is quarantined and shown with the reason, and the store goes on without it.
"""

from __future__ import annotations

from collections.abc import Sequence

import pluggy

from creditstore_plugins.types.certificates import CertificateFormat
from creditstore_plugins.types.checks import OrderCheck
from creditstore_plugins.types.payments import PaymentProvider
from creditstore_plugins.types.registry import RegistryConnector

#: The entry point group. It carries the API's major version.
ENTRY_POINT_GROUP = "creditstore.plugins.v1"
#: pluggy's project name; hook implementations are marked with ``hookimpl`` of this project.
PROJECT_NAME = "creditstore"

hookspec = pluggy.HookspecMarker(PROJECT_NAME)
hookimpl = pluggy.HookimplMarker(PROJECT_NAME)


@hookspec
def payment_providers() -> Sequence[type[PaymentProvider]]:
    """Offer ways to pay: return provider classes (at most one per plugin in v1)."""
    return ()


@hookspec
def registry_connectors() -> Sequence[type[RegistryConnector]]:
    """Connect a registry: return connector classes (at most one per plugin in v1)."""
    return ()


@hookspec
def certificate_formats() -> Sequence[type[CertificateFormat]]:
    """Add formats of certificates: return format classes; their ``info.name`` must be unique in a store."""
    return ()


@hookspec
def order_checks() -> Sequence[type[OrderCheck]]:
    """Judge orders before they are paid and before their units are cancelled: return check classes (at most one)."""
    return ()
