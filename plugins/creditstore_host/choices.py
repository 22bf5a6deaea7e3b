"""What administrators chose, read and changed. Every process of the store looks at it again after a moment."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.models import F, Max

from creditstore_host.models import PluginChoice, PluginFault
from creditstore_host.sealing import CannotSeal, resealed, unseal
from creditstore_plugins import Secret

logger = logging.getLogger("creditstore_host")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """``disabled``: plugins that are not to be loaded; ``positions``: places in lists, of those that were moved.

    ``settings``: values by plugin and name, secrets opened; ``version`` differs after every change.
    """

    disabled: frozenset[str] = frozenset()
    positions: Mapping[str, int] = field(default_factory=dict)
    settings: Mapping[str, Mapping[str, object]] = field(default_factory=dict, repr=False)
    version: datetime | None = None


def read() -> Choices:
    """What was chosen; nothing while the database cannot be asked: the store then starts with all its plugins."""
    try:
        rows = list(PluginChoice.objects.all())
    except (DatabaseError, InterfaceError):
        return Choices()
    return Choices(
        disabled=frozenset(row.plugin for row in rows if not row.enabled),
        positions={row.plugin: row.position for row in rows if row.position is not None},
        settings={row.plugin: opened(row.settings, plugin_id=row.plugin) for row in rows if row.settings},
        version=max((row.changed_at for row in rows), default=None),
    )


def version() -> tuple[bool, datetime | None]:
    """Whether it can be told now, and the version of what is chosen."""
    if connection.in_atomic_block:
        return False, None  # a failed question would spoil somebody else's transaction
    try:
        return True, PluginChoice.objects.aggregate(last=Max("changed_at"))["last"]
    except (DatabaseError, InterfaceError):
        return False, None


def set_enabled(*, plugin_id: str, enabled: bool, actor: str) -> None:
    """Use a plugin from now on, or do not. Parameters: ``actor``, who decides."""
    PluginChoice.objects.update_or_create(plugin=plugin_id, defaults={"enabled": enabled, "changed_by": actor[:200]})
    logger.warning("plugin %s was switched %s by %s", plugin_id, "on" if enabled else "off", actor)


def set_settings(*, plugin_id: str, values: Mapping[str, object], actor: str) -> None:
    """Store settings as they are to be kept: secrets are sealed already, or references."""
    PluginChoice.objects.update_or_create(
        plugin=plugin_id, defaults={"settings": dict(values), "changed_by": actor[:200]}
    )
    logger.warning("settings of the plugin %s were changed by %s", plugin_id, actor)


def stored_settings(*, plugin_id: str) -> dict[str, object]:
    """What was set here for a plugin, as it is kept."""
    row = PluginChoice.objects.filter(plugin=plugin_id).first()
    return dict(row.settings) if row else {}


def opened(values: Mapping[str, object], *, plugin_id: str) -> dict[str, object]:
    """Stored settings with their secrets opened. One that no key opens is left out, and the log says so."""
    found: dict[str, object] = {}
    for name, value in values.items():
        if not is_sealed(value):
            found[name] = value
            continue
        try:
            found[name] = Secret.holding(unseal(value["sealed"]))  # type: ignore[index]
        except CannotSeal as error:
            logger.error("the secret %s of the plugin %s cannot be used: %s", name, plugin_id, error)
    return found


def is_sealed(value: object) -> bool:
    """Whether a stored value is a secret that was typed in."""
    return isinstance(value, Mapping) and set(value) == {"sealed"}


def reseal_all() -> int:
    """Put every sealed secret under the first key. Returns how many. Errors: ``CannotSeal``, nothing is changed."""
    count = 0
    with transaction.atomic():
        for row in PluginChoice.objects.select_for_update():
            sealed = {name: value for name, value in row.settings.items() if is_sealed(value)}
            if sealed:
                row.settings |= {name: {"sealed": resealed(value["sealed"])} for name, value in sealed.items()}
                row.save(update_fields=["settings", "changed_at"])
                count += len(sealed)
    return count


def set_order(*, plugin_ids: Sequence[str], actor: str) -> None:
    """Put plugins into this order."""
    with transaction.atomic():
        for position, plugin_id in enumerate(plugin_ids, start=1):
            PluginChoice.objects.update_or_create(
                plugin=plugin_id, defaults={"position": position, "changed_by": actor[:200]}
            )


def note_fault(*, plugin_id: str, kind: str, summary: str, at: datetime) -> None:
    """Write a fault down for staff; where that cannot be done, the log has it all the same."""
    if connection.in_atomic_block:
        return
    try:
        fault, made = PluginFault.objects.get_or_create(
            plugin=plugin_id, kind=kind, defaults={"summary": summary[:300], "last_at": at}
        )
        if not made:
            PluginFault.objects.filter(pk=fault.pk).update(summary=summary[:300], last_at=at, count=F("count") + 1)
    except (DatabaseError, InterfaceError) as error:
        logger.warning("a fault of the plugin %s could not be written down: %s", plugin_id, type(error).__name__)
