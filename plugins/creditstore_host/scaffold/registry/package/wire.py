"""What goes to the registry and comes back. Whatever is not understood is an error of its own, never a guess."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from creditstore_plugins import (
    CancellationInstruction,
    HttpResponse,
    RefusalKind,
    ResponseCode,
    SerialRange,
    TransactionState,
    TransactionStatus,
)


class NotUnderstood(Exception):
    """An answer is not of the promised form. Its text holds nothing of the answer: there may be a name in it."""


def as_wire(instruction: CancellationInstruction) -> dict[str, object]:
    """The instruction as the registry takes it."""
    return {
        "key": instruction.key,
        "account": instruction.account,
        "ranges": [[part.start, part.end] for part in instruction.ranges],
        "beneficiary": instruction.beneficiary,
        "reason": instruction.reason,
    }


def number_of(serial: str) -> tuple[str, int]:
    """The series and number of a serial as it is printed: ``ID-5-101-1-1-0-526``. Errors: ``ValueError``."""
    party, _type, number, *_rest = serial.split("-")
    return party, int(number)


def range_of(start: str, end: str) -> SerialRange:
    """The range between two serials, both included. Errors: ``ValueError``."""
    (series, first), (_series, last) = number_of(start), number_of(end)
    return SerialRange(start=start, end=end, series=series, start_number=first, end_number=last)


class Answer:
    """An HTTP answer and the JSON object in it, if there is one."""

    def __init__(self, response: HttpResponse) -> None:
        self.status = response.status
        try:
            self._document: Any = json.loads(response.body)
        except (ValueError, RecursionError):
            self._document = None

    def is_error(self, code: str) -> bool:
        """Whether the registry itself says so: a 404 may also come from something between."""
        return isinstance(self._document, dict) and self._document.get("error") == code

    def responses(self) -> tuple[ResponseCode, ...]:
        """The reasons it gives. Errors: ``NotUnderstood``."""
        try:
            return tuple(
                ResponseCode(code=int(item["code"]), message=str(item["message"]), kind=RefusalKind.OTHER)
                for item in self._document["responses"]
            )
        except (KeyError, TypeError, ValueError):
            raise NotUnderstood("The registry's answer is not understood.") from None

    def transaction(self, *, statuses: tuple[int, ...]) -> str:
        """The registry's own id, from an answer with one of these statuses. Errors: ``NotUnderstood``."""
        if self.status not in statuses or not isinstance(self._document, dict):
            raise NotUnderstood(f"The registry's answer with the status {self.status} is not understood.")
        transaction = self._document.get("transaction")
        if not isinstance(transaction, str) or not transaction:
            raise NotUnderstood("The registry's answer is not understood.")
        return transaction

    def transaction_status(self) -> TransactionStatus:
        """Where the transaction stands. Errors: ``NotUnderstood``."""
        transaction = self.transaction(statuses=(200,))
        try:
            state = TransactionState(self._document["state"])
            told = self._document["completed_at"]
            at = datetime.fromisoformat(told) if told else None
            ranges = tuple(range_of(start, end) for start, end in self._document["ranges"])
        except (KeyError, TypeError, ValueError, AttributeError):
            raise NotUnderstood("The registry's answer is not understood.") from None
        return TransactionStatus(
            transaction=transaction, state=state, ranges=ranges, completed_at=at, responses=self.responses()
        )
