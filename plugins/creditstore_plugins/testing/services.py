"""The services that tests play: what a contract must be able to see and do behind the plugin's back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from creditstore_plugins import (
    HttpClient,
    Money,
    PaymentReportState,
    PaymentRequest,
    SerialRange,
    Webhook,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """Money that moved once: taken from a buyer, or sent back. ``key`` is the host's idempotency key."""

    key: str
    amount: Money


class PaymentService(HttpClient, Protocol):
    """A payment service, played. It must behave as the real one would, idempotency included.

    ``charges`` are all movements to the store, ``refunds`` all back; one per movement, so a second charge for one key
    is a second entry.
    """

    charges: Sequence[Movement]
    refunds: Sequence[Movement]

    def settle(self, request: PaymentRequest) -> None:
        """The buyer does at the service what is left to do; nothing when the payment is complete at once."""

    def webhook(self, request: PaymentRequest, state: PaymentReportState) -> Webhook:
        """What the service sends, genuine and signed, when this payment is in this state. For ``WEBHOOK`` only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    """A cancellation that the registry carried out."""

    key: str
    account: str
    ranges: tuple[SerialRange, ...]
    beneficiary: str


class RegistryService(HttpClient, Protocol):
    """A registry, played. It must behave as the real one would, idempotency included.

    ``cancellations`` are all that were carried out, one entry each time.
    """

    cancellations: Sequence[Cancelled]

    def decide(self) -> None:
        """Carry out what was proposed, where the registry takes its time; nothing when it decides at once."""

    def refuse_next(self) -> None:
        """Let the next proposal be refused as it is made: its message is wrong."""

    def terminate_next(self) -> None:
        """Let the next proposal be taken, and ended without effect when it is decided: its units cannot be used."""
