"""The sandbox payment provider. It keeps nothing: every answer follows from the question and the clock.

The four methods show the four things that can happen to a payment. In the last one the answer is lost although the
(pretended) money moved, which is the case a store most easily gets wrong.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Annotated, ClassVar

from pydantic import Field

from creditstore_pay_sandbox.webhooks import read_webhook, signature_of
from creditstore_plugins import (
    Declined,
    Finding,
    Forged,
    Paid,
    PaymentCapability,
    PaymentLookup,
    PaymentMethod,
    PaymentOutcome,
    PaymentProvider,
    PaymentReport,
    PaymentReportState,
    PaymentRequest,
    Pending,
    PluginContext,
    PluginSettings,
    ProviderInfo,
    Refunded,
    RefundOutcome,
    RefundPending,
    RefundRefused,
    RefundRequest,
    RefundUnknown,
    Secret,
    SettingsInvalid,
    Severity,
    Unknown,
    Verification,
    VerificationUnknown,
    Verified,
    Webhook,
    WebhookContent,
    hookimpl,
)

# A day: longer than any demonstration, and short enough that a slip cannot hide a payment for ever.
_Seconds = Annotated[int, Field(ge=0, le=86_400)]

_METHODS = (
    PaymentMethod(
        title="Test payment",
        description="A test: your order counts as paid at once. No money moves.",
    ),
    PaymentMethod(
        variant="declined",
        title="Test payment that is declined",
        description="A test: the payment is declined and you can pay again. No money moves.",
    ),
    PaymentMethod(
        variant="pending",
        title="Test payment that takes a while",
        description="A test: the payment is waited for, then your order counts as paid. No money moves.",
    ),
    PaymentMethod(
        variant="unknown",
        title="Test payment whose answer is lost",
        description="A test: the answer is lost, then it is found that you paid, once. No money moves.",
    ),
)


class PaySandboxSettings(PluginSettings):
    """How long the slow test payments take, in seconds after the payment began; and what webhooks are signed with."""

    pending_seconds: _Seconds = 15
    unknown_seconds: _Seconds = 5
    webhook_secret: Secret | None = None


class PaySandboxProvider(PaymentProvider):
    """Pretends to take payments."""

    info: ClassVar[ProviderInfo] = ProviderInfo(
        title="Test payments (no money moves)",
        methods=_METHODS,
        settings_model=PaySandboxSettings,
        capabilities=PaymentCapability.REFUND | PaymentCapability.WEBHOOK,
        test_mode=True,
    )

    def __init__(self, context: PluginContext[PaySandboxSettings]) -> None:
        self._settings = context.settings
        self._clock = context.clock

    def start(self, request: PaymentRequest) -> PaymentOutcome:
        """Begin a test payment. The same key gets the same answer, whenever it is asked."""
        reference = _reference(request.idempotency_key)
        match request.variant:
            case "":
                return Paid(reference=reference, captured=request.amount, at=request.started_at)
            case "declined":
                return Declined(reason="This test payment is always declined. No money moved.", reference=reference)
            case "pending":
                return Pending(reference=reference, reason="This test payment takes a while. No money moves.")
            case "unknown":
                return Unknown(reason="The answer to this test payment was lost, as intended.", reference=reference)
            case _:
                return Declined(reason="There is no such test payment. No money moved.", reference=reference)

    def fetch(self, lookup: PaymentLookup) -> PaymentReport:
        """Say where a test payment stands now; follows from ``lookup`` and the clock alone."""
        reference = _reference(lookup.idempotency_key)
        state, at = self._state(lookup)
        if lookup.reference not in ("", reference):
            state, at = PaymentReportState.NOT_FOUND, lookup.started_at
        return PaymentReport(
            event_id=f"{reference}:{state}",
            reference=reference,
            state=state,
            amount=lookup.amount if state is PaymentReportState.CAPTURED else None,
            at=at,
            detail="A test payment. No money moves.",
        )

    def refund(self, request: RefundRequest) -> RefundOutcome:
        """Pretend to send money back: at once, or as slowly and as silently as the payment's own method."""
        reference = _reference(request.idempotency_key)
        passed = self._clock.now() - request.requested_at
        match request.variant:
            case "pending" if passed < timedelta(seconds=self._settings.pending_seconds):
                return RefundPending(reference=reference, reason="This test refund takes a while. No money moves.")
            case "unknown" if passed < timedelta(seconds=self._settings.unknown_seconds):
                return RefundUnknown(reason="The answer to this test refund was lost, as intended.")
            case "" | "pending" | "unknown":
                return Refunded(reference=reference, at=request.requested_at)
            case _:
                return RefundRefused(reason="There was no such test payment. No money moves.", reference=reference)

    def parse_webhook(self, webhook: Webhook) -> WebhookContent:
        """Read a test notification; see ``creditstore_pay_sandbox.webhooks``."""
        return read_webhook(webhook.body)

    def verify_webhook(self, webhook: Webhook) -> Verification:
        """Compare the signature. Without a secret nobody can tell, and nothing is applied."""
        if self._settings.webhook_secret is None:
            return VerificationUnknown(reason="The setting webhook_secret is not set, so no test webhook is believed.")
        try:
            expected = signature_of(webhook.body, secret=self._settings.webhook_secret.reveal())
        except SettingsInvalid:
            return VerificationUnknown(reason="The secret named by the setting webhook_secret is missing.")
        given = webhook.headers.get("x-sandbox-signature", "")
        if hmac.compare_digest(expected.encode(), given.encode("utf-8", "surrogatepass")):
            return Verified()
        return Forged(reason="The signature does not fit the body.")

    def check(self) -> Iterable[Finding]:
        """Whether the secret can be read, where one is named; there is nobody on the other side."""
        if self._settings.webhook_secret is not None:
            try:
                self._settings.webhook_secret.reveal()
            except SettingsInvalid as error:
                yield Finding(severity=Severity.WARNING, message=f"No test webhook can be verified: {error}.")

    def _state(self, lookup: PaymentLookup) -> tuple[PaymentReportState, datetime]:
        """The state and since when it holds. ``pending`` captures at its end, ``unknown`` did so at once, unseen."""
        began, now = lookup.started_at, self._clock.now()
        match lookup.variant:
            case "":
                return PaymentReportState.CAPTURED, began
            case "declined":
                return PaymentReportState.DECLINED, began
            case "pending":
                decided = began + timedelta(seconds=self._settings.pending_seconds)
                waiting = (PaymentReportState.PENDING, began)
                return waiting if now < decided else (PaymentReportState.CAPTURED, decided)
            case "unknown":
                found = began + timedelta(seconds=self._settings.unknown_seconds)
                return (PaymentReportState.UNKNOWN if now < found else PaymentReportState.CAPTURED), began
            case _:
                return PaymentReportState.NOT_FOUND, began


def _reference(key: str) -> str:
    """A reference that follows from the key, so that a repeated start names the same payment."""
    return f"sandbox-{hashlib.sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()[:24]}"


@hookimpl
def payment_providers() -> Sequence[type[PaymentProvider]]:
    """This plugin's one provider."""
    return (PaySandboxProvider,)
