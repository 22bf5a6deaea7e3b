"""Orders that have come some way, through the services that bring them there."""

from __future__ import annotations

from datetime import UTC, datetime

from creditstore.cancellation.models import RegistryTransaction
from creditstore.cancellation.services import poll_transaction, submit_line
from creditstore.certificates.document import build_document
from creditstore.credits.models import Offer
from creditstore.orders.models import Order
from creditstore.payments.services import StartedPayment, start_payment
from support.ledger import make_order
from support.plugin_host import scripted_host


def pay(order: Order, method: str = "pay_sandbox") -> StartedPayment:
    """Begin to pay; ``order`` itself is left as it was read."""
    return start_payment(order=order, method_id=method, return_url="http://127.0.0.1:8000/")


def paid_order(*lines: tuple[Offer, int], **changes: object) -> Order:
    """Paid in full; nothing is asked of the registry yet."""
    order = make_order(*lines, **changes).order
    with scripted_host():
        pay(order)
    order.refresh_from_db()
    return order


def cancelled_order(*lines: tuple[Offer, int], **changes: object) -> Order:
    """Paid and cancelled by the registry; its certificate is not issued yet."""
    order = paid_order(*lines, **changes)
    with scripted_host():
        for line in order.lines.all():
            submit_line(line_id=line.pk)
        for entry in RegistryTransaction.objects.filter(line__order=order):
            poll_transaction(transaction_id=entry.pk)
    order.refresh_from_db()
    return order


def facts_of(order: Order, *, number: str = "T-1") -> dict[str, object]:
    """What a certificate of this order tells."""
    at = datetime(2026, 3, 5, tzinfo=UTC)
    return build_document(order=order, number=number, revision=1, code="c", issued_at=at).facts()
