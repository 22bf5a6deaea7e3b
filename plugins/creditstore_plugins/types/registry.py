"""Registry connectors: how units are cancelled where they live.

A cancellation cannot be undone. The host makes ``key``: the same key must never cancel twice. ``Unknown`` means
that nobody can tell whether the registry took the instruction: the host asks ``status`` before anything else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Flag, IntEnum, StrEnum, auto
from typing import Any, ClassVar, Protocol

from creditstore_plugins.settings import PluginSettings
from creditstore_plugins.types.common import Finding, NoSettings, PluginContext
from creditstore_plugins.types.webhooks import Webhook


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialRange:
    """A run of units equal in all but number; both ends belong to it. ``start`` and ``end`` are as printed.

    ``series`` is what numbers are unique in: for the CDM the two-letter Party.
    """

    start: str
    end: str
    series: str
    start_number: int
    end_number: int

    def __post_init__(self) -> None:
        if not 1 <= self.start_number <= self.end_number:
            raise ValueError("a serial range needs 1 <= start <= end")

    @property
    def quantity(self) -> int:
        """How many units the range holds: one per tonne."""
        return self.end_number - self.start_number + 1


class RegistryCapability(Flag):
    """What a connector can do beside its work.

    ``TOTALS``, ``BLOCKS`` and ``RECORDS``: tell, each by the method of ``RegistryBooks`` of that name.
    ``NOTIFICATIONS``: read what the registry sends by itself, see ``RegistryNotifications``.
    """

    NONE = 0
    TOTALS = auto()
    BLOCKS = auto()
    RECORDS = auto()
    NOTIFICATIONS = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryInfo:
    """What a connector says of itself.

    ``scheme`` is the serial grammar it understands (``cdm``); ``max_blocks`` the most ranges in one transaction.
    """

    title: str
    scheme: str
    max_blocks: int
    settings_model: type[PluginSettings] = NoSettings
    capabilities: RegistryCapability = RegistryCapability.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationInstruction:
    """One transaction to propose: cancel these ranges for this beneficiary. Empty texts mean: not to be told."""

    key: str
    account: str
    ranges: tuple[SerialRange, ...]
    beneficiary: str
    reason: str


class TransactionState(IntEnum):
    """States of a registry transaction, numbered as in the Data Exchange Standards."""

    PROPOSED = 1
    CHECKED = 2
    CHECKED_DISCREPANCY = 3
    COMPLETED = 4
    TERMINATED = 5
    REJECTED = 6
    CANCELLED = 7


class RefusalKind(StrEnum):
    """What a reason means for asking again, whatever number the registry has for it.

    ``TEMPORARY``: the same may be asked again later; the host does so by itself. ``UNITS``: units are not where they
    should be; the host sets them apart. ``ACCOUNT``: the account cannot be used as it is. ``MESSAGE``: the message
    itself was wrong. ``OTHER``: only a person can tell.
    """

    TEMPORARY = "temporary"
    UNITS = "units"
    ACCOUNT = "account"
    MESSAGE = "message"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseCode:
    """A reason a registry gave, with the ranges it concerns (empty: the whole transaction)."""

    code: int
    message: str
    ranges: tuple[SerialRange, ...] = ()
    kind: RefusalKind = RefusalKind.OTHER


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """The message was accepted. That is not yet a cancellation. ``transaction`` is the registry's own id."""

    transaction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The message was refused and nothing was or will be cancelled under this key."""

    responses: tuple[ResponseCode, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionUnknown:
    """Nobody can tell whether the registry took the instruction. Ask ``status`` with the key."""

    reason: str


SubmissionOutcome = Submitted | Refused | SubmissionUnknown


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionStatus:
    """Where a transaction stands. ``completed_at`` is the registry's time and set only when completed.

    ``ranges`` are the registry's own record of what the transaction holds: the host compares them with what it asked.
    """

    transaction: str
    state: TransactionState
    ranges: tuple[SerialRange, ...]
    completed_at: datetime | None
    responses: tuple[ResponseCode, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionNotFound:
    """The registry answers, and has no transaction under this key: proposing it again is safe."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusUnknown:
    """The registry did not answer, or not in a way that can be trusted. Ask again later."""

    reason: str


StatusOutcome = TransactionStatus | TransactionNotFound | StatusUnknown


class RegistryConnector(Protocol):
    """A connector to one registry. Methods may be called from several threads and processes at once."""

    info: ClassVar[RegistryInfo]

    def __init__(self, context: PluginContext[Any]) -> None:
        """Keep the context; do no I/O here."""

    @property
    def simulated(self) -> bool:
        """True when no real unit is ever cancelled through it: every page and file then says so."""

    def submit(self, instruction: CancellationInstruction) -> SubmissionOutcome:
        """Propose a cancellation. Idempotent by ``instruction.key``."""

    def status(self, key: str) -> StatusOutcome:
        """Say where the transaction with this key stands. Never changes anything."""

    def check(self) -> Iterable[Finding]:
        """Health, in plain words; empty when all is well."""


class RegistryNotifications(Protocol):
    """The part of a connector with ``RegistryCapability.NOTIFICATIONS``.

    Nothing that a notification says is believed: it is only ever a reason to call ``status``. So nobody has to verify
    it, and a lost one costs a few seconds.
    """

    def parse_notification(self, webhook: Webhook) -> tuple[str, ...]:
        """The keys, or the registry's own ids, of the transactions that the bytes speak of; empty when of none.

        A pure function: no network, no clock.
        """
