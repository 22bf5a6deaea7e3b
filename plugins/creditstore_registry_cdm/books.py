"""What the registry has in its books, as the connector reads it: totals, blocks, completed cancellations."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Protocol
from urllib.parse import quote, urlencode

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from creditstore_plugins import (
    AccountTotals,
    BlocksPage,
    CancellationRecord,
    HttpResponse,
    HttpTimeout,
    HttpUnreachable,
    NotTold,
    RecordsPage,
)
from creditstore_registry_cdm.codes import MAX_BLOCKS
from creditstore_registry_cdm.serials import MalformedSerial, any_overlap
from creditstore_registry_cdm.wire import (
    TRANSACTION_ID,
    Answer,
    AnswerNotTrusted,
    NoAccountAnswer,
    Wire,
    WireBlock,
    as_utc,
    range_of,
    read_answer,
)

_Count = Annotated[int, Field(ge=0)]
_Cursor = Annotated[str, StringConstraints(min_length=1, max_length=200)] | None


class Get(Protocol):
    """Asks the registry; errors: ``HttpTimeout``, ``HttpUnreachable``."""

    def __call__(self, path: str, /) -> HttpResponse:
        """The answer, whatever its status."""


class _TotalsAnswer(Answer):
    account: str
    quantity: _Count
    cancelled: _Count


class _BlocksAnswer(Answer):
    account: str
    blocks: list[WireBlock]
    next: _Cursor


class _Cancellation(Wire):
    transaction: Annotated[str, StringConstraints(pattern=TRANSACTION_ID)]
    key: str
    blocks: Annotated[list[WireBlock], Field(min_length=1, max_length=MAX_BLOCKS)]
    beneficiary: str
    completed_at: Annotated[AwareDatetime, AfterValidator(as_utc)]

    def read(self, account: str) -> CancellationRecord:
        """The same in the plugin API's terms. Errors: ``MalformedSerial``, ``AnswerNotTrusted``."""
        blocks = [block.read() for block in self.blocks]
        if any_overlap(blocks):
            raise AnswerNotTrusted("a cancellation in the registry's answer names a unit twice")
        return CancellationRecord(
            transaction=self.transaction,
            key=self.key,
            account=account,
            ranges=tuple(range_of(block) for block in blocks),
            beneficiary=self.beneficiary,
            completed_at=self.completed_at,
        )


class _CancellationsAnswer(Answer):
    account: str
    cancellations: list[_Cancellation]
    next: _Cursor


class Books:
    """Reads the books of the registry at the other end of ``get``. What cannot be believed is ``NotTold``."""

    def __init__(self, get: Get, *, simulated: bool) -> None:
        self._get = get
        self._simulated = simulated

    def totals(self, account: str) -> AccountTotals | NotTold:
        """The account's totals; nothing for an account of which the registry says that it does not exist."""
        try:
            response = self._ask(account)
            if response is None:
                return AccountTotals(account=account, held=0, cancelled=0)
            told = read_answer(_TotalsAnswer, response, simulated=self._simulated)
            _same_account(told.account, account)
            return AccountTotals(account=account, held=told.quantity, cancelled=told.cancelled)
        except (AnswerNotTrusted, HttpTimeout, HttpUnreachable) as error:
            return _not_told(error)

    def blocks(self, account: str, cursor: str) -> BlocksPage | NotTold:
        """A page of what lies in the account."""
        try:
            response = self._ask(account, "/blocks", cursor=cursor)
            if response is None:
                return BlocksPage(ranges=())
            told = read_answer(_BlocksAnswer, response, simulated=self._simulated)
            _same_account(told.account, account)
            ranges = tuple(range_of(block.read()) for block in told.blocks)
            return BlocksPage(ranges=ranges, next=told.next or "")
        except (AnswerNotTrusted, MalformedSerial, HttpTimeout, HttpUnreachable) as error:
            return _not_told(error)

    def records(self, account: str, since: datetime, cursor: str) -> RecordsPage | NotTold:
        """A page of the completed cancellations from the account."""
        try:
            moment = since.astimezone(UTC).isoformat()
            response = self._ask(account, "/cancellations", since=moment, cursor=cursor)
            if response is None:
                return RecordsPage(records=())
            told = read_answer(_CancellationsAnswer, response, simulated=self._simulated)
            _same_account(told.account, account)
            records = tuple(item.read(account) for item in told.cancellations)
            return RecordsPage(records=records, next=told.next or "")
        except (AnswerNotTrusted, MalformedSerial, HttpTimeout, HttpUnreachable) as error:
            return _not_told(error)

    def _ask(self, account: str, path: str = "", **asked: str) -> HttpResponse | None:
        """The answer, or None for the registry's own word that it has no such account."""
        query = urlencode({name: value for name, value in asked.items() if value})
        response = self._get(f"/v1/accounts/{quote(account, safe='')}{path}" + (f"?{query}" if query else ""))
        if response.status == 404:
            missing = read_answer(NoAccountAnswer, response, simulated=self._simulated)
            _same_account(missing.account, account)
            return None
        if response.status != 200:
            raise AnswerNotTrusted(f"the registry answered with HTTP {response.status}")
        return response


def _same_account(told: str, asked: str) -> None:
    if told != asked:
        raise AnswerNotTrusted("the registry's answer is about another account")


def _not_told(error: Exception) -> NotTold:
    if isinstance(error, HttpTimeout | HttpUnreachable):
        return NotTold(reason="the registry did not answer")
    return NotTold(reason=str(error))
