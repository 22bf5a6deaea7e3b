"""A registry inside the process, which completes at once what it is asked: a plugin like any other, for replays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from creditstore_host.discovery import FoundPlugin
from creditstore_plugins import (
    CancellationInstruction,
    Finding,
    PluginContext,
    PluginSettings,
    RegistryConnector,
    RegistryInfo,
    SerialRange,
    StatusOutcome,
    SubmissionOutcome,
    Submitted,
    TransactionNotFound,
    TransactionState,
    TransactionStatus,
    hookimpl,
)

ID = "registry_at_once"


class AtOnce(RegistryConnector):
    """Completes everything, at the moment it is asked."""

    info: ClassVar[RegistryInfo] = RegistryInfo(
        title="Registry inside the process", scheme="cdm", max_blocks=3_000, settings_model=PluginSettings
    )
    _count: ClassVar[int] = 0

    def __init__(self, context: PluginContext[Any]) -> None:
        self._done: dict[str, tuple[str, tuple[SerialRange, ...], datetime]] = {}

    @property
    def simulated(self) -> bool:
        """No real unit is ever touched."""
        return True

    def submit(self, instruction: CancellationInstruction) -> SubmissionOutcome:
        """Take it; the same key again is the same transaction."""
        if instruction.key not in self._done:
            AtOnce._count += 1
            self._done[instruction.key] = (f"AT-ONCE-{AtOnce._count}", tuple(instruction.ranges), datetime.now(UTC))
        return Submitted(transaction=self._done[instruction.key][0])

    def status(self, key: str) -> StatusOutcome:
        """Completed."""
        if key not in self._done:
            return TransactionNotFound()
        transaction, ranges, moment = self._done[key]
        return TransactionStatus(
            transaction=transaction, state=TransactionState.COMPLETED, ranges=ranges, completed_at=moment
        )

    def check(self) -> Iterable[Finding]:
        """Nothing to find."""
        return ()


@hookimpl
def registry_connectors() -> Sequence[type[RegistryConnector]]:
    """The one connector."""
    return (AtOnce,)


def found() -> FoundPlugin:
    """This plugin as the host finds others: by its entry."""
    return FoundPlugin(id=ID, value=__name__, distribution="climate-credit-store", version="1", bundled=True)
