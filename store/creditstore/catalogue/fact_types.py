"""The shapes in which a project, its units and its offers are told to readers. Names are in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from creditstore.catalogue.objections import Objection
from creditstore_plugins import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A code and what it means; ``name`` is empty where the source is not sure."""

    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SellerFacts:
    """Who sells. ``invented`` sellers are marked wherever they are shown."""

    slug: str
    name: str
    country: str
    country_name: str
    about: str
    invented: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferFacts:
    """One offer: ``price`` is that of one unit (one tonne), ``vintage_from`` to ``vintage_to`` the monitoring period.

    ``maximum`` is the most that one order may take, ``None`` for no limit but what is ``available``.
    ``price_invented`` prices are marked wherever they are shown. ``objections`` belong beside the price.
    """

    code: str
    project_ref: str
    project_title: str
    seller: SellerFacts
    price: Money
    price_invented: bool
    available: int
    offered: int
    minimum: int
    maximum: int | None
    vintage_from: date | None
    vintage_to: date | None
    period: int
    unit_type: str
    unit_name: str
    state: str
    objections: tuple[Objection, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitTotals:
    """A project's units. ``issued`` = ``cancelled`` + ``outstanding``; outstanding means not known to be cancelled.

    Of the cancelled ones, ``cancelled_here`` went through this store and ``cancelled_un_store`` through that of the UN.
    ``available``: for sale here now.
    """

    issued: int
    cancelled: int
    cancelled_un_store: int
    cancelled_here: int
    outstanding: int
    available: int

    @property
    def cancelled_elsewhere(self) -> int:
        """Cancelled, neither here nor through the UN store."""
        return self.cancelled - self.cancelled_un_store - self.cancelled_here

    @property
    def not_for_sale(self) -> int:
        """Outstanding, but not for sale here now."""
        return self.outstanding - self.available


@dataclass(frozen=True, slots=True, kw_only=True)
class VintageFacts:
    """The units of one vintage: ``year`` in which their monitoring period begins (``None``: not known), by what became
    of them. ``issued`` is the sum of the three kinds of cancelled units and of ``outstanding``; ``available``, for sale
    here now, is part of the latter.
    """

    year: int | None
    issued: int
    cancelled_un_store: int
    cancelled_elsewhere: int
    cancelled_here: int
    outstanding: int
    available: int

    @property
    def cancelled(self) -> int:
        """All that is known to be cancelled."""
        return self.cancelled_un_store + self.cancelled_elsewhere + self.cancelled_here

    @property
    def not_for_sale(self) -> int:
        """Outstanding, but not for sale here now."""
        return self.outstanding - self.available


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuanceFacts:
    """A block of units as it was issued, its serials printed in full. ``unit_type`` is the short name."""

    issued_at: datetime
    monitoring_start: date | None
    monitoring_end: date | None
    unit_type: str
    quantity: int
    serial_start: str
    serial_end: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditingPeriod:
    """A time for which reductions may be credited; ``annual_reductions`` as estimated, tonnes a year."""

    start: date | None
    end: date | None
    annual_reductions: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalFacts:
    """A Sustainable Development Goal or, without ``goal``, a co-benefit.

    ``basis``: ``entered`` by an editor, with ``text`` and a source, or ``inferred`` from the type of project alone,
    without either. It is shown wherever the goal is.
    """

    goal: int | None
    name: str
    basis: Literal["entered", "inferred"]
    text: str
    source_title: str
    source_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Where to read more. ``kind``: ``page`` or ``documents``."""

    kind: Literal["page", "documents"]
    title: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFacts:
    """Everything the store tells of a project. Tonnes and units are whole; lists keep the source's order.

    ``on_sale`` is false for what is no registered project any more: nothing of it can be bought.
    """

    ref: str
    title: str
    activity: str
    type: str
    subtype: str
    scale: str
    status: str
    status_note: str
    countries: tuple[Named, ...]
    other_parties: tuple[str, ...]
    region: str
    subnational_region: str
    least_developed: bool
    small_island: bool
    scopes: tuple[Named, ...]
    methodologies: tuple[Named, ...]
    methodology_versions: tuple[str, ...]
    registered_on: date | None
    crediting_start: date | None
    crediting_end: date | None
    crediting_period_type: str
    crediting_periods: tuple[CreditingPeriod, ...]
    annual_reductions: int | None
    installed_capacity_mw: Decimal | None
    validated_by: str
    latitude: Decimal | None
    longitude: Decimal | None
    unfccc_id: str
    registry_url: str
    documents: tuple[Document, ...]
    goals: tuple[GoalFacts, ...]
    objections: tuple[Objection, ...]
    source: str
    totals: UnitTotals
    vintages: tuple[VintageFacts, ...]
    issuances: tuple[IssuanceFacts, ...]
    offers: tuple[OfferFacts, ...]

    @property
    def on_sale(self) -> bool:
        """Whether units of this project may be sold at all."""
        return self.status == "registered"

    @property
    def price_from(self) -> Money | None:
        """The lowest price of a unit that can be bought now, in the currency of the first offer."""
        prices = [offer.price for offer in self.offers if offer.available]
        return min((price for price in prices if price.currency == prices[0].currency), key=_minor, default=None)

    @property
    def price_invented(self) -> bool:
        """Whether ``price_from`` is invented for a demonstration: it is then marked wherever it is shown."""
        return any(offer.price_invented for offer in self.offers if offer.price == self.price_from)


def _minor(price: Money) -> int:
    return price.minor
