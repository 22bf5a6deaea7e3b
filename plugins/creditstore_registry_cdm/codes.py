"""Numbers of the registry's language: transaction types, account types, states and response codes."""

from __future__ import annotations

from enum import IntEnum

from creditstore_plugins import RefusalKind

#: Transaction type of the Data Exchange Standards that this registry offers here.
CANCELLATION = 4
#: Account types: a holding account, and the voluntary cancellation account that nothing leaves.
HOLDING_ACCOUNT = 100
VOLUNTARY_CANCELLATION_ACCOUNT = 230
#: The most blocks one transaction may hold.
MAX_BLOCKS = 3000


class State(IntEnum):
    """States of a transaction. A cancellation goes 1, 2, 4 or 1, 3, 5; the others belong to other types."""

    PROPOSED = 1
    CHECKED = 2
    CHECKED_DISCREPANCY = 3
    COMPLETED = 4
    TERMINATED = 5
    REJECTED = 6
    CANCELLED = 7
    ACCEPTED = 8


class Code(IntEnum):
    """Response codes. Those below 1000 are this registry interface's own, for messages that cannot be read."""

    UNREADABLE = 901
    WRONG_FIELD = 902
    MALFORMED_SERIAL = 903
    BLOCKS_OVERLAP = 904
    TOO_LARGE = 905
    ACCOUNT_UNKNOWN = 1002
    ACCOUNT_CLOSED = 1003
    ACCOUNT_SUSPENDED = 1004
    MIXED_PERIODS = 3003
    TOO_MANY_BLOCKS = 3004
    QUANTITY_OVER_BALANCE = 3005
    UNITS_NOT_HELD = 7027
    SERIALS_NOT_HELD = 10005
    TRANSACTION_EXISTS = 10006


MESSAGES: dict[Code, str] = {
    Code.UNREADABLE: "The message is not a JSON object.",
    Code.WRONG_FIELD: "A field of the message is missing, unknown or of the wrong kind.",
    Code.MALFORMED_SERIAL: "A serial number is malformed, or the two ends of a block do not belong together.",
    Code.BLOCKS_OVERLAP: "The same unit is named twice in one transaction.",
    Code.TOO_LARGE: "The message is too large.",
    Code.ACCOUNT_UNKNOWN: "The account does not exist.",
    Code.ACCOUNT_CLOSED: "The account is closed.",
    Code.ACCOUNT_SUSPENDED: "The account is suspended.",
    Code.MIXED_PERIODS: "The transaction mixes units of several commitment periods.",
    Code.TOO_MANY_BLOCKS: f"The transaction holds more than {MAX_BLOCKS} unit blocks.",
    Code.QUANTITY_OVER_BALANCE: "The quantity is over the account's balance.",
    Code.UNITS_NOT_HELD: "The account does not hold these units, or another transaction has them.",
    Code.SERIALS_NOT_HELD: "The registry does not hold units with these serial numbers.",
    Code.TRANSACTION_EXISTS: "A transaction with this key and other content exists already.",
}

#: What each code means for asking again. A code that is not listed is for a person to read.
KINDS: dict[int, RefusalKind] = {
    Code.UNREADABLE: RefusalKind.MESSAGE,
    Code.WRONG_FIELD: RefusalKind.MESSAGE,
    Code.MALFORMED_SERIAL: RefusalKind.MESSAGE,
    Code.BLOCKS_OVERLAP: RefusalKind.MESSAGE,
    Code.TOO_LARGE: RefusalKind.MESSAGE,
    Code.ACCOUNT_UNKNOWN: RefusalKind.ACCOUNT,
    Code.ACCOUNT_CLOSED: RefusalKind.ACCOUNT,
    # A suspension is lifted again, and nothing about the units is wrong.
    Code.ACCOUNT_SUSPENDED: RefusalKind.TEMPORARY,
    Code.MIXED_PERIODS: RefusalKind.MESSAGE,
    Code.TOO_MANY_BLOCKS: RefusalKind.MESSAGE,
    Code.QUANTITY_OVER_BALANCE: RefusalKind.UNITS,
    Code.UNITS_NOT_HELD: RefusalKind.UNITS,
    Code.SERIALS_NOT_HELD: RefusalKind.UNITS,
    Code.TRANSACTION_EXISTS: RefusalKind.OTHER,
}


def kind_of(code: int) -> RefusalKind:
    """What a response code means for asking again."""
    return KINDS.get(code, RefusalKind.OTHER)
