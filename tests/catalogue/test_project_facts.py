"""What is told of one project and of one offer."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db.models import Count, Sum
from oscar.core.loading import get_model
from pytest_django import DjangoAssertNumQueries

from creditstore.catalogue.facts_of import offer_facts, project_facts
from creditstore.catalogue.models import Benefit, Issuance, Project
from creditstore.core import clock
from creditstore.core.errors import StoreError
from creditstore.credits.models import Offer, UnitBlock
from creditstore.credits.services import reserve, split
from creditstore_plugins import Money
from support.catalogue_facts import REF, FactFiles
from support.ledger import make_issuance, make_offer, make_seller, set_reserved

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
    set_reserved(cheap, 20)
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
    with django_assert_max_num_queries(3):
        assert len(project_facts(ref=issuance.project.ref).offers) == 8


# --- vintages, goals, objections, status ---------------------------------------------------------------------------


def _vintages(issuance: Issuance) -> list[tuple[int | None, ...]]:
    return [
        (one.year, one.issued, one.cancelled_un_store, one.cancelled_elsewhere, one.cancelled_here, one.outstanding)
        for one in project_facts(ref=issuance.project.ref).vintages
    ]


def test_units_by_vintage_and_by_what_became_of_them() -> None:
    young = make_issuance(quantity=100)
    project = young.project
    old = make_issuance(quantity=50, project=project, commitment_period=1)
    unknown = make_issuance(quantity=7, project=project)
    across = make_issuance(quantity=20, project=project)
    Issuance.objects.filter(pk=old.pk).update(monitoring_start=date(2009, 3, 1))
    Issuance.objects.filter(pk=unknown.pk).update(monitoring_start=None, monitoring_end=None)
    # Begun in the first period, but of the second: none of these units is from before 2013.
    Issuance.objects.filter(pk=across.pk).update(monitoring_start=date(2012, 7, 1))
    for quantity, kind in ((10, "recorded_un_store"), (4, "recorded"), (1, "store")):
        leaf = UnitBlock.objects.get(issuance=young, is_leaf=True, state="outstanding")
        first, _rest = split(block=leaf, at=leaf.start + quantity)
        UnitBlock.objects.filter(pk=first.pk).update(
            state="cancelled", cancelled_at=clock.now(), cancellation_kind=kind
        )
    assert _vintages(young) == [
        (2009, 50, 0, 0, 0, 50),
        (2013, 20, 0, 0, 0, 20),
        (2018, 100, 10, 4, 1, 85),
        (None, 7, 0, 0, 0, 7),
    ]
    told = project_facts(ref=project.ref).totals
    assert (told.issued, told.cancelled, told.cancelled_un_store, told.cancelled_elsewhere) == (177, 15, 10, 4)
    assert (told.cancelled_here, told.outstanding, told.available, told.not_for_sale) == (1, 162, 0, 162)


def test_vintages_and_totals_of_every_shipped_project_agree_with_its_issuances() -> None:
    issued = dict(Project.objects.annotate(total=Sum("issuances__quantity")).values_list("ref", "total"))
    busiest = Project.objects.annotate(n=Count("issuances__blocks")).order_by("-n").values_list("ref", flat=True)[:10]
    for ref in busiest:
        told = project_facts(ref=ref)
        assert sum(one.issued for one in told.vintages) == told.totals.issued == issued[ref]
        assert told.totals.issued == told.totals.cancelled + told.totals.outstanding
        assert told.totals.cancelled > 0


def test_issuances_are_printed_with_their_serials_newest_first() -> None:
    first = make_issuance(quantity=10)
    second = make_issuance(quantity=20, project=first.project)
    Issuance.objects.filter(pk=second.pk).update(issued_at=clock.now())
    told = project_facts(ref=first.project.ref).issuances
    assert [(one.quantity, one.unit_type) for one in told] == [(20, "CER"), (10, "CER")]
    number = int(first.project.ref)
    assert told[1].serial_start == f"CL-5-{first.start}-2-2-0-{number}"
    assert told[1].serial_end == f"CL-5-{first.end}-2-2-0-{number}"


def test_an_entered_goal_displaces_the_inferred_one_and_cobenefits_come_last() -> None:
    project = make_issuance().project
    Benefit.objects.create(project=project, text="Jobs for twelve", source_title="Report")
    Benefit.objects.create(
        project=project, goal=7, text="Power", source_title="Report", source_url="https://example.org/"
    )
    told = project_facts(ref=project.ref).goals
    assert [(goal.goal, goal.basis, goal.name, goal.text) for goal in told] == [
        (7, "entered", "Affordable and clean energy", "Power"),
        (13, "inferred", "Climate action", ""),
        (None, "entered", "", "Jobs for twelve"),
    ]
    assert [goal.source_title for goal in told] == ["Report", "", "Report"]


def test_objections_of_a_project_are_those_of_its_kind_and_of_its_offers() -> None:
    offer = make_offer(issuance=make_issuance(commitment_period=1))
    project = offer.issuance.project
    Project.objects.filter(pk=project.pk).update(project_type="Hydro", installed_capacity_mw=Decimal("20.001"))
    told = project_facts(ref=project.ref)
    assert [one.code for one in told.objections] == ["large-hydro", "additionality"]
    Issuance.objects.filter(pk=offer.issuance_id).update(monitoring_start=date(2012, 12, 31))
    told = project_facts(ref=project.ref)
    assert [one.code for one in told.objections] == ["large-hydro", "additionality", "old-vintage"]
    assert [one.code for one in offer_facts(code=offer.code).objections] == [
        "large-hydro",
        "additionality",
        "old-vintage",
    ]


def test_documents_and_crediting_periods_as_the_source_gives_them() -> None:
    project = make_issuance().project
    told = project_facts(ref=project.ref)
    assert (told.documents, told.crediting_periods) == ((), ())
    Project.objects.filter(pk=project.pk).update(
        registry_url="https://example.org/page",
        documents_url="https://example.org/documents",
        crediting_periods=[{"start": "2010-01-01", "end": None, "annual_reductions": 5}],
    )
    told = project_facts(ref=project.ref)
    assert [(one.kind, one.url) for one in told.documents] == [
        ("page", "https://example.org/page"),
        ("documents", "https://example.org/documents"),
    ]
    (period,) = told.crediting_periods
    assert (period.start, period.end, period.annual_reductions) == (date(2010, 1, 1), None, 5)


@pytest.mark.parametrize("status", ["deregistered", "unclear"])
def test_what_is_not_registered_has_no_offers_and_takes_no_order(status: str) -> None:
    offer = make_offer()
    project = offer.issuance.project
    Project.objects.filter(pk=project.pk).update(status=status)
    told = project_facts(ref=project.ref)
    assert (told.on_sale, told.offers, told.totals.available, told.price_from) == (False, (), 0, None)
    with pytest.raises(StoreError) as refused:
        reserve(offer_id=offer.pk, quantity=1, expires_at=clock.now() + timedelta(hours=1))
    assert refused.value.code == "unknown-offer"
    with pytest.raises(StoreError) as refused:
        make_offer(issuance=make_issuance(project=Project.objects.get(pk=project.pk)))
    assert refused.value.code == "conflict"
