"""The service's answers, read with care: whatever is not understood is an error of its own, never a guess."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from creditstore_plugins import HttpResponse, Money, PaymentReport, PaymentReportState

_STATES = {
    "captured": PaymentReportState.CAPTURED,
    "pending": PaymentReportState.PENDING,
    "declined": PaymentReportState.DECLINED,
}


class NotUnderstood(Exception):
    """An answer is not of the promised form. Its text holds nothing of the answer: there may be a name in it."""


class Answer:
    """An HTTP answer and the JSON object in it, if there is one."""

    def __init__(self, response: HttpResponse) -> None:
        self.status = response.status
        try:
            self._document: Any = json.loads(response.body)
        except (ValueError, RecursionError):
            self._document = None

    @property
    def document(self) -> dict[str, Any]:
        """The object. Errors: ``NotUnderstood``."""
        if not isinstance(self._document, dict):
            raise NotUnderstood("The service's answer is not understood.")
        return self._document

    def is_error(self, code: str) -> bool:
        """Whether the service itself says so: a 404 may also come from something between."""
        return isinstance(self._document, dict) and self._document.get("error") == code


@dataclass(frozen=True)
class Payment:
    """A payment, or a refund, as the service tells of it."""

    id: str
    state: str
    amount: Money
    at: datetime

    @classmethod
    def read(cls, answer: Answer, *, statuses: tuple[int, ...]) -> Payment:
        """What an answer with one of these statuses tells. Errors: ``NotUnderstood``."""
        if answer.status not in statuses:
            raise NotUnderstood(f"The service answered with the status {answer.status}.")
        return cls.of(answer.document)

    @classmethod
    def of(cls, document: dict[str, Any]) -> Payment:
        """The payment in a document. Errors: ``NotUnderstood``."""
        try:
            minor, at = document["amount"], datetime.fromisoformat(document["at"])
            payment = cls(
                id=document["id"],
                state=document["state"],
                amount=Money(minor=minor, currency=document["currency"]),
                at=at,
            )
        except (KeyError, TypeError, ValueError, AttributeError):
            raise NotUnderstood("The service's answer is not understood.") from None
        if not (
            isinstance(payment.id, str)
            and payment.id
            and payment.state in _STATES
            and type(minor) is int
            and isinstance(payment.amount.currency, str)
            and at.utcoffset() is not None
        ):
            raise NotUnderstood("The service's answer is not understood.")
        return payment

    def report(self, event_id: str = "") -> PaymentReport:
        """The same as the store wants it; the event is the payment's state, so that it is the same each time."""
        state = _STATES[self.state]
        return PaymentReport(
            event_id=event_id or f"{self.id}:{self.state}",
            reference=self.id,
            state=state,
            amount=self.amount if state is PaymentReportState.CAPTURED else None,
            at=self.at,
        )
