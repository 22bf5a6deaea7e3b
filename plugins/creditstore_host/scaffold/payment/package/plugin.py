"""A payment provider that speaks to a service over HTTP. Change what differs for yours; the tests tell what must hold.

Whatever is unclear is ``Unknown``: the store then asks ``fetch`` and never charges again by itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import ClassVar

from scaffold_package.pretended import PretendedService
from scaffold_package.settings import ScaffoldSettings
from scaffold_package.webhooks import read_webhook, verify
from scaffold_package.wire import Answer, NotUnderstood, Payment

from creditstore_plugins import (
    Declined,
    Finding,
    HttpTimeout,
    HttpUnreachable,
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
    ProviderInfo,
    Refunded,
    RefundOutcome,
    RefundRefused,
    RefundRequest,
    RefundUnknown,
    SettingsInvalid,
    Severity,
    Unknown,
    Verification,
    Webhook,
    WebhookContent,
    hookimpl,
)


class ScaffoldProvider(PaymentProvider):
    """Takes payments through the service at ``settings.base_url``."""

    info: ClassVar[ProviderInfo] = ProviderInfo(
        title="Scaffold Title",
        methods=(PaymentMethod(title="Scaffold Title", description="What buyers read when they choose."),),
        settings_model=ScaffoldSettings,
        capabilities=PaymentCapability.REFUND | PaymentCapability.WEBHOOK,
        # As long as this is True, every page says that no money moves. Set it to False for real payments.
        test_mode=True,
    )

    def __init__(self, context: PluginContext[ScaffoldSettings]) -> None:
        self._settings = context.settings
        self._http = PretendedService() if context.settings.pretend else context.http
        self._clock = context.clock

    def start(self, request: PaymentRequest) -> PaymentOutcome:
        """Begin a payment. The service takes the same key once, however often it is sent."""
        if request.variant:
            return Declined(reason="There is no such way to pay. Nothing was charged.")
        document: dict[str, object] = {
            "key": request.idempotency_key,
            "amount": request.amount.minor,
            "currency": request.amount.currency,
            "description": request.description,
            "return_url": request.return_url,
        }
        try:
            answer = self._ask("POST", "/v1/payments", document)
            if answer.status == 402:
                return Declined(reason="The service declined the payment. Nothing was charged.")
            payment = Payment.read(answer, statuses=(200, 201))
        except HttpUnreachable:
            return Unknown(reason="The service could not be reached.")
        except HttpTimeout:
            return Unknown(reason="The service did not answer.")
        except SettingsInvalid:
            return Unknown(reason="A secret in the settings is missing.")
        except NotUnderstood as error:
            return Unknown(reason=str(error))
        if payment.state == "captured":
            return Paid(reference=payment.id, captured=payment.amount, at=payment.at)
        return Pending(reference=payment.id, reason="The service is still working on it.")

    def fetch(self, lookup: PaymentLookup) -> PaymentReport:
        """Ask by our own key: it is known also when the answer to ``start`` was lost."""
        try:
            answer = self._ask("GET", f"/v1/payments/by-key/{lookup.idempotency_key}")
            if answer.status == 404 and answer.is_error("no-such-payment"):
                return self._report(lookup, PaymentReportState.NOT_FOUND, "The service knows no such payment.")
            return Payment.read(answer, statuses=(200,)).report()
        except (HttpUnreachable, HttpTimeout, SettingsInvalid, NotUnderstood):
            return self._report(lookup, PaymentReportState.UNKNOWN, "The service gave no clear answer.")

    def refund(self, request: RefundRequest) -> RefundOutcome:
        """Send money back. The service takes the same key once."""
        document: dict[str, object] = {
            "key": request.idempotency_key,
            "payment_key": request.payment_key,
            "amount": request.amount.minor,
            "currency": request.amount.currency,
        }
        try:
            answer = self._ask("POST", "/v1/refunds", document)
            if answer.status == 404 and answer.is_error("no-such-payment"):
                return RefundRefused(reason="The service knows no such payment.")
            refund = Payment.read(answer, statuses=(200, 201))
        except (HttpUnreachable, HttpTimeout, SettingsInvalid, NotUnderstood):
            return RefundUnknown(reason="The service gave no clear answer.")
        return Refunded(reference=refund.id, at=refund.at)

    def parse_webhook(self, webhook: Webhook) -> WebhookContent:
        """Say what the bytes claim, and ask nobody."""
        return read_webhook(webhook.body)

    def verify_webhook(self, webhook: Webhook) -> Verification:
        """Compare the signature."""
        return verify(webhook, secret=self._settings.webhook_secret)

    def check(self) -> Iterable[Finding]:
        """Whether the secrets are there and the service answers."""
        if self._settings.pretend:
            yield Finding(severity=Severity.INFO, message="The service is only pretended: no money moves.")
            return
        for name in ("api_key", "webhook_secret"):
            try:
                getattr(self._settings, name).reveal()
            except SettingsInvalid as error:
                yield Finding(severity=Severity.ERROR, message=str(error))
        try:
            if self._ask("GET", "/v1/health").status != 200:
                yield Finding(severity=Severity.ERROR, message="The service says that it is not well.")
        except (HttpUnreachable, HttpTimeout, SettingsInvalid):
            yield Finding(severity=Severity.ERROR, message="The service cannot be asked.")

    def _ask(self, method: str, path: str, document: dict[str, object] | None = None) -> Answer:
        headers = {"content-type": "application/json"}
        if not self._settings.pretend:
            headers["authorization"] = f"Bearer {self._settings.api_key.reveal()}"
        body = None if document is None else json.dumps(document).encode()
        return Answer(self._http.request(method, self._settings.base_url + path, headers=headers, body=body))

    def _report(self, lookup: PaymentLookup, state: PaymentReportState, detail: str) -> PaymentReport:
        return PaymentReport(
            event_id=f"{lookup.idempotency_key}:{state}",
            reference=lookup.reference,
            state=state,
            amount=None,
            at=self._clock.now(),
            detail=detail,
        )


@hookimpl
def payment_providers() -> Sequence[type[PaymentProvider]]:
    """This plugin's one provider."""
    return (ScaffoldProvider,)
