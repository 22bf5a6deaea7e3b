"""Webhooks: what an outside party sends to the store by itself.

Nothing in a webhook is believed because it came. The host keeps the bytes and answers at once; later, in the worker, it
asks the plugin what the bytes say (``parse_webhook``) and whether they really come from the provider
(``verify_webhook``). Only what is verified is applied, once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from creditstore_plugins.types.payments import PaymentReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """One request as it came. ``headers`` have lower-case names; cookies and the store's own secrets are left out."""

    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    query: str
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookReport:
    """What a webhook says of one payment.

    The payment is found by ``idempotency_key`` (the one that the host gave to ``start``) or, when that is empty, by
    ``report.reference``. A capture names the amount: the host compares it with what was due.
    """

    report: PaymentReport
    idempotency_key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingToReport:
    """The webhook is well formed and says nothing of a payment (a test, an event that this plugin does not use)."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Malformed:
    """The bytes are not what this provider sends. They are kept for staff and never applied."""

    reason: str


WebhookContent = WebhookReport | NothingToReport | Malformed


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """The provider itself sent these bytes, unchanged, and to this account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forged:
    """They are certainly not from the provider, or not for this account: never applied."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationUnknown:
    """Nobody can tell now (the provider did not answer): the host asks again later."""

    reason: str


Verification = Verified | Forged | VerificationUnknown


class WebhookReceiver(Protocol):
    """The part of a payment provider with ``PaymentCapability.WEBHOOK``."""

    def parse_webhook(self, webhook: Webhook) -> WebhookContent:
        """Say what the bytes claim. A pure function: no network, no clock, the same bytes give the same answer."""

    def verify_webhook(self, webhook: Webhook) -> Verification:
        """Say whether the provider really sent them; may ask the provider through ``context.http``."""
