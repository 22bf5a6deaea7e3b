"""Order checks: whether an order may be paid and cancelled at all. For sanctions lists, limits, licences.

A check is asked twice: before a payment begins, and again before the units are cancelled, because a cancellation
cannot be undone. It gets what it needs to judge and nothing else: no e-mail address, no reason, no serial numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Protocol

from creditstore_plugins.settings import PluginSettings
from creditstore_plugins.types.common import Finding, NoSettings, PluginContext
from creditstore_plugins.types.money import Money


class CheckStage(StrEnum):
    """When a check is asked: before a payment begins, or before the cancellation."""

    PAYMENT = "payment"
    CANCELLATION = "cancellation"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedLine:
    """One line of the order. ``country`` is the project's host country (ISO 3166-1 alpha-2)."""

    project_ref: str
    country: str
    quantity: int
    total: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFacts:
    """What a check may know of an order. Countries are ISO 3166-1 alpha-2, empty when not told.

    Names are personal data: a check must neither log nor keep them.
    """

    stage: CheckStage
    order_number: str
    payment_method: str
    total: Money
    quantity: int
    lines: tuple[CheckedLine, ...]
    buyer_name: str = field(repr=False)
    buyer_organisation: str = field(repr=False)
    buyer_country: str
    beneficiary_name: str = field(repr=False)
    beneficiary_country: str
    simulated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Allow:
    """Nothing speaks against the order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A person must look before anything is cancelled; it may be paid. ``reason``: for staff, no names in it."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deny:
    """The order must not be carried out. ``reason`` is for staff; ``message`` is told to the buyer, may be empty."""

    reason: str
    message: str = ""


CheckOutcome = Allow | Review | Deny


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCheckInfo:
    """What a check says of itself."""

    title: str
    settings_model: type[PluginSettings] = NoSettings


class OrderCheck(Protocol):
    """A check of orders. Methods may be called from several threads and processes at once."""

    info: ClassVar[OrderCheckInfo]

    def __init__(self, context: PluginContext[Any]) -> None:
        """Keep the context; do no I/O here."""

    def decide(self, facts: OrderFacts) -> CheckOutcome:
        """Say whether the order may go on. The host waits a few seconds; no answer counts as ``Review``."""

    def check(self) -> Iterable[Finding]:
        """Health, in plain words; empty when all is well."""
