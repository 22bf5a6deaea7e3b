"""State machines: one table each, one way through all of them.

A transition locks the row, checks the table, writes an audit row, and does nothing (and says so) when the row is
already where it should go. The database refuses what the table refuses: ``edges_trigger`` makes a trigger of a table.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pgtrigger
from django.db import models

from creditstore.core.models import TransitionRecord
from creditstore.core.state_table import StateTable


class IllegalTransition(Exception):
    """The table has no such edge. Nothing was changed."""

    def __init__(self, *, machine: str, source: str, target: str) -> None:
        super().__init__(f"{machine}: no way from {source!r} to {target!r}")
        self.machine, self.source, self.target = machine, source, target


def edges_trigger(table: StateTable) -> pgtrigger.Trigger:
    """A trigger that refuses every change of ``state`` that is not an edge of this table."""
    return pgtrigger.FSM(
        name=f"{table.name}_edges",
        field="state",
        transitions=sorted((a, b) for a, following in table.edges.items() for b in following),
    )


def transition(
    *,
    instance: models.Model,
    table: StateTable,
    to: str,
    actor: str,
    reason: str = "",
    data: Mapping[str, Any] | None = None,
    values: Mapping[str, Any] | None = None,
) -> bool:
    """Move ``instance`` to state ``to``; True when it moved, False when it was there already.

    Parameters: ``actor``, who or what did it (``system``, ``buyer``, ``staff:<id>``, a plugin's id); ``reason`` and
    ``data`` for the audit row (no personal data); ``values``, columns to set in the same update.
    Must run inside a transaction, so that what follows from the change commits with it.
    Errors: ``IllegalTransition``; ``TransactionManagementError`` outside a transaction.
    """
    manager = type(instance)._default_manager
    locked = manager.select_for_update().get(pk=instance.pk)
    source: str = locked.state  # type: ignore[attr-defined]
    if source == to:
        instance.state = to  # type: ignore[attr-defined]
        return False
    if not table.allows(source, to):
        raise IllegalTransition(machine=table.name, source=source, target=to)
    changes = {"state": to, **(values or {})}
    manager.filter(pk=instance.pk).update(**changes)
    TransitionRecord.objects.create(
        machine=table.name,
        subject_id=instance.pk,
        source=source,
        target=to,
        actor=actor,
        reason=reason,
        data=data or {},
    )
    for name, value in changes.items():
        setattr(instance, name, value)
    return True


def record_start(*, instance: models.Model, table: StateTable, actor: str, reason: str = "") -> None:
    """Write into the audit trail that somebody began a row: what came before its first state is empty."""
    state: str = instance.state  # type: ignore[attr-defined]
    record(machine=table.name, subject_id=instance.pk, source="", target=state, actor=actor, reason=reason)


def record(*, machine: str, subject_id: int, source: str, target: str, actor: str, reason: str = "") -> None:
    """Write one row of the audit trail for what is no state machine, or begins one. No personal data."""
    TransitionRecord.objects.create(
        machine=machine, subject_id=subject_id, source=source, target=target, actor=actor, reason=reason
    )


def history(*, instance: models.Model, table: StateTable) -> models.QuerySet[TransitionRecord]:
    """The audit rows of one instance, oldest first."""
    return TransitionRecord.objects.filter(machine=table.name, subject_id=instance.pk).order_by("at", "pk")
