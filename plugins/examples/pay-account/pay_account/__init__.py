"""Payment on account: the order counts as paid, and the organisation pays once a month, outside the store."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import ClassVar

from pydantic import Field

from creditstore_plugins import (
    Declined,
    Finding,
    Money,
    Paid,
    PaymentCapability,
    PaymentLookup,
    PaymentMethod,
    PaymentOutcome,
    PaymentProvider,
    PaymentReport,
    PaymentReportState,
    PaymentRequest,
    PluginContext,
    PluginSettings,
    ProviderInfo,
    Refunded,
    RefundOutcome,
    RefundRequest,
    hookimpl,
)


class AccountSettings(PluginSettings):
    """How much may be ordered on account at once. Other currencies have the same number as their limit."""

    limit: int = Field(default=100_000, ge=0, description="The most for one order, in whole units of the currency.")


class AccountProvider(PaymentProvider):
    """Keeps nothing: what is due is in the store's own books."""

    info: ClassVar[ProviderInfo] = ProviderInfo(
        title="On account",
        methods=(PaymentMethod(title="On account", description="Your organisation pays once a month."),),
        settings_model=AccountSettings,
        capabilities=PaymentCapability.REFUND,
    )

    def __init__(self, context: PluginContext[AccountSettings]) -> None:
        self._limit = context.settings.limit

    def start(self, request: PaymentRequest) -> PaymentOutcome:
        """Paid at once, up to the limit."""
        if request.variant:
            return Declined(reason="There is no such way to pay.")
        if request.amount.minor > Money.parse(str(self._limit), request.amount.currency).minor:
            return Declined(reason="This is more than can be ordered on account at once.")
        return Paid(reference=_reference(request.idempotency_key), captured=request.amount, at=request.started_at)

    def fetch(self, lookup: PaymentLookup) -> PaymentReport:
        """As ``start`` said."""
        return _report(lookup, at=lookup.started_at)

    def refund(self, request: RefundRequest) -> RefundOutcome:
        """It is left out of the next monthly bill."""
        return Refunded(reference=_reference(request.idempotency_key), at=request.requested_at)

    def check(self) -> Iterable[Finding]:
        """Nothing can be wrong here."""
        return ()


def _report(lookup: PaymentLookup, *, at: datetime) -> PaymentReport:
    reference = _reference(lookup.idempotency_key)
    return PaymentReport(
        event_id=f"{reference}:captured",
        reference=reference,
        state=PaymentReportState.CAPTURED,
        amount=lookup.amount,
        at=at,
    )


def _reference(key: str) -> str:
    """The same key has the same reference, however often it is asked."""
    return f"account-{hashlib.sha256(key.encode()).hexdigest()[:16]}"


@hookimpl
def payment_providers() -> Sequence[type[PaymentProvider]]:
    """This plugin's one provider."""
    return (AccountProvider,)
