"""What providers report, written down once."""

from __future__ import annotations

from datetime import datetime

from creditstore.payments.models import Payment, PaymentEvent
from creditstore_plugins import Money


def write_once(*, payment: Payment, event_id: str, kind: str, amount: Money | None, at: datetime, detail: str) -> bool:
    """Keep one provider's word about a payment. True when it is new.

    Parameters: ``payment``, locked; ``event_id``, unique for this fact at this provider.
    """
    _event, created = PaymentEvent.objects.get_or_create(
        provider=payment.provider,
        event_id=event_id,
        defaults={
            "payment": payment,
            "kind": kind,
            "amount_minor": amount.minor if amount else None,
            "currency": amount.currency if amount else "",
            "reported_at": at,
            "detail": detail,
        },
    )
    return created
