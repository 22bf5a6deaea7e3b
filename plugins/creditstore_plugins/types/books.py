"""What a registry or a payment provider has in its books, so that the store can hold its own against them every day.

All of it is optional: a plugin declares what it can tell in its ``capabilities`` and has the methods that go with it.
Nothing here changes anything outside. Long lists come in pages; a page's ``next`` is given back as ``cursor``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from creditstore_plugins.types.money import Money
from creditstore_plugins.types.registry import SerialRange


@dataclass(frozen=True, slots=True, kw_only=True)
class NotTold:
    """No answer, or none that can be trusted. The store then says "not told", never "matched", and asks again later."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountTotals:
    """How many units lie in an account, and how many were ever cancelled from it by completed transactions.

    An account that the registry does not know holds nothing: both are 0.
    """

    account: str
    held: int
    cancelled: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BlocksPage:
    """Some of the ranges that lie in an account, each unit once, in any order. ``next`` is empty on the last page."""

    ranges: tuple[SerialRange, ...]
    next: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationRecord:
    """One completed cancellation as the registry has it in its books.

    ``key`` is the one it was proposed under, empty when the registry cannot tell; ``beneficiary`` is empty when none
    was told; ``completed_at`` is the registry's time, UTC.
    """

    transaction: str
    key: str
    account: str
    ranges: tuple[SerialRange, ...]
    beneficiary: str
    completed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsPage:
    """Some completed cancellations, each once. ``next`` is empty on the last page."""

    records: tuple[CancellationRecord, ...]
    next: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """Money that a provider took for the store. ``amount`` is what was captured, before refunds.

    ``idempotency_key`` is the attempt's, empty when the provider cannot tell; ``reference`` the provider's own id.
    """

    reference: str
    idempotency_key: str
    amount: Money
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CapturesPage:
    """Some captures, each once. ``next`` is empty on the last page."""

    captures: tuple[Capture, ...]
    next: str = ""


class RegistryBooks(Protocol):
    """What a registry connector may tell beside its work; see ``RegistryCapability``."""

    def totals(self, account: str) -> AccountTotals | NotTold:
        """The account's totals, now. For the capability ``TOTALS``."""

    def blocks(self, account: str, cursor: str) -> BlocksPage | NotTold:
        """What lies in the account. ``cursor`` is empty for the first page. For the capability ``BLOCKS``."""

    def records(self, account: str, since: datetime, cursor: str) -> RecordsPage | NotTold:
        """Cancellations from the account that were completed at or after ``since``. For the capability ``RECORDS``."""


class PaymentBooks(Protocol):
    """What a payment provider may tell beside its work; see ``PaymentCapability.CAPTURES``."""

    def captures(self, since: datetime, cursor: str) -> CapturesPage | NotTold:
        """Money captured for the store at or after ``since``. ``cursor`` is empty for the first page."""
