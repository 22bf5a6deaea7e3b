"""The service, pretended, in memory: for the tests, and to try the plugin out in a store without money.

It does what the real one must do: the same key charges once, and sends back once. It forgets when its process ends.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from scaffold_package.webhooks import signature_of

from creditstore_plugins import HttpResponse, Money, PaymentReportState, PaymentRequest, Webhook


class Movement(NamedTuple):
    """Money that moved once. ``key`` is the store's idempotency key."""

    key: str
    amount: Money


class PretendedService:
    """Implements ``creditstore_plugins.HttpClient``, and what the conformance kit must see behind the plugin's back."""

    def __init__(self) -> None:
        self.charges: list[Movement] = []
        self.refunds: list[Movement] = []
        self._payments: dict[str, dict[str, Any]] = {}
        self._refunds: dict[str, dict[str, Any]] = {}
        self._lock = threading.Lock()

    def request(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> HttpResponse:
        """Answer as the service would."""
        path = "/" + url.split("/", 3)[3]
        document = json.loads(body) if body else {}
        with self._lock:
            status, answer = self._answer(method, path, document)
        return HttpResponse(status=status, headers={}, body=json.dumps(answer).encode())

    def settle(self, request: PaymentRequest) -> None:
        """Nothing is left to do for the buyer: this service captures at once."""

    def webhook(self, request: PaymentRequest, state: PaymentReportState) -> Webhook:
        """What it sends about this payment."""
        known = self._payments[request.idempotency_key]
        told = {**known, "state": str(state), "key": request.idempotency_key, "event": f"event-{known['id']}"}
        body = json.dumps(told).encode()
        signature = signature_of(body, secret=os.environ["SCAFFOLD_WEBHOOK_SECRET"])
        return Webhook(headers={"x-signature": signature}, body=body, query="", received_at=datetime.now(UTC))

    def _answer(self, method: str, path: str, document: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if (method, path) == ("GET", "/v1/health"):
            return 200, {"ok": True}
        if (method, path) == ("POST", "/v1/payments"):
            return self._move(document, self._payments, self.charges, "payment")
        if method == "GET" and path.startswith("/v1/payments/by-key/"):
            known = self._payments.get(path.rpartition("/")[2])
            return (200, known) if known else (404, {"error": "no-such-payment"})
        if (method, path) == ("POST", "/v1/refunds") and document["payment_key"] in self._payments:
            return self._move(document, self._refunds, self.refunds, "refund")
        return 404, {"error": "no-such-payment"}

    def _move(
        self, document: dict[str, Any], known: dict[str, dict[str, Any]], moved: list[Movement], what: str
    ) -> tuple[int, dict[str, Any]]:
        key = document["key"]
        if key in known:
            return 200, known[key]
        amount = Money(minor=document["amount"], currency=document["currency"])
        moved.append(Movement(key=key, amount=amount))
        known[key] = {
            "id": f"{what}-{len(known) + 1}",
            "state": "captured",
            "amount": amount.minor,
            "currency": amount.currency,
            "at": datetime.now(UTC).isoformat(),
        }
        return 201, known[key]
