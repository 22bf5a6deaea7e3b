"""Oscar's order rows as a display projection of ours: written when ours are, read by the dashboard only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from oscar.core.loading import get_model

from creditstore_plugins import Money


class NoOrderCreator:
    """Oscar's own checkout would sell without the ledger and charge before an order exists: it cannot place orders."""

    def place_order(self, *args: Any, **kwargs: Any) -> Any:
        """Errors: always ``RuntimeError``."""
        raise RuntimeError("orders are placed by creditstore.orders.services.place_order only")


@dataclass(frozen=True, kw_only=True)
class ProjectedLine:
    """One line as the dashboard shows it."""

    product: Any
    stockrecord: Any
    quantity: int
    unit_price: Money
    total: Money


def project_order(
    *,
    number: str,
    email: str,
    status: str,
    line_status: str,
    total: Money,
    placed_at: datetime,
    lines: Sequence[ProjectedLine],
) -> Any:
    """Create Oscar's order and lines for an order of ours, inside the caller's transaction. Tax is not in them."""
    oscar_order = get_model("order", "Order").objects.create(
        number=number,
        site_id=settings.SITE_ID,
        guest_email=email,
        currency=total.currency,
        total_incl_tax=total.decimal,
        total_excl_tax=total.decimal,
        status=status,
        date_placed=placed_at,
    )
    line_model = get_model("order", "Line")
    for line in lines:
        partner = line.stockrecord.partner
        line_model.objects.create(
            order=oscar_order,
            partner=partner,
            partner_name=partner.name,
            partner_sku=line.stockrecord.partner_sku,
            stockrecord=line.stockrecord,
            product=line.product,
            title=line.product.get_title()[:255],
            upc=line.product.upc,
            quantity=line.quantity,
            num_allocated=0,
            line_price_incl_tax=line.total.decimal,
            line_price_excl_tax=line.total.decimal,
            line_price_before_discounts_incl_tax=line.total.decimal,
            line_price_before_discounts_excl_tax=line.total.decimal,
            unit_price_incl_tax=line.unit_price.decimal,
            unit_price_excl_tax=line.unit_price.decimal,
            status=line_status,
        )
    return oscar_order


def project_status(*, oscar_order_id: int, status: str) -> None:
    """Show our state in Oscar's dashboard. A plain update: Oscar's own ``set_status`` reads and writes unlocked."""
    get_model("order", "Order").objects.filter(pk=oscar_order_id).update(status=status)
