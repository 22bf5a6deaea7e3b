"""The basket: Oscar's rows, the ledger's prices and limits. One line per offer; nothing is reserved yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from creditstore.core.errors import FieldError, StoreError
from creditstore.credits.models import Offer
from creditstore.credits.services import check_quantity
from creditstore.orders.requests import LineRequest
from creditstore.sellers.models import Seller
from creditstore_plugins import Money

_CENT = Decimal("0.01")
_OFFER_RELATIONS = ("seller", "product", "stockrecord", "issuance__project")


@dataclass(frozen=True, slots=True, kw_only=True)
class BasketLine:
    """One offer in a basket. ``seen_price``: of one unit when it was put in; ``problem``: why it cannot be ordered."""

    id: int
    offer: str
    quantity: int
    unit_price: Money
    seen_price: Money
    total: Money
    available: int
    minimum: int
    maximum: int | None
    problem: str
    project: str
    project_title: str
    country: str
    vintage_from: date | None
    vintage_to: date | None
    price_invented: bool

    @property
    def price_changed(self) -> bool:
        """Whether one unit costs something else now than when it was put in."""
        return self.seen_price != self.unit_price

    @property
    def request(self) -> LineRequest:
        """The line as an order asks for it, at the price shown."""
        return LineRequest(offer_code=self.offer, quantity=self.quantity, expected_price=self.unit_price)


@dataclass(frozen=True, slots=True, kw_only=True)
class BasketGroup:
    """The lines of one seller in one currency: what one order can hold."""

    seller: Seller
    lines: tuple[BasketLine, ...]

    @property
    def key(self) -> str:
        """The word that names this group in an address."""
        return f"{self.seller.slug}.{self.currency}"

    @property
    def currency(self) -> str:
        """The currency of all its lines."""
        return self.lines[0].total.currency

    @property
    def total(self) -> Money:
        """What the group costs."""
        return Money(minor=sum(line.total.minor for line in self.lines), currency=self.currency)

    @property
    def quantity(self) -> int:
        """Units in all."""
        return sum(line.quantity for line in self.lines)

    @property
    def orderable(self) -> bool:
        """Whether every line can be ordered as far as anyone can tell now."""
        return not any(line.problem for line in self.lines)


def basket_groups(*, basket: Any) -> tuple[BasketGroup, ...]:
    """What is in an Oscar basket, by seller, in the order in which it was put in. A closed basket holds nothing."""
    if basket.pk is None or not basket.can_be_edited:
        return ()
    rows = list(basket.lines.order_by("pk"))
    offers = {
        offer.product_id: offer
        for offer in Offer.objects.select_related(*_OFFER_RELATIONS).filter(
            product_id__in=[row.product_id for row in rows]
        )
    }
    grouped: dict[tuple[int, str], tuple[Seller, list[BasketLine]]] = {}
    for row in rows:
        offer = offers.get(row.product_id)
        if offer is not None:
            group = grouped.setdefault((offer.seller_id, offer.currency), (offer.seller, []))
            group[1].append(_line(row, offer))
    return tuple(BasketGroup(seller=seller, lines=tuple(lines)) for seller, lines in grouped.values())


def _line(row: Any, offer: Offer) -> BasketLine:
    price = Money(minor=offer.price_minor, currency=offer.currency)
    try:
        check_quantity(offer=offer, quantity=row.quantity)
        problem = ""
    except StoreError as error:
        problem = error.message
    return BasketLine(
        id=row.pk,
        offer=offer.code,
        quantity=row.quantity,
        unit_price=price,
        seen_price=_seen(row, price),
        total=Money(minor=price.minor * row.quantity, currency=price.currency),
        available=offer.available,
        minimum=offer.minimum,
        maximum=offer.maximum,
        problem=problem,
        project=offer.issuance.project.ref,
        project_title=offer.issuance.project.title,
        country=offer.issuance.series,
        vintage_from=offer.issuance.monitoring_start,
        vintage_to=offer.issuance.monitoring_end,
        price_invented=offer.price_invented,
    )


def _seen(row: Any, now: Money) -> Money:
    """The price kept with the row. Oscar keeps two decimals: a finer price counts as unchanged when it rounds alike."""
    kept: Decimal | None = row.price_excl_tax
    if kept is None or (row.price_currency == now.currency and kept == now.decimal.quantize(_CENT)):
        return now
    return Money.parse(str(kept.normalize()), row.price_currency)


def read_quantity(text: str, *, field: str = "quantity") -> int:
    """A typed quantity. Errors: ``StoreError`` (invalid) for anything but a whole number, 0 or more."""
    text = text.strip()
    if not text.isdecimal() or len(text) > 15:
        message = _("Enter a whole number of tonnes, such as 12, without separators.")
        raise StoreError(code="invalid", message=message, errors=[FieldError(field, message)])
    return int(text)


def add_to_basket(*, basket: Any, offer_code: str, quantity: int) -> Offer:
    """Put units of an offer into a basket, on top of what it holds of the same offer.

    Errors: ``StoreError``: unknown-offer, invalid, sold-out; the basket is then as before.
    """
    offer = Offer.objects.select_related(*_OFFER_RELATIONS).filter(code=offer_code.replace("\0", "")).first()
    if offer is None:
        message = _("This offer does not exist.")
        raise StoreError(code="unknown-offer", message=message, errors=[FieldError("offer", message)])
    row = basket.lines.filter(product_id=offer.product_id).first() if basket.pk else None
    before = row.quantity if row else 0
    check_quantity(offer=offer, quantity=quantity)
    try:
        check_quantity(offer=offer, quantity=before + quantity)
    except StoreError as error:
        message = _("Your basket already holds %(count)d of this offer.") % {"count": before} + " " + error.message
        raise StoreError(code=error.code, message=message, errors=[FieldError("quantity", message)]) from error
    if row is None and basket.pk and basket.lines.count() >= settings.CREDITSTORE_MAX_LINES:
        message = _("A basket has at most %(count)d lines. Order these first.") % {
            "count": settings.CREDITSTORE_MAX_LINES
        }
        raise StoreError(code="invalid", message=message, errors=[FieldError("quantity", message)])
    if basket.pk is None:
        basket.save()
    price = Money(minor=offer.price_minor, currency=offer.currency).decimal
    basket.lines.update_or_create(
        line_reference=f"offer_{offer.pk}",
        defaults={
            "product": offer.product,
            "stockrecord": offer.stockrecord,
            "quantity": before + quantity,
            "price_currency": offer.currency,
            "price_excl_tax": price,
            "price_incl_tax": price,
        },
    )
    return offer


def set_quantity(*, basket: Any, line_id: int, quantity: int) -> bool:
    """Change a line; 0 takes it out. Its price now counts as seen. False when the basket has no such line.

    Errors: ``StoreError`` as ``check_quantity``; the line is then as before.
    """
    row = basket.lines.filter(pk=line_id).first() if basket.pk else None
    if row is None:
        return False
    if quantity == 0:
        row.delete()
        return True
    offer = Offer.objects.get(product_id=row.product_id)
    if row.quantity != quantity:
        check_quantity(offer=offer, quantity=quantity)
    row.quantity = quantity
    row.price_currency = offer.currency
    row.price_excl_tax = row.price_incl_tax = Money(minor=offer.price_minor, currency=offer.currency).decimal
    row.save()
    return True


def take_out_ordered(*, basket: Any, lines: Iterable[LineRequest]) -> None:
    """Remove what was just ordered; an emptied basket is closed, so that nothing in it can be ordered twice.

    Call it in the transaction that places the order.
    """
    if basket.pk is None:
        return
    codes = [line.offer_code for line in lines]
    basket.lines.filter(product__credit_offer__code__in=codes).delete()
    if not basket.lines.exists():
        basket.submit()
