"""What a check is, and the names of the tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """How many rows are looked at, and which of them break the invariant.

    ``subject``: what the ids are of; ``rows``: what follows FROM; ``breaches``: a statement with the columns id and
    detail, which holds no personal data.
    """

    invariant: int
    name: str
    subject: str
    rows: str
    breaches: str


BLOCKS: Final = "creditstore_credits_unitblock"
PROJECTS: Final = "creditstore_catalogue_project"
ISSUANCES: Final = "creditstore_catalogue_issuance"
OFFERS: Final = "creditstore_credits_offer"
RESERVATIONS: Final = "creditstore_credits_reservation"
ORDERS: Final = "creditstore_orders_order"
LINES: Final = "creditstore_orders_orderline"
PAYMENTS: Final = "creditstore_payments_payment"
REFUNDS: Final = "creditstore_payments_refund"
ATTENTION: Final = "creditstore_orders_attentionitem"
TRANSACTIONS: Final = "creditstore_cancellation_registrytransaction"
ASKED: Final = "creditstore_cancellation_registrytransaction_blocks"
CERTIFICATES: Final = "creditstore_certificates_certificate"
RECORDS: Final = "creditstore_core_transitionrecord"

FAILED: Final = "('terminated', 'rejected', 'cancelled')"
