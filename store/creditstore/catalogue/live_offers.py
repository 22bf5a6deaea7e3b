"""What is for sale, kept in the process as long as nothing of it changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Final, NamedTuple

from creditstore.catalogue.index import SALES, Index, Moment, UnknownValue
from creditstore.catalogue.objections import SECOND_PERIOD_YEAR
from creditstore.catalogue.query import ProjectQuery
from creditstore.catalogue.sets import bits
from creditstore.catalogue.statements import IS_LIVE, UNITS_LEFT, rows_of

#: Filters that look at offers and whose values are counted.
COUNTED: Final = ("period", "vintage_from", "vintage_to", "seller")
#: All filters that look at offers.
_FILTERS: Final = (*COUNTED, "price_max", "available_min")
#: Questions about offers whose answers are remembered.
_REMEMBERED: Final = 40

#: One row without an offer where none is live: the state of sales is always told.
_STATEMENT: Final = (
    f"SELECT {SALES}, live.* FROM (SELECT) AS once LEFT JOIN (SELECT offer.id, offer.project_id,"
    " offer.commitment_period, offer.monitoring_start, offer.monitoring_end, offer.currency, offer.price_minor,"
    f" offer.price_invented, {UNITS_LEFT} AS units, seller.slug, seller.name FROM creditstore_credits_offer AS offer"
    " JOIN creditstore_sellers_seller AS seller ON seller.id = offer.seller_id"
    f" WHERE {IS_LIVE}) AS live ON true ORDER BY live.id"
)


class LiveOffer(NamedTuple):
    """A live offer, in the order of the statement's columns. ``place``: that of its project in the index."""

    place: int
    period: int
    start: date | None
    end: date | None
    currency: str
    minor: int
    invented: bool
    units: int
    seller: str


@dataclass(slots=True)
class OnSale:
    """What can be bought of one project. ``price``: of the cheapest offer in the currency asked for, else in another.

    ``oldest``, ``newest``: years of the monitoring periods. ``earned_from``: as ``objections.vintage_year`` has it.
    """

    price: int
    currency: str
    invented: bool
    available: int = 0
    oldest: int | None = None
    newest: int | None = None
    earned_from: int | None = None

    def add(self, offer: LiveOffer, *, currency: str) -> None:
        """One more offer of the project, in the order of their keys."""
        self.available += offer.units
        if offer.start:
            year = offer.start.year
            earned = max(year, SECOND_PERIOD_YEAR) if offer.period >= 2 else year
            self.oldest = year if self.oldest is None else min(self.oldest, year)
            self.earned_from = earned if self.earned_from is None else min(self.earned_from, earned)
        if offer.end:
            self.newest = max(self.newest or 0, offer.end.year)
        # A price in another currency cannot be compared: it is shown only where there is no other.
        if (offer.currency != currency, offer.minor) < (self.currency != currency, self.price):
            self.price, self.currency, self.invented = offer.minor, offer.currency, offer.invented


@dataclass(frozen=True, eq=False)
class Meeting:
    """The offers that meet a question. ``all_but``: by filter, those that meet all of it but that filter."""

    offers: Sequence[LiveOffer]
    all_but: Mapping[str, Sequence[LiveOffer]]
    _on_sale: dict[str, Mapping[int, OnSale]] = field(default_factory=dict)

    @cached_property
    def projects(self) -> int:
        """The projects that have such an offer."""
        return bits([offer.place for offer in self.offers])

    @cached_property
    def having(self) -> Mapping[str, Mapping[Any, int]]:
        """By filter and value, the projects with an offer that meets all but that filter.

        Of years, those whose youngest offer begins, or whose oldest one ends, in that year.
        """
        offers = {name: [*self.offers, *self.all_but.get(name, ())] for name in COUNTED}
        starts: dict[int, date] = {}
        for offer in offers["vintage_from"]:
            if offer.start is not None and offer.start > starts.get(offer.place, date.min):
                starts[offer.place] = offer.start
        ends: dict[int, date] = {}
        for offer in offers["vintage_to"]:
            if offer.end is not None and offer.end < ends.get(offer.place, date.max):
                ends[offer.place] = offer.end
        return {
            "period": _grouped((offer.period, offer.place) for offer in offers["period"]),
            "seller": _grouped((offer.seller, offer.place) for offer in offers["seller"]),
            "vintage_from": _grouped((start.year, place) for place, start in starts.items()),
            "vintage_to": _grouped((end.year, place) for place, end in ends.items()),
        }

    def on_sale(self, currency: str) -> Mapping[int, OnSale]:
        """What can be bought, by the place of the project. Parameters: ``currency``, that prices are compared in."""
        known = self._on_sale.get(currency)
        if known is not None:
            return known
        found: dict[int, OnSale] = {}
        for offer in self.offers:
            if offer.place not in found:
                found[offer.place] = OnSale(offer.minor, offer.currency, offer.invented)
            found[offer.place].add(offer, currency=currency)
        if len(self._on_sale) >= _REMEMBERED:
            self._on_sale.clear()
        self._on_sale[currency] = found
        return found


@dataclass(frozen=True, slots=True, eq=False)
class LiveOffers:
    """All live offers at a moment, and the names of their sellers."""

    index: Index
    sales: str
    offers: Sequence[LiveOffer]
    sellers: Mapping[str, str]
    _meeting: dict[Any, Meeting] = field(default_factory=dict)

    def meeting(self, query: ProjectQuery) -> Meeting:
        """Those that meet the question: one offer must meet all of it."""
        key = tuple(getattr(query, name) for name in _FILTERS)
        found = self._meeting.get(key)
        if found is None:
            found = self._meet(_conditions(query))
            if len(self._meeting) >= _REMEMBERED:
                self._meeting.clear()
            self._meeting[key] = found
        return found

    def _meet(self, conditions: Mapping[str, Callable[[LiveOffer], bool]]) -> Meeting:
        meeting: list[LiveOffer] = []
        all_but: dict[str, list[LiveOffer]] = {}
        for offer in self.offers:
            failed = [name for name, meets in conditions.items() if not meets(offer)]
            if not failed:
                meeting.append(offer)
            elif len(failed) == 1:
                all_but.setdefault(failed[0], []).append(offer)
        return Meeting(meeting, all_but)


_kept: LiveOffers | None = None


def live_offers(moment: Moment) -> LiveOffers:
    """What is for sale now: no query as long as nothing has changed, else one. Errors: ``UnknownValue``."""
    global _kept  # noqa: PLW0603
    live = _kept
    if live is None or live.index is not moment.index or live.sales != moment.sales:
        _kept = live = _read(moment.index)
    return live


def _read(index: Index) -> LiveOffers:
    rows = rows_of(_STATEMENT)
    sellers: dict[str, str] = {}
    offers: list[LiveOffer] = []
    for _sales, _id, project, *facts, name in rows:
        if project is not None:
            if project not in index.places:
                raise UnknownValue
            offer = LiveOffer(index.places[project], *facts)
            offers.append(offer)
            sellers[offer.seller] = name
    return LiveOffers(index=index, sales=rows[0][0], offers=offers, sellers=sellers)


def _conditions(query: ProjectQuery) -> dict[str, Callable[[LiveOffer], bool]]:
    """What is asked of an offer, by parameter. Unknown days are in no year."""
    found: dict[str, Callable[[LiveOffer], bool]] = {}
    if query.period:
        found["period"] = lambda offer: offer.period in query.period
    if query.vintage_from:
        first = date(query.vintage_from, 1, 1)
        found["vintage_from"] = lambda offer: offer.start is not None and offer.start >= first
    if query.vintage_to:
        last = date(query.vintage_to, 12, 31)
        found["vintage_to"] = lambda offer: offer.end is not None and offer.end <= last
    if price := query.price_max:
        found["price_max"] = lambda offer: offer.currency == price.currency and offer.minor <= price.minor
    if query.seller:
        found["seller"] = lambda offer: offer.seller in query.seller
    if units := query.available_min:
        found["available_min"] = lambda offer: offer.units >= units
    return found


def _grouped(pairs: Iterable[tuple[Any, int]]) -> dict[Any, int]:
    """By value, the set of the places that come with it."""
    places: dict[Any, list[int]] = {}
    for value, place in pairs:
        places.setdefault(value, []).append(place)
    return {value: bits(found) for value, found in places.items()}
