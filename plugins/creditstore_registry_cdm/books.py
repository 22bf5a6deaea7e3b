"""What the registry has in its books, as the connector reads it: totals, blocks, completed cancellations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, TypeVar
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
    AccountWord,
    AnswerNotTrusted,
    NoAccountAnswer,
    Wire,
    WireBlock,
    as_utc,
    range_of,
    read_answer,
)

AccountAnswerT = TypeVar("AccountAnswerT", bound=AccountWord)
BookT = TypeVar("BookT", AccountTotals, BlocksPage, RecordsPage)

_Count = Annotated[int, Field(ge=0)]
_Cursor = Annotated[str, StringConstraints(min_length=1, max_length=200)] | None


class _TotalsAnswer(AccountWord):
    quantity: _Count
    cancelled: _Count


class _BlocksAnswer(AccountWord):
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


class _CancellationsAnswer(AccountWord):
    cancellations: list[_Cancellation]
    next: _Cursor


class Books:
    """Reads the books of the registry at the other end of ``get``. What cannot be believed is ``NotTold``.

    Parameters: ``get`` gives the answer to a path, whatever its status, or raises ``HttpTimeout`` or
    ``HttpUnreachable``.
    """

    def __init__(self, get: Callable[[str], HttpResponse], *, simulated: bool) -> None:
        self._get = get
        self._simulated = simulated

    def totals(self, account: str) -> AccountTotals | NotTold:
        """The account's totals; nothing for an account of which the registry says that it does not exist."""

        def read(told: _TotalsAnswer) -> AccountTotals:
            return AccountTotals(account=account, held=told.quantity, cancelled=told.cancelled)

        nothing = AccountTotals(account=account, held=0, cancelled=0)
        return self._told(_TotalsAnswer, read, nothing, account)

    def blocks(self, account: str, cursor: str) -> BlocksPage | NotTold:
        """A page of what lies in the account."""

        def read(told: _BlocksAnswer) -> BlocksPage:
            return BlocksPage(ranges=tuple(range_of(block.read()) for block in told.blocks), next=told.next or "")

        return self._told(_BlocksAnswer, read, BlocksPage(ranges=()), account, "/blocks", cursor=cursor)

    def records(self, account: str, since: datetime, cursor: str) -> RecordsPage | NotTold:
        """A page of the completed cancellations from the account."""

        def read(told: _CancellationsAnswer) -> RecordsPage:
            return RecordsPage(records=tuple(item.read(account) for item in told.cancellations), next=told.next or "")

        moment = since.astimezone(UTC).isoformat()
        nothing = RecordsPage(records=())
        return self._told(_CancellationsAnswer, read, nothing, account, "/cancellations", since=moment, cursor=cursor)

    def _told(
        self,
        model: type[AccountAnswerT],
        read: Callable[[AccountAnswerT], BookT],
        nothing: BookT,
        account: str,
        path: str = "",
        **asked: str,
    ) -> BookT | NotTold:
        """What ``read`` makes of the answer; ``nothing`` on the registry's own word that it has no such account.

        Parameters: ``path`` goes on from the account's address, and ``asked`` is its query; what is empty is left out.
        """
        query = urlencode({name: value for name, value in asked.items() if value})
        try:
            response = self._get(f"/v1/accounts/{quote(account, safe='')}{path}" + (f"?{query}" if query else ""))
            if response.status == 404:
                self._about(NoAccountAnswer, response, account)
                return nothing
            if response.status != 200:
                raise AnswerNotTrusted(f"the registry answered with HTTP {response.status}")
            return read(self._about(model, response, account))
        except (HttpTimeout, HttpUnreachable):
            return NotTold(reason="the registry did not answer")
        except (AnswerNotTrusted, MalformedSerial) as error:
            return NotTold(reason=str(error))

    def _about(self, model: type[AccountAnswerT], response: HttpResponse, account: str) -> AccountAnswerT:
        told = read_answer(model, response, simulated=self._simulated)
        if told.account != account:
            raise AnswerNotTrusted("the registry's answer is about another account")
        return told
