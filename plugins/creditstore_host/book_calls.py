"""Guarded calls for what plugins have in their books. No answer that can be trusted is ``NotTold``, never a match."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from creditstore_host.calls import guarded, no_answer, of_type
from creditstore_host.faults import BadAnswer, Fault
from creditstore_plugins import (
    AccountTotals,
    BlocksPage,
    CapturesPage,
    NotTold,
    PaymentBooks,
    RecordsPage,
    RegistryBooks,
)

AnswerT = TypeVar("AnswerT")


def totals(plugin_id: str, connector: RegistryBooks, account: str) -> AccountTotals | NotTold:
    """An account's totals: of the account that was asked for, and not below zero."""

    def call() -> AccountTotals | NotTold:
        answer: AccountTotals | NotTold = of_type(connector.totals(account), AccountTotals | NotTold, "totals()")
        if isinstance(answer, AccountTotals):
            if answer.account != account:
                raise BadAnswer("totals() told of another account")
            if min(answer.held, answer.cancelled) < 0:
                raise BadAnswer("totals() told of less than nothing")
        return answer

    return _told(plugin_id, "totals", call)


def blocks(plugin_id: str, connector: RegistryBooks, account: str, cursor: str) -> BlocksPage | NotTold:
    """A page of what lies in an account."""

    def call() -> BlocksPage | NotTold:
        answer: BlocksPage | NotTold = of_type(connector.blocks(account, cursor), BlocksPage | NotTold, "blocks()")
        if isinstance(answer, BlocksPage):
            _goes_on(answer.next, cursor, "blocks()")
        return answer

    return _told(plugin_id, "blocks", call)


def records(
    plugin_id: str, connector: RegistryBooks, account: str, since: datetime, cursor: str
) -> RecordsPage | NotTold:
    """A page of completed cancellations from the account that was asked for."""

    def call() -> RecordsPage | NotTold:
        answer: RecordsPage | NotTold = of_type(
            connector.records(account, since, cursor), RecordsPage | NotTold, "records()"
        )
        if isinstance(answer, RecordsPage):
            _goes_on(answer.next, cursor, "records()")
            for record in answer.records:
                if record.account != account:
                    raise BadAnswer("records() told of another account")
                if not record.transaction or not record.ranges:
                    raise BadAnswer("records() told of a cancellation without its transaction or its ranges")
        return answer

    return _told(plugin_id, "records", call)


def captures(plugin_id: str, provider: PaymentBooks, since: datetime, cursor: str) -> CapturesPage | NotTold:
    """A page of captured money."""

    def call() -> CapturesPage | NotTold:
        answer: CapturesPage | NotTold = of_type(provider.captures(since, cursor), CapturesPage | NotTold, "captures()")
        if isinstance(answer, CapturesPage):
            _goes_on(answer.next, cursor, "captures()")
            if not all(capture.reference and capture.amount.minor > 0 for capture in answer.captures):
                raise BadAnswer("captures() told of a capture without its reference or without money")
        return answer

    return _told(plugin_id, "captures", call)


def _goes_on(following: str, cursor: str, what: str) -> None:
    """A page that leads back to itself would be read for ever."""
    if following and following == cursor:
        raise BadAnswer(f"{what} gave the same cursor again")


def _told(plugin_id: str, what: str, call: Callable[[], AnswerT]) -> AnswerT | NotTold:
    answer = guarded(plugin_id, what, call)
    return NotTold(reason=no_answer(plugin_id, answer)) if isinstance(answer, Fault) else answer
