"""Payment providers: what the host asks, and what a provider may answer.

Amounts are ``Money``, times are aware UTC datetimes. The host makes ``idempotency_key``; the same key must never
charge twice. A time-out is ``Unknown``: the host then calls ``fetch`` and never charges again by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Flag, StrEnum, auto
from typing import Any, ClassVar, Protocol

from creditstore_plugins.settings import PluginSettings
from creditstore_plugins.types.common import Finding, NoSettings, PluginContext
from creditstore_plugins.types.money import Money


class PaymentCapability(Flag):
    """What a provider can do beyond taking money. Each flag names methods of a protocol of its own."""

    NONE = 0
    REFUND = auto()
    WEBHOOK = auto()
    CAPTURES = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentMethod:
    """One way to pay, as the buyer sees it.

    Parameters: ``variant``, empty for the provider's main method, else a short lower-case word (the public method
    id is ``<plugin>`` or ``<plugin>:<variant>``); ``title`` and ``description`` in plain words; ``hold_for``, how
    long units stay reserved for a buyer who chose this method.
    """

    title: str
    description: str = ""
    variant: str = ""
    hold_for: timedelta = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderInfo:
    """What a payment provider says of itself. ``test_mode``: no real money moves; every page will say so.

    ``form_origins`` are the origins a ``SubmitForm`` or ``Redirect`` leads to: the host allows them in its content
    security policy and refuses all others. ``currencies`` empty means any.
    """

    title: str
    methods: tuple[PaymentMethod, ...]
    settings_model: type[PluginSettings] = NoSettings
    capabilities: PaymentCapability = PaymentCapability.NONE
    test_mode: bool = False
    currencies: frozenset[str] = frozenset()
    form_origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRequest:
    """One attempt to pay one order. ``return_url`` is where the buyer comes back to afterwards."""

    idempotency_key: str
    order_number: str
    variant: str
    amount: Money
    description: str
    payee: str
    language: str
    return_url: str
    started_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentLookup:
    """Asks for the state of an earlier attempt. ``reference`` is empty when ``start`` never returned one."""

    idempotency_key: str
    reference: str
    variant: str
    amount: Money
    started_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """The money is captured, now. ``reference`` is the provider's own id for this payment."""

    reference: str
    captured: Money
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """The provider has the payment and will decide later; the host asks ``fetch`` until it has."""

    reference: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """Send the buyer to ``url`` (https, in ``form_origins``)."""

    reference: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitForm:
    """Let the buyer's browser post ``fields`` to ``action`` (https, in ``form_origins``)."""

    reference: str
    action: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowInstructions:
    """Tell the buyer what to do, for instance where to transfer to. ``facts`` are label and value, in order."""

    reference: str
    text: str
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Declined:
    """No money moved and none will. ``reason`` is shown to the buyer: plain words."""

    reason: str
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """Nobody can tell whether money moved. Never a guess: the host asks ``fetch`` before anything else happens."""

    reason: str
    reference: str = ""


PaymentOutcome = Paid | Pending | Redirect | SubmitForm | ShowInstructions | Declined | Unknown


class PaymentReportState(StrEnum):
    """Where a payment stands at the provider. ``NOT_FOUND``: the provider never got the attempt.

    ``DISPUTED``: the payer wants captured money back; ``DISPUTE_WON``: it stays; ``DISPUTE_LOST``: the payer has it.
    """

    CAPTURED = "captured"
    PENDING = "pending"
    DECLINED = "declined"
    EXPIRED = "expired"
    NOT_FOUND = "not_found"
    DISPUTED = "disputed"
    DISPUTE_WON = "dispute_won"
    DISPUTE_LOST = "dispute_lost"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentReport:
    """What a provider says about a payment, now or through a notification.

    ``event_id`` is unique for this fact at this provider: the host applies each id once. ``amount`` is all that was
    captured for this attempt so far, not the last part of it.
    """

    event_id: str
    reference: str
    state: PaymentReportState
    amount: Money | None
    at: datetime
    detail: str = field(default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRequest:
    """Send money of a captured payment back to whoever paid.

    Parameters: ``idempotency_key``, made by the host for this refund; ``payment_key`` and ``reference``, those of the
    payment; ``amount``, at most what is left of it; ``reason``, a line without personal data.
    """

    idempotency_key: str
    payment_key: str
    reference: str
    variant: str
    amount: Money
    reason: str
    requested_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Refunded:
    """The money is sent back. ``reference`` is the provider's own id for the refund."""

    reference: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundPending:
    """The provider has the refund and will complete it later; the host asks again under the same key."""

    reference: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRefused:
    """No money was or will be sent back under this key. ``reason`` is read by staff."""

    reason: str
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundUnknown:
    """Nobody can tell whether money was sent back. The host asks again under the same key."""

    reason: str
    reference: str = ""


RefundOutcome = Refunded | RefundPending | RefundRefused | RefundUnknown


class PaymentProvider(Protocol):
    """A payment provider. Methods may be called from several threads and processes at once."""

    info: ClassVar[ProviderInfo]

    def __init__(self, context: PluginContext[Any]) -> None:
        """Keep the context; do no I/O here."""

    def start(self, request: PaymentRequest) -> PaymentOutcome:
        """Begin (and, where possible, complete) a payment. Idempotent by ``request.idempotency_key``."""

    def fetch(self, lookup: PaymentLookup) -> PaymentReport:
        """Say where an earlier attempt stands. Never moves money."""

    def check(self) -> Iterable[Finding]:
        """Health, in plain words; empty when all is well."""


class RefundingProvider(Protocol):
    """The part of a payment provider with ``PaymentCapability.REFUND``."""

    def refund(self, request: RefundRequest) -> RefundOutcome:
        """Send money back, or say how the refund of this key stands: the same key never sends money twice."""
