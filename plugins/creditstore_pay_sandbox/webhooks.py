"""Test notifications: a small JSON object, signed with HMAC-SHA256, as real providers send them.

``{"event": "...", "key": "<the attempt's key>", "reference": "...", "state": "captured", "amount": "12.50",
"currency": "USD", "at": "2026-05-01T10:00:00Z"}``; ``state`` is one of ``PaymentReportState``. The header
``X-Sandbox-Signature`` is the hexadecimal HMAC of the body.
"""

from __future__ import annotations

import hashlib
import hmac

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from creditstore_plugins import (
    Malformed,
    Money,
    NothingToReport,
    PaymentReport,
    PaymentReportState,
    WebhookContent,
    WebhookReport,
)


class _Notification(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    event: str = Field(min_length=1, max_length=190)
    key: str = ""
    reference: str = Field(default="", max_length=190)
    state: PaymentReportState | None = None
    amount: str = ""
    currency: str = ""
    at: AwareDatetime


def read_webhook(body: bytes) -> WebhookContent:
    """What the bytes say. A pure function."""
    try:
        told = _Notification.model_validate_json(body)
        amount = Money.parse(told.amount, told.currency) if told.amount else None
    except ValidationError as error:
        fields = ", ".join(
            sorted({".".join(str(part) for part in fault["loc"]) or "the body" for fault in error.errors()})
        )
        return Malformed(reason=f"This is not a test notification: look at {fields}.")
    except ValueError:
        return Malformed(reason="The amount is not an amount of that currency.")
    if told.state is None:
        return NothingToReport(reason="A notification without a state: a test of the connection.")
    if told.state is PaymentReportState.CAPTURED and amount is None:
        return Malformed(reason="A captured payment needs its amount.")
    return WebhookReport(
        idempotency_key=told.key,
        report=PaymentReport(
            event_id=told.event,
            reference=told.reference,
            state=told.state,
            amount=amount,
            at=told.at,
            detail="A test notification.",
        ),
    )


def signature_of(body: bytes, *, secret: str) -> str:
    """The hexadecimal HMAC-SHA256 of a body."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
