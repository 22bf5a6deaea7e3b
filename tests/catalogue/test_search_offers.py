"""The search beside a plain reading of offers and their issuances, while offers sell, pause and are corrected."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from creditstore.catalogue.models import Issuance, Project
from creditstore.catalogue.search import ProjectQuery, facets, search_projects
from creditstore.core.errors import StoreError
from creditstore.core.states import transition
from creditstore.credits.models import OFFERS, Offer
from creditstore.credits.services import carve, open_offer, release, reserve, return_units
from creditstore_plugins import Money
from support.ledger import breaches, make_issuance, make_project, make_seller

pytestmark = pytest.mark.django_db
_SORTS = ["relevance", "price", "-price", "vintage", "-vintage", "-available", "title"]
_LARGEST = 2**63 - 1


@dataclass(frozen=True)
class Selling:
    """A live offer with units left, with the facts that its issuance has."""

    ref: str
    start: date | None
    end: date | None
    period: int
    seller: str
    minor: int
    currency: str
    units: int


def selling() -> list[Selling]:
    return [
        Selling(*row)
        for row in Offer.objects.filter(state="live", offered__gt=F("reserved") + F("sold") + F("frozen"))
        .annotate(units=F("offered") - F("reserved") - F("sold") - F("frozen"))
        .values_list(
            "issuance__project__ref",
            "issuance__monitoring_start",
            "issuance__monitoring_end",
            "issuance__commitment_period",
            "seller__slug",
            "price_minor",
            "currency",
            "units",
        )
    ]


def meets(offer: Selling, asked: ProjectQuery, *, but: str = "") -> bool:
    """Whether the offer meets what is asked of offers, one filter left out."""
    wanted = {
        "period": not asked.period or offer.period in asked.period,
        "seller": not asked.seller or offer.seller in asked.seller,
        "vintage_from": not asked.vintage_from or bool(offer.start and offer.start >= date(asked.vintage_from, 1, 1)),
        "vintage_to": not asked.vintage_to or bool(offer.end and offer.end <= date(asked.vintage_to, 12, 31)),
        "available_min": not asked.available_min or offer.units >= asked.available_min,
        "price_max": not asked.price_max
        or (offer.currency == asked.price_max.currency and offer.minor <= asked.price_max.minor),
    }
    return all(met for name, met in wanted.items() if name != but)


def answer(asked: ProjectQuery, offers: list[Selling], titles: dict[str, str]) -> list[str]:
    """References in order. ``titles``: the projects that answer the question as far as it does not ask for offers."""
    of: dict[str, list[Selling]] = {}
    for offer in offers:
        if meets(offer, asked):
            of.setdefault(offer.ref, []).append(offer)

    def key(ref: str) -> tuple[Any, ...]:
        found = of.get(ref, [])
        own = [offer.minor for offer in found if offer.currency == asked.currency]
        foreign = [offer.minor for offer in found if offer.currency != asked.currency]
        newest = max([offer.end.year for offer in found if offer.end], default=0)
        oldest = min([offer.start.year for offer in found if offer.start], default=9999)
        price = min(own or foreign, default=None)
        return {
            "relevance": (not found, -newest),
            "price": (not own, _LARGEST if price is None else price),
            "-price": (not own, -(price or 0)),
            "vintage": (not found, oldest),
            "-vintage": (not found, -newest),
            "-available": (-sum(offer.units for offer in found),),
            "title": (titles[ref][:80],),
        }[asked.sort]

    return sorted((ref for ref in titles if ref in of or not asked.asks_for_offers), key=lambda ref: (key(ref), ref))


def pages(asked: ProjectQuery, *, limit: int, most: int) -> Iterator[str]:
    cursor = None
    for _page in range(most):
        page = search_projects(query=asked, cursor=cursor, limit=limit)
        yield from (hit.ref for hit in page.items)
        cursor = page.next
        if cursor is None:
            return


class World:
    """A few projects whose offers live through chance."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.projects = [make_project() for _number in range(5)]
        for project in self.projects:
            project.title = f"Zorgulon mill {dice.choice('abc')}"
            project.save()
        self.sellers = [make_seller(), make_seller()]
        self.issuances = [
            make_issuance(
                project=dice.choice(self.projects),
                quantity=60,
                commitment_period=dice.choice([1, 2]),
                monitoring_start=date(dice.randint(2014, 2018), 3, 1),
            )
            for _number in range(8)
        ]
        self.reservations: list[Any] = []

    def step(self) -> None:
        offers = list(Offer.objects.filter(issuance__in=self.issuances))
        act = self.dice.choice([self.open, self.open, self.sell, self.sell, self.pause, self.correct, self.meddle])
        if act == self.open or offers:
            act(offers)

    def open(self, _offers: list[Offer]) -> None:
        # Now and then too few units are left.
        with contextlib.suppress(StoreError):
            open_offer(
                issuance=self.dice.choice(self.issuances),
                seller=self.dice.choice(self.sellers),
                quantity=self.dice.choice([1, 5, 20]),
                price=Money(minor=self.dice.randint(100, 104), currency=self.dice.choice(["USD", "USD", "EUR"])),
            )

    def sell(self, offers: list[Offer]) -> None:
        offer = self.dice.choice(offers)
        if self.reservations and self.dice.random() < 0.6:
            reservation = self.dice.choice(self.reservations)
            reservation.refresh_from_db()
            if reservation.state == "active":
                # What is left of an offer is carved while it is on sale.
                live = reservation.offer.state == "live"
                (carve if live and self.dice.random() < 0.6 else release)(reservation=reservation)
            elif reservation.state == "consumed":
                return_units(reservation=reservation)
        elif offer.available:
            quantity = self.dice.choice([1, offer.available])
            expires_at = timezone.now() + timedelta(minutes=5)
            self.reservations.append(reserve(offer_id=offer.pk, quantity=quantity, expires_at=expires_at))

    def pause(self, offers: list[Offer]) -> None:
        offer = self.dice.choice(offers)
        to = {"live": "paused", "paused": self.dice.choice(["live", "withdrawn"])}.get(offer.state)
        if to:
            transition(instance=offer, table=OFFERS, to=to, actor="test")

    def correct(self, offers: list[Offer]) -> None:
        """Facts of an issuance are corrected, or a project gets another reference."""
        issuance = Issuance.objects.filter(pk=self.dice.choice(offers).issuance_id)
        change = self.dice.randrange(3)
        if change == 0:
            issuance.update(monitoring_start=self.dice.choice([None, date(self.dice.randint(2009, 2018), 1, 1)]))
        elif change == 1:
            issuance.update(monitoring_end=self.dice.choice([None, date(self.dice.randint(2018, 2020), 6, 30)]))
        else:
            project = self.dice.choice(self.projects)
            project.ref = str(self.dice.randrange(700_000, 800_000))
            project.save()

    def meddle(self, offers: list[Offer]) -> None:
        """Somebody writes what only the database should."""
        offer = self.dice.choice(offers)
        offer.project_ref, offer.commitment_period, offer.monitoring_start = "no", 7, date(1999, 1, 1)
        offer.project = self.projects[0]
        offer.save()
        Offer.objects.filter(pk=offer.pk).update(monitoring_end=None)

    def question(self) -> ProjectQuery:
        dice = self.dice

        def sometimes(value: Any, otherwise: Any) -> Any:
            return value if dice.random() < 0.25 else otherwise

        return ProjectQuery(
            q=dice.choice(["", "zorgulon"]),
            country=sometimes(("CL",), ()),
            period=sometimes((dice.choice([1, 2]),), ()),
            seller=sometimes((dice.choice(self.sellers).slug,), ()),
            vintage_from=sometimes(dice.randint(2009, 2018), None),
            vintage_to=sometimes(dice.randint(2018, 2020), None),
            price_max=sometimes(Money(minor=102, currency=dice.choice(["USD", "EUR"])), None),
            available_min=sometimes(dice.choice([2, 10]), None),
            sort=dice.choice(_SORTS),
        )


def titles_of(asked: ProjectQuery) -> dict[str, str]:
    found = Project.objects.filter(search_row__isnull=False)
    if asked.q:
        found = found.filter(title__startswith="Zorgulon")
    if asked.country:
        found = found.filter(country_codes__contains=["CL"])
    return dict(found.values_list("ref", "search_row__title_words"))


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_the_search_says_what_offers_and_issuances_say(seed: int) -> None:
    dice = random.Random(seed)
    with transaction.atomic():
        world = World(dice)
        for _round in range(3):
            for _step in range(dice.randint(3, 12)):
                world.step()
            assert breaches("offers-repeat-their-issuance") == []
            offers = selling()
            for asked in [ProjectQuery(), *(world.question() for _number in range(4))]:
                titles = titles_of(asked)
                expected = answer(asked, offers, titles)
                assert search_projects(query=asked, limit=1).total == len(expected), asked
                limit = dice.randint(1, 9)
                assert list(pages(asked, limit=limit, most=6)) == expected[: limit * 6], asked
                check_hits(asked, offers)
                check_counts(asked, offers, set(titles))
        transaction.set_rollback(True)


def check_hits(asked: ProjectQuery, offers: list[Selling]) -> None:
    for hit in search_projects(query=asked, limit=12).items:
        of = [offer for offer in offers if offer.ref == hit.ref and meets(offer, asked)]
        assert hit.available == sum(offer.units for offer in of)
        cheapest = min(of, key=lambda offer: (offer.currency != asked.currency, offer.minor), default=None)
        assert (hit.price_from.minor if hit.price_from else None) == (cheapest.minor if cheapest else None)
        assert hit.vintage_from == min((offer.start.year for offer in of if offer.start), default=None)
        assert hit.vintage_to == max((offer.end.year for offer in of if offer.end), default=None)


def check_counts(asked: ProjectQuery, offers: list[Selling], projects: set[str]) -> None:
    counted = facets(query=asked)

    def having(name: str, **value: Any) -> int:
        """Projects with an offer that meets all but one filter, and has this value of it."""
        return len(
            {
                offer.ref
                for offer in offers
                if offer.ref in projects and meets(offer, asked, but=name) and meets(offer, ProjectQuery(**value))
            }
        )

    for name in ("vintage_from", "vintage_to"):
        for one in counted[name]:
            if not one.selected:
                assert one.count == having(name, **{name: int(one.value)}), (asked, name, one)
    periods = {str(offer.period) for offer in offers}
    assert {one.value: one.count for one in counted["period"] if one.count} == {
        period: count for period in periods if (count := having("period", period=(int(period),)))
    }
    sellers = {offer.seller for offer in offers}
    assert {one.value: one.count for one in counted["seller"] if one.count} == {
        seller: count for seller in sellers if (count := having("seller", seller=(seller,)))
    }
    if asked.asks_for_offers and not asked.country:
        of_country = {one.value: one.count for one in counted["country"]}
        expected = {offer.ref for offer in offers if offer.ref in projects and meets(offer, asked)}
        in_chile = set(Project.objects.filter(country_codes__contains=["CL"]).values_list("ref", flat=True))
        assert of_country.get("CL", 0) == len(expected & in_chile)
