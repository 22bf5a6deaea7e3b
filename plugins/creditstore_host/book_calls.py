"""Guarded calls for what plugins have in their books. No answer that can be trusted is ``NotTold``, never a match."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from creditstore_host.calls import ask
from creditstore_host.loading import Part
from creditstore_plugins import (
    AccountTotals,
    BlocksPage,
    CapturesPage,
    NotTold,
    PaymentBooks,
    RecordsPage,
    RegistryBooks,
)
from creditstore_plugins.conformance import BadAnswer


def totals(part: Part[Any, RegistryBooks], account: str) -> AccountTotals | NotTold:
    """An account's totals: of the account that was asked for, and not below zero."""

    def check(answer: AccountTotals | NotTold) -> None:
        if isinstance(answer, AccountTotals):
            if answer.account != account:
                raise BadAnswer("totals() told of another account")
            if min(answer.held, answer.cancelled) < 0:
                raise BadAnswer("totals() told of less than nothing")

    return ask(part, "totals", lambda: part.instance.totals(account), AccountTotals | NotTold, NotTold, check=check)


def blocks(part: Part[Any, RegistryBooks], account: str, cursor: str) -> BlocksPage | NotTold:
    """A page of what lies in an account."""

    def check(answer: BlocksPage | NotTold) -> None:
        if isinstance(answer, BlocksPage):
            _goes_on(answer.next, cursor, "blocks()")

    return ask(
        part, "blocks", lambda: part.instance.blocks(account, cursor), BlocksPage | NotTold, NotTold, check=check
    )


def records(part: Part[Any, RegistryBooks], account: str, since: datetime, cursor: str) -> RecordsPage | NotTold:
    """A page of completed cancellations from the account that was asked for."""

    def check(answer: RecordsPage | NotTold) -> None:
        if isinstance(answer, RecordsPage):
            _goes_on(answer.next, cursor, "records()")
            for record in answer.records:
                if record.account != account:
                    raise BadAnswer("records() told of another account")
                if not record.transaction or not record.ranges:
                    raise BadAnswer("records() told of a cancellation without its transaction or its ranges")

    return ask(
        part,
        "records",
        lambda: part.instance.records(account, since, cursor),
        RecordsPage | NotTold,
        NotTold,
        check=check,
    )


def captures(part: Part[Any, PaymentBooks], since: datetime, cursor: str) -> CapturesPage | NotTold:
    """A page of captured money."""

    def check(answer: CapturesPage | NotTold) -> None:
        if isinstance(answer, CapturesPage):
            _goes_on(answer.next, cursor, "captures()")
            if not all(capture.reference and capture.amount.minor > 0 for capture in answer.captures):
                raise BadAnswer("captures() told of a capture without its reference or without money")

    return ask(
        part, "captures", lambda: part.instance.captures(since, cursor), CapturesPage | NotTold, NotTold, check=check
    )


def _goes_on(following: str, cursor: str, what: str) -> None:
    """A page that leads back to itself would be read for ever."""
    if following and following == cursor:
        raise BadAnswer(f"{what} gave the same cursor again")
