"""What providers tell of payments, and what is open then, for the tests of payments."""

from __future__ import annotations

from datetime import UTC, datetime

from creditstore.orders.attention import open_items
from creditstore.orders.models import Order
from creditstore.payments.models import Payment
from creditstore.payments.services import apply_report
from creditstore_plugins import Money, PaymentReport, PaymentReportState

AT = datetime(2026, 5, 6, 7, 8, tzinfo=UTC)


def report(payment: Payment, state: str, minor: int | None = None, *, event: str = "", currency: str = "USD") -> Order:
    """The provider tells this of the payment, which is read again; its order, as it is then."""
    apply_report(
        payment=payment,
        report=PaymentReport(
            event_id=event or f"{payment.key}:{state}:{minor}",
            reference=payment.reference,
            state=PaymentReportState(state),
            amount=None if minor is None else Money(minor=minor, currency=currency),
            at=AT,
        ),
    )
    payment.refresh_from_db()
    payment.order.refresh_from_db()
    return payment.order


def kinds(order: Order) -> list[str]:
    return [item.kind for item in open_items(order=order)]
