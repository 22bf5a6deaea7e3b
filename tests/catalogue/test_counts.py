"""Counts of the filters are worked out in the process: they are what the database counts, whatever is asked."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from creditstore.catalogue.search import ProjectQuery, facets, search_projects, search_with_facets
from creditstore.catalogue.sets import bits, membership, places_in
from creditstore.credits.models import Offer
from creditstore_plugins import Money
from support.ledger import make_issuance, make_offer, make_seller, set_reserved

#: What each filter of projects may be asked for.
VALUES = {
    "country": ("IN", "BR", "CN", "CL", "ZZ"),
    "region": ("Asia & Pacific", "Latin America", "nowhere"),
    "type": ("Wind", "Hydro", "Biomass energy"),
    "scope": ("1", "13"),
    "methodology": ("ACM0002", "AMS-I.D.", "none"),
    "sdg": (7, 13, 5),
    "scale": ("small", "large"),
    "activity": ("PA", "PoA"),
}
WORDS = ("", "", "wind", "power", "india hydro", "biomas", "zzqqzz")


def question(dice: random.Random, seller: str) -> ProjectQuery:
    filters = {
        name: tuple(dice.sample(values, dice.randint(1, 2))) for name, values in VALUES.items() if dice.random() < 0.2
    }
    asked = ProjectQuery(q=dice.choice(WORDS), ldc=dice.random() < 0.1, **filters)
    if dice.random() < 0.5:
        return asked
    return replace(
        asked,
        period=dice.choice([(), (1,), (2,), (1, 2)]),
        vintage_from=dice.choice([None, None, 2012, 2014]),
        vintage_to=dice.choice([None, None, 2013, 2020]),
        price_max=dice.choice([None, None, Money(minor=300, currency="USD")]),
        seller=dice.choice([(), (), (seller,)]),
        available_min=dice.choice([None, None, 20]),
    )


def choosing(asked: ProjectQuery, name: str, value: str) -> ProjectQuery:
    """The question with this value in place of what was chosen of that filter."""
    if name == "ldc":
        return replace(asked, ldc=value == "1")
    if name in ("vintage_from", "vintage_to"):
        return replace(asked, **{name: int(value)})
    return replace(asked, **{name: (int(value) if name in ("sdg", "period") else value,)})


@pytest.mark.django_db
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_every_count_is_what_the_database_counts_also_after_sales(seed: int) -> None:
    dice = random.Random(seed)
    with transaction.atomic():
        seller = make_seller()
        offers = [
            make_offer(issuance=make_issuance(), seller=seller, quantity=50, price_minor=dice.randint(200, 400))
            for _number in range(3)
        ]
        for _round in range(3):
            offer = dice.choice(offers)
            set_reserved(offer, dice.choice([0, 40, 50]))
            Offer.objects.filter(pk=offer.pk).update(state=dice.choice(["live", "live", "paused"]))
            asked = question(dice, seller.slug)
            page, counted = search_with_facets(query=asked, limit=1)
            assert counted == facets(query=asked)
            assert page == search_projects(query=asked, limit=1)
            for name, values in counted.items():
                for one in dice.sample(values, min(2, len(values))):
                    if one.selected and name in ("vintage_from", "vintage_to"):
                        # A chosen year is listed with what offers of other years leave of it, which may be nothing.
                        continue
                    total = search_projects(query=choosing(asked, name, one.value), limit=1).total
                    assert one.count == total, (asked, name, one)
        transaction.set_rollback(True)


@given(st.sets(st.integers(0, 3000)))
def test_a_set_holds_its_places_and_no_others(places: set[int]) -> None:
    assert bits(list(places)) == sum(1 << place for place in places)
    assert list(places_in(bits(list(places)))) == sorted(places)
    assert list(places_in(bits(list(places)), start=70)) == sorted(place for place in places if place >= 70)
    belongs = membership(bits(list(places)))
    assert {place for place in range(3100) if belongs(place)} == places
