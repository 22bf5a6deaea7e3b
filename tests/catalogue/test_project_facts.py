"""What is told of one project and of one offer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db.models import F, Sum
from oscar.core.loading import get_model
from pytest_django import DjangoAssertNumQueries

from creditstore.catalogue.facts_of import offer_facts, project_facts
from creditstore.catalogue.models import Project
from creditstore.core.errors import StoreError
from creditstore.credits.models import Offer, UnitBlock
from creditstore_plugins import Money
from support.catalogue_facts import REF, FactFiles
from support.ledger import make_issuance, make_offer, make_seller

pytestmark = pytest.mark.django_db


def test_units_of_a_project_add_up(facts: FactFiles) -> None:
    facts.import_them()
    totals = project_facts(ref=REF).totals
    assert (totals.issued, totals.cancelled, totals.outstanding) == (1500, 610, 890)
    assert (totals.cancelled_here, totals.available) == (0, 0)


def test_every_project_has_issued_what_is_cancelled_and_outstanding() -> None:
    leaves = UnitBlock.objects.filter(is_leaf=True)
    cancelled = dict(
        leaves.filter(state="cancelled").values_list("issuance__project__ref").annotate(total=Sum("quantity"))
    )
    outstanding = dict(
        leaves.exclude(state="cancelled").values_list("issuance__project__ref").annotate(total=Sum("quantity"))
    )
    issued = Project.objects.annotate(total=Sum("issuances__quantity")).values_list("ref", "total")
    assert len(issued) >= 212
    for ref, total in issued:
        assert total == cancelled.get(ref, 0) + outstanding.get(ref, 0), ref


def test_names_are_in_the_readers_language_and_methodologies_have_titles(facts: FactFiles) -> None:
    facts.import_them()
    told = project_facts(ref=REF, language="fr")
    assert [(country.code, country.name) for country in told.countries] == [("NA", "Namibie")]
    assert [methodology.code for methodology in told.methodologies] == ["AMS-I.D.", "ACM0002"]
    assert told.methodologies[1].name == "Grid-connected electricity generation from renewable sources"
    assert told.scopes[0].name.startswith("Energy industries")
    assert (told.latitude, told.crediting_start, told.other_parties) == (
        Project.objects.get(ref=REF).latitude,
        date(2012, 4, 1),
        ("Norway",),
    )


def test_offers_of_a_project_cheapest_first_without_drafts() -> None:
    issuance = make_issuance()
    dear, cheap, hidden = (make_offer(issuance=issuance, price_minor=price, quantity=50) for price in (300, 200, 100))
    Offer.objects.filter(pk=hidden.pk).update(state="paused")
    Offer.objects.filter(pk=cheap.pk).update(reserved=F("reserved") + 20)
    told = project_facts(ref=issuance.project.ref)
    assert [offer.code for offer in told.offers] == [cheap.code, dear.code]
    assert [offer.available for offer in told.offers] == [30, 50]
    assert told.totals.available == 80
    assert told.totals.outstanding == told.totals.issued == 1000
    assert told.price_from == Money(minor=200, currency="USD")


def test_an_offer_tells_who_sells_what_for_how_much() -> None:
    offer = make_offer(quantity=25, price_minor=310, seller=make_seller())
    told = offer_facts(code=offer.code)
    assert (told.project_ref, told.price, told.available) == (
        offer.issuance.project.ref,
        Money(minor=310, currency="USD"),
        25,
    )
    assert (told.unit_type, told.unit_name, told.period) == ("CER", "Certified Emission Reduction", 2)
    assert (told.vintage_from, told.vintage_to) == (date(2018, 1, 1), date(2018, 12, 31))
    assert (told.seller.slug, told.seller.country_name, told.seller.invented) == (
        offer.seller.slug,
        "Switzerland",
        False,
    )


@pytest.mark.parametrize("ref", ["9999", "", "\0", "1; --", "x" * 5000])
def test_an_unknown_project_is_not_found(ref: str) -> None:
    with pytest.raises(StoreError) as refused:
        project_facts(ref=ref)
    assert refused.value.code == "not-found"


@pytest.mark.parametrize("state", ["draft", "submitted"])
def test_what_was_never_published_is_not_found(state: str) -> None:
    seller, issuance = make_seller(), make_issuance()
    product = get_model("catalogue", "Product").objects.create(
        structure="child", parent=issuance.project.product, upc="draft-1"
    )
    stock = get_model("partner", "StockRecord").objects.create(
        product=product, partner=seller.partner, partner_sku="draft-1", price=Decimal(1)
    )
    offer = Offer.objects.create(
        code="draft-1",
        product=product,
        stockrecord=stock,
        seller=seller,
        issuance=issuance,
        price_minor=100,
        currency="USD",
        offered=1000,
        state=state,
    )
    UnitBlock.objects.filter(issuance=issuance).update(state="held", offer=offer)
    assert project_facts(ref=issuance.project.ref).offers == ()
    with pytest.raises(StoreError) as refused:
        offer_facts(code="draft-1")
    assert refused.value.code == "not-found"


@pytest.mark.parametrize("code", ["none", "", "\0", "x" * 5000])
def test_an_unknown_offer_is_not_found(code: str) -> None:
    with pytest.raises(StoreError) as refused:
        offer_facts(code=code)
    assert refused.value.code == "not-found"


def test_a_withdrawn_offer_is_told_of_with_nothing_available() -> None:
    offer = make_offer()
    Offer.objects.filter(pk=offer.pk).update(state="withdrawn")
    told = offer_facts(code=offer.code)
    assert (told.state, told.available) == ("withdrawn", 0)


def test_a_project_with_many_offers_costs_few_queries(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    issuance = make_issuance()
    for _n in range(8):
        make_offer(issuance=issuance, quantity=10)
    with django_assert_max_num_queries(6):
        assert len(project_facts(ref=issuance.project.ref).offers) == 8
