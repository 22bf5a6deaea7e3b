"""Prices and availability for Oscar's baskets and dashboard: from the ledger's offers, never from stock records."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.utils.translation import gettext as _
from oscar.apps.partner import availability, prices, strategy

from creditstore_plugins import Money


class OfferAvailability(availability.Base):
    """How many units an offer can sell now."""

    code = "offer"

    def __init__(self, available: int) -> None:
        self.available = available

    @property
    def is_available_to_buy(self) -> bool:
        """Whether a single unit can be bought."""
        return self.available > 0

    @property
    def message(self) -> str:
        """For the dashboard and the basket."""
        return _("%(count)d units available") % {"count": self.available} if self.available else _("Sold out")

    def is_purchase_permitted(self, quantity: int) -> tuple[bool, str]:
        """Whether this many can be put into a basket. Only the reservation at ordering decides in the end."""
        if quantity > self.available:
            return False, _("Only %(count)d units are available.") % {"count": self.available}
        return True, ""


class OfferStrategy(strategy.Structured):
    """Oscar's view of an offer: its child product, its one stock record, the ledger's price and quantity."""

    def select_stockrecord(self, product: Any) -> Any:
        """The offer's own stock record: there is exactly one."""
        return product.stockrecords.select_related("credit_offer").first()

    def pricing_policy(self, product: Any, stockrecord: Any) -> Any:
        """The offer's price for one unit, tax 0."""
        offer = _offer_of(stockrecord)
        if offer is None:
            return prices.Unavailable()
        price = Money(minor=offer.price_minor, currency=offer.currency).decimal
        return prices.FixedPrice(currency=offer.currency, excl_tax=price, tax=Decimal(0))

    def availability_policy(self, product: Any, stockrecord: Any) -> Any:
        """What the ledger has left."""
        offer = _offer_of(stockrecord)
        return OfferAvailability(offer.available) if offer is not None else availability.Unavailable()

    def parent_pricing_policy(self, product: Any, children_stock: Any) -> Any:
        """A project has no price of its own."""
        return prices.Unavailable()

    def parent_availability_policy(self, product: Any, children_stock: Any) -> Any:
        """A project itself is never bought, only one of its offers."""
        return availability.Unavailable()


def _offer_of(stockrecord: Any) -> Any:
    if stockrecord is None:
        return None
    try:
        return stockrecord.credit_offer
    except ObjectDoesNotExist:
        return None


class Selector:
    """Oscar asks this for a strategy; ours does not depend on who asks."""

    def strategy(self, request: Any = None, user: Any = None, **kwargs: Any) -> OfferStrategy:
        """The one strategy there is."""
        # Without the request: Oscar would read the user, and every answer would vary by cookie.
        return OfferStrategy()
