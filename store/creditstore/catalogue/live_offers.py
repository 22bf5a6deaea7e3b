"""What is for sale, as the counts of the filters look at it: kept in the process as long as nothing of it changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, NamedTuple

from creditstore.catalogue.index import SALES, Index, Moment, UnknownValue, bits
from creditstore.catalogue.query import ProjectQuery
from creditstore.catalogue.statements import IS_LIVE, LIVE_OFFERS, UNITS_LEFT, Sql, rows_of

#: Filters that look at offers and whose values are counted.
COUNTED: Final = ("period", "vintage_from", "vintage_to", "seller")

#: One row without an offer where none is live: the state of sales is always told.
_STATEMENT: Final = (
    f"SELECT {SALES}, live.* FROM (SELECT) AS once LEFT JOIN (SELECT offer.project_id, offer.commitment_period,"
    f" offer.monitoring_start, offer.monitoring_end, offer.currency, offer.price_minor, {UNITS_LEFT} AS units,"
    f" seller.slug, seller.name{LIVE_OFFERS} JOIN creditstore_sellers_seller AS seller ON seller.id = offer.seller_id"
    f" WHERE {IS_LIVE}) AS live ON true"
)


class LiveOffer(NamedTuple):
    """A live offer, in the order of the statement's columns. ``place``: that of its project in the index."""

    place: int
    period: int
    start: date | None
    end: date | None
    currency: str
    minor: int
    units: int
    seller: str


@dataclass(frozen=True, slots=True)
class ByValue:
    """The projects whose offers meet a question, as sets of the index.

    ``meeting``: those with an offer that meets all of it. ``having``: by filter and value, those with an offer that
    meets all but that filter; of years those whose youngest offer begins, or whose oldest one ends, in that year.
    """

    meeting: int
    having: Mapping[str, Mapping[Any, int]]


@dataclass(frozen=True, slots=True, eq=False)
class LiveOffers:
    """All live offers at a moment, and the names of their sellers."""

    index: Index
    sales: str
    offers: Sequence[LiveOffer]
    sellers: Mapping[str, str]
    #: What no question narrows, worked out once.
    of_all: ByValue = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "of_all", _by_value(dict.fromkeys(COUNTED, self.offers), self.offers))

    def by_value(self, query: ProjectQuery) -> ByValue:
        """Those that meet the question: one offer must meet all of it."""
        conditions = _conditions(query)
        if not conditions:
            return self.of_all
        meeting: list[LiveOffer] = []
        all_but: dict[str, list[LiveOffer]] = {}
        for offer in self.offers:
            failed = [name for name, meets in conditions.items() if not meets(offer)]
            if not failed:
                meeting.append(offer)
            elif len(failed) == 1:
                all_but.setdefault(failed[0], []).append(offer)
        return _by_value({name: [*meeting, *all_but.get(name, ())] for name in COUNTED}, meeting)


_kept: LiveOffers | None = None


def live_offers(moment: Moment) -> LiveOffers:
    """What is for sale now: no query as long as nothing has changed, else one. Errors: ``UnknownValue``."""
    global _kept  # noqa: PLW0603
    live = _kept
    if live is None or live.index is not moment.index or live.sales != moment.sales:
        _kept = live = _read(moment.index)
    return live


def _read(index: Index) -> LiveOffers:
    rows = rows_of(Sql(_STATEMENT))
    sellers: dict[str, str] = {}
    offers: list[LiveOffer] = []
    for _sales, project, *facts, name in rows:
        if project is not None:
            if project not in index.places:
                raise UnknownValue
            offer = LiveOffer(index.places[project], *facts)
            offers.append(offer)
            sellers[offer.seller] = name
    return LiveOffers(index=index, sales=rows[0][0], offers=offers, sellers=sellers)


def _conditions(query: ProjectQuery) -> dict[str, Callable[[LiveOffer], bool]]:
    """What is asked of an offer, by parameter, as in ``statements.offer_conditions``. Unknown days are in no year."""
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


def _by_value(offers: Mapping[str, Iterable[LiveOffer]], meeting: Iterable[LiveOffer]) -> ByValue:
    """Parameters: ``offers``, for each filter those that meet all others."""
    starts: dict[int, date] = {}
    for offer in offers["vintage_from"]:
        if offer.start is not None and offer.start > starts.get(offer.place, date.min):
            starts[offer.place] = offer.start
    ends: dict[int, date] = {}
    for offer in offers["vintage_to"]:
        if offer.end is not None and offer.end < ends.get(offer.place, date.max):
            ends[offer.place] = offer.end
    return ByValue(
        meeting=bits([offer.place for offer in meeting]),
        having={
            "period": _grouped((offer.period, offer.place) for offer in offers["period"]),
            "seller": _grouped((offer.seller, offer.place) for offer in offers["seller"]),
            "vintage_from": _grouped((start.year, place) for place, start in starts.items()),
            "vintage_to": _grouped((end.year, place) for place, end in ends.items()),
        },
    )


def _grouped(pairs: Iterable[tuple[Any, int]]) -> dict[Any, int]:
    """By value, the set of the places that come with it."""
    places: dict[Any, list[int]] = {}
    for value, place in pairs:
        places.setdefault(value, []).append(place)
    return {value: bits(found) for value, found in places.items()}
