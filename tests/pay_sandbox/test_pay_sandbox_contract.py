"""The sandbox holds the contract that every payment provider must hold."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime

import creditstore_pay_sandbox.plugin
from creditstore_pay_sandbox.webhooks import signature_of
from creditstore_plugins import PaymentReportState, PaymentRequest, Webhook
from creditstore_plugins.testing import PaymentProviderContract


class Sender:
    """Whoever sends test notifications; the sandbox itself asks nobody."""

    def webhook(self, request: PaymentRequest, state: PaymentReportState) -> Webhook:
        told = {
            "event": f"event-{request.idempotency_key}",
            "key": request.idempotency_key,
            "reference": "sandbox-1",
            "state": str(state),
            "amount": "12.50",
            "currency": "USD",
            "at": "2026-03-01T12:00:00Z",
        }
        body = json.dumps(told).encode()
        signature = signature_of(body, secret=os.environ["SANDBOX_WEBHOOK_SECRET"])
        return Webhook(headers={"x-sandbox-signature": signature}, body=body, query="", received_at=datetime.now(UTC))


class TestPaySandbox(PaymentProviderContract):
    plugin = creditstore_pay_sandbox.plugin
    settings = {"webhook_secret": "env:SANDBOX_WEBHOOK_SECRET"}
    secrets = {"SANDBOX_WEBHOOK_SECRET": "secret-of-the-tests"}

    def service(self) -> Sender:  # type: ignore[override]
        return Sender()
