"""An order whose time was over is paid after all: take its units again, all of them at the same price, or none."""

from __future__ import annotations

from django.db import transaction

from creditstore.core import clock
from creditstore.core.errors import StoreError
from creditstore.core.states import transition
from creditstore.credits.services import reserve
from creditstore.orders.models import Order
from creditstore.orders.services import unpaid_hold
from creditstore.orders.states import LINES


def reserve_again(*, order: Order, actor: str) -> bool:
    """Promise an expired order its units once more; False, and nothing is changed, when that cannot be done.

    Parameters: ``order``, locked. Each line gets a new reservation: the one that has ended stays as it is. A withdrawn
    order is not taken up again: its buyer has said no, and a cancellation could not be undone.
    """
    if order.state != "expired":
        return False
    try:
        with transaction.atomic():
            # In the order of offers' ids, as wherever several offers are locked.
            for line in order.lines.select_related("offer").order_by("offer_id"):
                if line.state != "released" or line.offer.price_minor != line.unit_price_minor:
                    raise StoreError(code="price-changed", message="")
                line.reservation = reserve(
                    offer_id=line.offer_id, quantity=line.quantity, expires_at=clock.shared_now() + unpaid_hold()
                )
                line.save(update_fields=["reservation"])
                transition(instance=line, table=LINES, to="reserved", actor=actor, reason="paid after it had expired")
    except StoreError:
        return False
    return True
