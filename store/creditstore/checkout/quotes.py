"""What some units cost, taken apart to the minor unit, without holding anything. Pages and API show the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from creditstore.core import clock
from creditstore.core.countries import is_country
from creditstore.core.errors import FieldError, StoreError
from creditstore.credits.models import Offer
from creditstore.credits.services import check_quantity
from creditstore.orders.requests import LineRequest
from creditstore.payments.services import offered_methods
from creditstore.sellers.models import Seller
from creditstore_plugins import Money

#: A quote is a look at prices that move: after this it should be asked again.
VALID_FOR = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodShare:
    """What one payment method takes, and what then reaches the seller."""

    method: str
    payment_fee: Money
    to_seller: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """An amount taken apart: total = price + tax, and to seller = total - tax - payment fee - platform fee.

    ``to_seller`` is that of the method with the smallest fee, or without any fee where no method is offered.
    """

    price: Money
    tax: Money
    platform_fee: Money
    methods: tuple[MethodShare, ...]

    @property
    def total(self) -> Money:
        """What the buyer pays."""
        return Money(minor=self.price.minor + self.tax.minor, currency=self.price.currency)

    @property
    def to_seller(self) -> Money:
        """What reaches the seller at best."""
        before = Money(minor=self.price.minor - self.platform_fee.minor, currency=self.price.currency)
        return max((share.to_seller for share in self.methods), key=lambda money: money.minor, default=before)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedLine:
    """One line with its amounts."""

    offer: Offer
    quantity: int
    unit_price: Money
    amounts: Amounts


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """All lines and their sum. ``expires_at``: nothing is held until then, it only says when to ask again."""

    seller: Seller
    lines: tuple[QuotedLine, ...]
    total: Amounts
    expires_at: datetime


def quote(*, lines: Sequence[LineRequest], buyer_country: str = "") -> Quote:
    """Price these lines as an order placed now would.

    Parameters: ``buyer_country``, ISO 3166-1 alpha-2, empty when not known. No seller charges tax yet and payment
    plugins declare no fees, so both are 0.
    Errors: ``StoreError``: invalid, unknown-offer, sold-out, several-sellers, as placing the order would raise.
    """
    _check(lines=lines, buyer_country=buyer_country)
    found = {
        offer.code: offer
        for offer in Offer.objects.select_related("seller", "issuance__project").filter(
            code__in=[line.offer_code for line in lines]
        )
    }
    quoted = []
    for index, line in enumerate(lines):
        offer = found.get(line.offer_code)
        if offer is None:
            message = _("This offer does not exist.")
            raise StoreError(
                code="unknown-offer", message=message, errors=[FieldError(f"lines.{index}.offer", message)]
            )
        check_quantity(offer=offer, quantity=line.quantity, field=f"lines.{index}.quantity")
        quoted.append(_line(offer, line.quantity))
    if len({line.offer.seller_id for line in quoted}) > 1:
        message = _("One order has one seller. Order from each seller apart.")
        raise StoreError(code="several-sellers", message=message, errors=[FieldError("lines", message)])
    currencies = {line.unit_price.currency for line in quoted}
    if len(currencies) > 1:
        message = _("One order has one currency. Order in each currency apart.")
        raise StoreError(code="invalid", message=message, errors=[FieldError("lines", message)])
    return Quote(
        seller=quoted[0].offer.seller,
        lines=tuple(quoted),
        total=_sum([line.amounts for line in quoted], currency=currencies.pop()),
        expires_at=clock.now() + VALID_FOR,
    )


def _check(*, lines: Sequence[LineRequest], buyer_country: str) -> None:
    errors = []
    if not 1 <= len(lines) <= settings.CREDITSTORE_MAX_LINES:
        message = _("Ask for 1 to %(count)d lines.") % {"count": settings.CREDITSTORE_MAX_LINES}
        errors.append(FieldError("lines", message))
    if buyer_country and not is_country(buyer_country):
        errors.append(FieldError("buyer_country", _("This is not a country code such as CL.")))
    seen: set[str] = set()
    for index, line in enumerate(lines):
        if line.offer_code in seen:
            errors.append(FieldError(f"lines.{index}.offer", _("Each offer stands in one line only.")))
        seen.add(line.offer_code)
    if errors:
        raise StoreError(code="invalid", message=_("Some values are missing or not valid."), errors=errors)


def _line(offer: Offer, quantity: int) -> QuotedLine:
    currency = offer.currency
    price = Money(minor=offer.price_minor * quantity, currency=currency)
    nothing = Money(minor=0, currency=currency)
    shares = tuple(
        MethodShare(method=method.id, payment_fee=nothing, to_seller=price)
        for method in offered_methods(currency=currency)
    )
    return QuotedLine(
        offer=offer,
        quantity=quantity,
        unit_price=Money(minor=offer.price_minor, currency=currency),
        amounts=Amounts(price=price, tax=nothing, platform_fee=nothing, methods=shares),
    )


def _sum(parts: Sequence[Amounts], *, currency: str) -> Amounts:
    """The sum of the lines, amount by amount, so that a total never differs from its lines by a cent."""

    def added(amounts: Sequence[Money]) -> Money:
        return Money(minor=sum(money.minor for money in amounts), currency=currency)

    return Amounts(
        price=added([part.price for part in parts]),
        tax=added([part.tax for part in parts]),
        platform_fee=added([part.platform_fee for part in parts]),
        methods=tuple(
            MethodShare(
                method=shares[0].method,
                payment_fee=added([share.payment_fee for share in shares]),
                to_seller=added([share.to_seller for share in shares]),
            )
            for shares in zip(*(part.methods for part in parts), strict=True)
        ),
    )
