"""Webhooks: a JSON object, signed with HMAC-SHA256 in the header ``X-Signature``."""

from __future__ import annotations

import hashlib
import hmac
import json

from scaffold_package.wire import NotUnderstood, Payment

from creditstore_plugins import (
    Forged,
    Malformed,
    Secret,
    SettingsInvalid,
    Verification,
    VerificationUnknown,
    Verified,
    Webhook,
    WebhookContent,
    WebhookReport,
)


def read_webhook(body: bytes) -> WebhookContent:
    """What the bytes say. A pure function."""
    try:
        document = json.loads(body)
        if not isinstance(document, dict):
            return Malformed(reason="This is not a JSON object.")
        payment, event, key = Payment.of(document), document.get("event"), document.get("key")
    except (ValueError, RecursionError, NotUnderstood):
        return Malformed(reason="This is not what the service sends.")
    if not isinstance(event, str) or not isinstance(key, str) or not event:
        return Malformed(reason="The event or the key is missing.")
    return WebhookReport(idempotency_key=key, report=payment.report(event))


def verify(webhook: Webhook, *, secret: Secret) -> Verification:
    """Whether the service signed these bytes."""
    try:
        expected = signature_of(webhook.body, secret=secret.reveal())
    except SettingsInvalid:
        return VerificationUnknown(reason="The secret is missing, so nobody can tell.")
    given = webhook.headers.get("x-signature", "")
    if hmac.compare_digest(expected.encode(), given.encode("utf-8", "surrogatepass")):
        return Verified()
    return Forged(reason="The signature does not fit the body.")


def signature_of(body: bytes, *, secret: str) -> str:
    """The hexadecimal HMAC-SHA256 of a body."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
