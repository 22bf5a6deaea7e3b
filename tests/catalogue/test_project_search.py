"""Finding projects: by words, by filters, in an order, page by page; and what the counts beside filters mean."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from creditstore.catalogue.models import Issuance, Project
from creditstore.catalogue.search import FacetValue, ProjectHit, ProjectQuery, facets, search_projects
from creditstore.core.errors import StoreError
from creditstore.credits.models import Offer
from creditstore_plugins import Money
from support.catalogue_facts import REF, FactFiles
from support.ledger import make_issuance, make_offer, make_seller

pytestmark = pytest.mark.django_db


def query(**params: Any) -> ProjectQuery:
    return ProjectQuery.from_params(params)


def all_hits(asked: ProjectQuery, *, limit: int = 50) -> list[ProjectHit]:
    hits: list[ProjectHit] = []
    cursor: str | None = None
    while True:
        page = search_projects(query=asked, cursor=cursor, limit=limit)
        hits += page.items
        assert page.total == search_projects(query=asked, limit=1).total
        if page.next is None:
            assert len(hits) == page.total
            return hits
        cursor = page.next


def refs(**params: Any) -> set[str]:
    return {hit.ref for hit in all_hits(query(**params))}


def counts(found: list[FacetValue]) -> dict[str, int]:
    return {value.value: value.count for value in found}


def test_parameters_of_a_request_may_repeat_and_be_empty() -> None:
    asked = ProjectQuery.from_params(QueryDict("country=br&country=CL&country=&q=&sort=&price_max=2.5&limit=5&other=1"))
    assert asked.country == ("BR", "CL") == ProjectQuery(country=("CL", "BR", "BR")).country
    assert asked.price_max == Money(minor=250, currency="USD")
    assert asked.sort == "relevance"


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"country": "XX"}, "country"),
        ({"country": ["BR"] * 1 + [f"{a}{b}" for a in "ABCDEFGH" for b in "ABCDEFGHIJ"]}, "country"),
        ({"scope": "0"}, "scope"),
        ({"period": "3"}, "period"),
        ({"activity": "pa"}, "activity"),
        ({"scale": "tiny"}, "scale"),
        ({"vintage_from": "16"}, "vintage_from"),
        ({"vintage_from": "٢٠١٦"}, "vintage_from"),
        ({"vintage_from": "2016", "vintage_to": "2015"}, "vintage_to"),
        ({"price_max": "NaN"}, "price_max"),
        ({"price_max": "1e3"}, "price_max"),
        ({"price_max": "-1"}, "price_max"),
        ({"price_max": "0.001"}, "price_max"),
        ({"price_max": "1", "currency": "usd"}, "currency"),
        ({"available_min": "0"}, "available_min"),
        ({"available_min": "1.5"}, "available_min"),
        ({"sdg": "18"}, "sdg"),
        ({"sdg": "07"}, "sdg"),
        ({"ldc": "maybe"}, "ldc"),
        ({"sort": "random"}, "sort"),
        ({"sort": ["price", "title"]}, "sort"),
        ({"seller": "a b"}, "seller"),
    ],
)
def test_bad_values_are_refused_by_field(params: dict[str, Any], field: str) -> None:
    with pytest.raises(StoreError) as refused:
        query(**params)
    assert refused.value.code == "invalid"
    assert [error.field for error in refused.value.errors] == [field]


def test_without_the_parameters_named_the_rest_can_be_read() -> None:
    params = {"currency": ["KWD", "USD"], "price_max": "0.001", "country": ["BR", "XX"], "type": "Wind"}
    with pytest.raises(StoreError) as refused:
        query(**params)
    named = {error.field for error in refused.value.errors}
    assert named == {"currency", "price_max", "country"}
    assert query(**{name: value for name, value in params.items() if name not in named}).type == ("Wind",)


def test_filters_are_joined_by_and_their_values_by_or() -> None:
    both = refs(country=["BR", "CL"], type="Wind")
    assert both == refs(country="BR", type="Wind") | refs(country="CL", type="Wind")
    assert both == {
        project.ref
        for project in Project.objects.filter(project_type="Wind")
        if {"BR", "CL"} & set(project.country_codes)
    }


def test_one_offer_must_meet_all_that_is_asked_of_offers() -> None:
    seller = make_seller()
    issuance = make_issuance()
    ref = issuance.project.ref
    make_offer(issuance=issuance, seller=seller, quantity=40, price_minor=200)
    make_offer(issuance=issuance, seller=seller, quantity=300, price_minor=500)
    common = {"seller": seller.slug}
    assert refs(**common, price_max="2.00") == refs(**common, available_min="300") == {ref}
    assert refs(**common, price_max="2.00", available_min="300") == set()
    assert refs(**common, price_max="2.00", currency="EUR") == set()
    assert refs(**common, period="2", vintage_from="2018", vintage_to="2018") == {ref}
    assert (
        refs(**common, vintage_from="2019") == refs(**common, vintage_to="2017") == refs(**common, period="1") == set()
    )


def test_a_hit_tells_of_the_offers_that_meet_the_question(facts: FactFiles) -> None:
    facts.import_them()
    seller, other = make_seller(), make_seller()
    issuance = Issuance.objects.get(project__ref=REF, start=1)
    make_offer(issuance=issuance, seller=seller, quantity=40, price_minor=500)
    make_offer(issuance=issuance, seller=other, quantity=100, price_minor=300)
    paused = make_offer(issuance=issuance, seller=other, quantity=7, price_minor=100)
    Offer.objects.filter(pk=paused.pk).update(state="paused")
    (hit,) = all_hits(query(q=REF))
    assert (hit.price_from, hit.available) == (Money(minor=300, currency="USD"), 140)
    assert (hit.vintage_from, hit.vintage_to, hit.countries, hit.country_names) == (2014, 2014, ("NA",), ("Namibia",))
    assert not hit.price_invented
    Offer.objects.filter(seller=other).update(price_invented=True)
    assert all_hits(query(q=REF))[0].price_invented
    (of_seller,) = all_hits(query(seller=seller.slug))
    assert (of_seller.price_from, of_seller.available) == (Money(minor=500, currency="USD"), 40)


def test_projects_without_offers_are_listed_after_those_with_offers(facts: FactFiles) -> None:
    facts.import_them()
    make_offer()
    hits = all_hits(query())
    buyable = [hit.available > 0 for hit in hits]
    assert buyable == sorted(buyable, reverse=True)
    assert buyable[0]
    last = next(hit for hit in hits if hit.ref == REF)
    assert (last.available, last.price_from, last.vintage_to) == (0, None, None)


@pytest.mark.parametrize("sort", ["relevance", "price", "-price", "vintage", "-vintage", "-available", "title"])
@pytest.mark.parametrize("limit", [7, 100])
def test_pages_hold_every_project_once_in_order(sort: str, limit: int) -> None:
    for _n in range(3):
        make_offer()
    hits = all_hits(query(sort=sort), limit=limit)
    assert len({hit.ref for hit in hits}) == len(hits) == Project.objects.count()
    prices = [hit.price_from.minor for hit in hits if hit.price_from]
    if sort == "price":
        assert prices == sorted(prices)
    if sort == "-price":
        assert prices == sorted(prices, reverse=True)
    if sort == "-available":
        assert [hit.available for hit in hits] == sorted((hit.available for hit in hits), reverse=True)
    if sort == "-vintage":
        years = [hit.vintage_to or 0 for hit in hits]
        assert years == sorted(years, reverse=True)
    if sort == "vintage":
        years = [hit.vintage_from for hit in hits if hit.vintage_from]
        assert years == sorted(years)


def test_a_page_stays_right_when_a_project_before_it_goes() -> None:
    offers = [make_offer(price_minor=price) for price in (1, 2, 3, 4)]
    asked = query(sort="price")
    first = search_projects(query=asked, limit=2)
    assert [hit.price_from for hit in first.items] == [Money(minor=price, currency="USD") for price in (1, 2)]
    Offer.objects.filter(pk=offers[0].pk).update(state="paused")
    second = search_projects(query=asked, cursor=first.next, limit=2)
    assert [hit.price_from for hit in second.items] == [Money(minor=price, currency="USD") for price in (3, 4)]


@pytest.mark.parametrize(
    "cursor", ["x", "bm9uZQ", "WzFd", "WyJ0aXRsZSIsICJhIiwgImIiXQ", "é" * 9, "W251bGwsbnVsbCxudWxsLG51bGxd"]
)
def test_a_cursor_of_another_list_is_refused(cursor: str) -> None:
    with pytest.raises(StoreError) as refused:
        search_projects(query=query(sort="price"), cursor=cursor)
    assert refused.value.code == "bad-request"


@pytest.mark.parametrize("limit", [0, -1, 101])
def test_a_limit_out_of_range_is_refused(limit: int) -> None:
    with pytest.raises(StoreError, match="1 to 100"):
        search_projects(query=query(), limit=limit)


def test_a_facet_ignores_its_own_selection() -> None:
    everywhere = facets(query=query(type="Wind"))
    in_brazil = facets(query=query(type="Wind", country="BR"))
    assert counts(in_brazil["country"]) == counts(everywhere["country"])
    assert counts(in_brazil["scale"]) != counts(everywhere["scale"])
    assert [value.value for value in in_brazil["country"] if value.selected] == ["BR"]
    chosen = next(value for value in in_brazil["country"] if value.selected)
    assert chosen.count == search_projects(query=query(type="Wind", country="BR")).total


def test_every_count_is_what_choosing_the_value_gives() -> None:
    make_offer()
    asked = query(q="power", country=["IN", "BR"], scale="small")
    counted = facets(query=asked)
    assert set(counted) == {
        "country", "region", "ldc", "type", "sdg", "scope", "methodology", "scale", "activity",
        "period", "vintage_from", "vintage_to", "seller",
    }  # fmt: skip
    for name, values in counted.items():
        for value in values[:4]:
            params = [(key, text) for key, text in asked.to_params() if key != name] + [(name, value.value)]
            chosen = ProjectQuery.from_params(QueryDict(urlencode(params)))
            assert search_projects(query=chosen, limit=1).total == value.count, (name, value)


def test_a_selected_value_with_nothing_left_stays_listed() -> None:
    values = facets(query=query(q="qqqqzzzz", methodology="ACM0002"))["methodology"]
    assert [(value.value, value.count, value.selected) for value in values] == [("ACM0002", 0, True)]


def test_labels_are_for_readers_and_in_their_language() -> None:
    with translation.override("de"):
        german = facets(query=query())["country"]
    english = facets(query=query())
    assert "Brasilien" in {value.label for value in german}
    assert "Brazil" in {value.label for value in english["country"]}
    assert "Hydropower" in {value.label for value in english["type"]}
    assert any(value.label.startswith("1 Energy industries") for value in english["scope"])


def test_a_page_costs_few_queries(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    search_projects(query=query())
    with django_assert_max_num_queries(4):
        search_projects(query=query(q="wind braizl karnataka", country="IN", period="2", sort="-available"))
        facets(query=query(q="wind braizl", country="IN", seller="banyan-renewables", sdg="7"))
