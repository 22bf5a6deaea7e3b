"""What surrounds the list: addresses, suggestions, the map, ways out, freshness, and pages while offers sell."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from creditstore.catalogue.indexing import refresh_search
from creditstore.catalogue.models import Benefit, Project
from creditstore.catalogue.search import (
    ProjectQuery,
    Suggestion,
    corrections,
    facets,
    map_points,
    search_projects,
    suggestions,
    ways_out,
)
from creditstore.core.errors import StoreError
from creditstore.credits.models import Offer
from creditstore_plugins import Money
from support.ledger import make_issuance, make_offer, make_project, make_seller, set_reserved

pytestmark = pytest.mark.django_db
_SORTS = ["relevance", "price", "-price", "vintage", "-vintage", "-available", "title"]


def refs(**asked: Any) -> list[str]:
    return [hit.ref for hit in search_projects(query=ProjectQuery(**asked), limit=100).items]


# --- addresses -----------------------------------------------------------------------------------------------------
_questions = st.builds(
    ProjectQuery,
    q=st.text(max_size=30),
    country=st.lists(st.sampled_from(["BR", "CN", "IN", "NA"]), max_size=3).map(tuple),
    region=st.lists(st.sampled_from(["South America", "Eastern Asia"]), max_size=2).map(tuple),
    ldc=st.booleans(),
    scope=st.lists(st.sampled_from(["1", "13"]), max_size=2).map(tuple),
    methodology=st.lists(st.sampled_from(["ACM0002", "AMS-I.D."]), max_size=2).map(tuple),
    type=st.lists(st.sampled_from(["Wind", "EE households", "Solar & wind"]), max_size=2).map(tuple),
    sdg=st.lists(st.integers(1, 17), max_size=3).map(tuple),
    scale=st.lists(st.sampled_from(["large", "small"]), max_size=2).map(tuple),
    activity=st.lists(st.sampled_from(["PA", "PoA"]), max_size=2).map(tuple),
    period=st.lists(st.sampled_from([1, 2]), max_size=2).map(tuple),
    vintage_from=st.none() | st.integers(1990, 2005),
    vintage_to=st.none() | st.integers(2005, 2100),
    price_max=st.none()
    | st.builds(Money, minor=st.integers(0, 10**6), currency=st.sampled_from(["USD", "EUR", "JPY", "KWD"])),
    currency=st.sampled_from(["USD", "EUR"]),
    seller=st.lists(st.sampled_from(["a-seller", "b_2"]), max_size=2).map(tuple),
    available_min=st.none() | st.integers(1, 10**15),
    sort=st.sampled_from(_SORTS),
)


@settings(max_examples=300, deadline=None)
@given(asked=_questions)
def test_an_address_leads_back_to_the_same_question(asked: ProjectQuery) -> None:
    address = asked.as_query_string()
    again = ProjectQuery.from_params(QueryDict(address))
    assert again == asked
    assert again.as_query_string() == address


def test_equal_questions_have_one_address_and_none_is_empty() -> None:
    assert ProjectQuery(country=("CN", "BR", "CN")).as_query_string() == "country=BR&country=CN"
    assert ProjectQuery().as_query_string() == ""
    assert ProjectQuery.from_params({"country": ["cn", "BR"], "sort": "relevance", "ldc": "true"}) == ProjectQuery(
        country=("BR", "CN"), ldc=True
    )


def test_a_filter_or_one_value_of_it_can_be_taken_away() -> None:
    asked = ProjectQuery(country=("BR", "CN"), sdg=(7, 13), ldc=True, vintage_from=2012)
    assert asked.without("country", "BR").country == ("CN",)
    assert asked.without("sdg", "7").sdg == (13,)
    assert not asked.without("ldc").ldc
    assert asked.without("vintage_from").vintage_from is None
    assert asked.without("country").country == ()


# --- filters of goals and least developed countries ----------------------------------------------------------------
def test_goals_are_those_of_the_type_and_those_that_an_editor_entered() -> None:
    project = make_project()
    assert project.ref in refs(sdg=(7,), q=project.ref)
    assert project.ref not in refs(sdg=(5,))
    benefit = Benefit.objects.create(project=project, goal=5, text="Women run the mill", source_title="PDD")
    assert project.ref in refs(sdg=(5,))
    (hit,) = search_projects(query=ProjectQuery(q=project.ref)).items
    assert set(hit.goals) >= {5, 7, 13}
    benefit.delete()
    assert project.ref not in refs(sdg=(5,))


def test_least_developed_countries_are_a_filter_with_a_count() -> None:
    project = make_project()
    Project.objects.filter(pk=project.pk).update(least_developed=True, country_codes=["MW"])
    refresh_search(refs=[project.ref])
    found = search_projects(query=ProjectQuery(ldc=True), limit=100)
    assert project.ref in {hit.ref for hit in found.items}
    assert all(hit.least_developed for hit in found.items)
    (value,) = facets(query=ProjectQuery(ldc=True))["ldc"]
    assert (value.value, value.count, value.selected) == ("1", found.total, True)


def test_counts_of_sellers_and_years_are_of_live_offers() -> None:
    seller = make_seller()
    offer = make_offer(seller=seller)
    counted = facets(query=ProjectQuery(seller=(seller.slug,)))
    assert [(one.value, one.label, one.count) for one in counted["seller"] if one.selected] == [
        (seller.slug, seller.name, 1)
    ]
    assert {one.value: one.count for one in counted["vintage_from"]} == {"2018": 1}
    Offer.objects.filter(pk=offer.pk).update(state="paused")
    assert [one.count for one in facets(query=ProjectQuery(seller=(seller.slug,)))["seller"] if one.selected] == [0]


# --- freshness -----------------------------------------------------------------------------------------------------
def test_a_sale_is_seen_by_the_next_search() -> None:
    offer = make_offer(quantity=100)
    ref = offer.issuance.project.ref
    set_reserved(offer, 60)
    assert [hit.available for hit in search_projects(query=ProjectQuery(q=ref)).items if hit.ref == ref] == [40]
    assert search_projects(query=ProjectQuery(q=ref, available_min=41)).total == 0
    set_reserved(offer, 100)
    (hit,) = search_projects(query=ProjectQuery(q=ref)).items
    assert (hit.available, hit.price_from) == (0, None)


def test_a_change_of_a_project_is_found_at_once_and_one_that_is_taken_back_is_not() -> None:
    project = make_project()
    project.title = "Zorgulon mill"
    project.save()
    assert refs(q="zorgulon") == [project.ref]
    with transaction.atomic():
        project.title = "Zamblix mill"
        project.save()
        assert refs(q="zamblix") == [project.ref]
        transaction.set_rollback(True)
    assert refs(q="zorgulon") == [project.ref]
    assert refs(q="zamblix") == []


def test_a_refresh_of_all_gives_the_same_as_one_after_the_other() -> None:
    def tables() -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT row.ref, row.title_words, row.lexemes::text, place.facts, technology.facts, method.facts"
                " FROM creditstore_catalogue_searchrow AS row"
                " JOIN creditstore_catalogue_searchvalue AS place ON place.id = row.place"
                " JOIN creditstore_catalogue_searchvalue AS technology ON technology.id = row.technology"
                " JOIN creditstore_catalogue_searchvalue AS method ON method.id = row.method ORDER BY row.ref"
            )
            rows: list[Any] = cursor.fetchall()
            cursor.execute("SELECT word, projects FROM creditstore_catalogue_searchword ORDER BY word")
            return [rows, cursor.fetchall()]

    project = make_project()
    project.title = "Zorgulon mill"
    project.save()
    one_by_one = tables()
    refresh_search()
    assert tables() == one_by_one
    gone = make_project()
    Project.objects.filter(pk=gone.pk).delete()
    assert tables() == one_by_one


# --- suggestions ---------------------------------------------------------------------------------------------------
def found(text: str, kind: str, **more: Any) -> dict[str, int]:
    return {one.value: one.count for one in suggestions(text=text, limit=20, **more) if one.kind == kind}


def test_suggestions_count_what_choosing_them_gives() -> None:
    for text in ("bra", "chin", "hyd", "win", "wind kar", "ams-i", "acm00"):
        suggested = suggestions(text=text, limit=20)
        assert suggested, text
        for one in suggested:
            before = text.rpartition(" ")[0]
            if one.kind in ("country", "type"):
                assert one.rest == before
            elif one.kind == "methodology":
                assert one.rest == ""
            if one.kind == "word":
                assert search_projects(query=ProjectQuery(q=one.value)).total >= one.count > 0
            elif one.kind in ("country", "type", "methodology"):
                asked = ProjectQuery(**{"q": one.rest, one.kind: (one.value,)})
                assert search_projects(query=asked).total == one.count, one


def test_suggestions_are_countries_types_codes_words_and_projects() -> None:
    project = make_project(ref="90123")
    project.title = "Zorgulon mill"
    project.save()
    assert "BR" in found("braz", "country")
    assert "Wind" in found("win", "type")
    assert "ACM0002" in found("acm00", "methodology")
    assert found("zorgulon mi", "word") == {"zorgulon mill": 1}
    assert Suggestion(kind="project", label="Zorgulon mill", value="90123", count=1) in suggestions(text="zorg")
    assert list(found("90123", "project")) == ["90123"]
    assert "wind" in found("wnid", "word")


@pytest.mark.parametrize("text", ["", " ", "a", "%", "\x00", "'", "''' | 'x", "!!! &&&"])
def test_too_little_suggests_nothing(text: str) -> None:
    assert suggestions(text=text) == []


@pytest.mark.parametrize("limit", [0, 21])
def test_suggestions_are_1_to_20(limit: int) -> None:
    with pytest.raises(StoreError):
        suggestions(text="wind", limit=limit)


# --- map and ways out ----------------------------------------------------------------------------------------------
def test_the_map_has_every_project_whose_place_is_known(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    offer = make_offer(quantity=70)
    project = offer.issuance.project
    project.latitude, project.longitude = -33.5, -70.25
    project.save()
    asked = ProjectQuery(seller=(offer.seller.slug,))
    facets(query=asked)
    with django_assert_num_queries(2):
        (point,) = map_points(query=asked)
    assert (point.ref, point.latitude, point.longitude, point.available) == (project.ref, -33.5, -70.25, 70)
    known = Project.objects.exclude(latitude=None).count()
    assert len(map_points(query=ProjectQuery())) == known


def test_a_question_without_answers_names_what_stands_in_the_way(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    project = make_project()
    project.title = "Zorgulon mill"
    project.save()
    asked = ProjectQuery(q="zorgulon zqqqqqqz", country=("CL",))
    assert search_projects(query=asked).total == 0
    with django_assert_num_queries(1):
        (way,) = ways_out(query=asked)
    assert (way.name, way.value, way.count) == ("q", "zqqqqqqz", 1)
    assert way.query == ProjectQuery(q="zorgulon", country=("CL",))
    (way,) = ways_out(query=ProjectQuery(q="zorgulon", country=("BR",)))
    assert (way.name, way.value, way.count, way.query) == ("country", "BR", 1, ProjectQuery(q="zorgulon"))
    assert ways_out(query=ProjectQuery()) == []


# --- pages while offers change -------------------------------------------------------------------------------------
@pytest.mark.parametrize("sort", _SORTS)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_while_offers_sell_and_pause_no_unchanged_project_is_left_out_or_shown_twice(sort: str, seed: int) -> None:
    dice = random.Random(seed)
    asked = ProjectQuery(country=("CL", "BR"), sort=sort)
    with transaction.atomic():
        seller = make_seller()
        issuances = [make_issuance() for _number in range(8)]
        offers = [
            make_offer(issuance=dice.choice(issuances), seller=seller, quantity=50, price_minor=dice.randint(100, 105))
            for _number in range(9)
        ]
        everything = {hit.ref for hit in search_projects(query=asked, limit=100).items}
        total = search_projects(query=asked, limit=1).total
        if total <= 100:
            assert len(everything) == total
        touched: set[str] = set()
        shown: list[str] = []
        cursor: str | None = None
        while True:
            page = search_projects(query=asked, cursor=cursor, limit=7)
            assert page.total == total
            shown += [hit.ref for hit in page.items]
            for hit in page.items:
                # What stands on a page belongs together.
                assert (hit.price_from is None) == (hit.available == 0) == (hit.vintage_to is None)
            if page.next is None:
                break
            cursor = page.next
            for offer in dice.sample(offers, 2):
                touched.add(offer.issuance.project.ref)
                if dice.random() < 0.5:
                    set_reserved(offer, dice.randint(0, 50))
                else:
                    Offer.objects.filter(pk=offer.pk).update(state=dice.choice(["live", "paused"]))
        unchanged = [ref for ref in shown if ref not in touched]
        assert len(unchanged) == len(set(unchanged)) == total - len(touched)
        transaction.set_rollback(True)


# --- any input -----------------------------------------------------------------------------------------------------
_PIECES = [
    "wind", "WNID", "ams-i.d.", "0009", "côte d'ivoire", "\x00", "'", "''", "\\", "%", "_", ":*", "&", "|", "!", "(",
    "<->", "\ud800", "İ", "ß", "ﬁ", "\u202e", "٣", "\U0001d7d8", "a" * 50, "\uff19", "e\u0301" * 20, "؟", "风电",
    "🌍", "\ufeff", "--", ";", ")",
    "south", "africa", "acm", "2", "$1", "%s", "{}", "\n", "ref:9", "country:br", "hydro-", "-electric",
]  # fmt: skip


def ask(text: str) -> None:
    asked = ProjectQuery(q=text)
    page = search_projects(query=asked, limit=3)
    for hit in page.items:
        assert "".join(part.text for part in hit.title_parts) == hit.title
    assert all(value.count >= 0 for values in facets(query=asked).values() for value in values)
    assert len(corrections(query=asked)) <= 24
    assert all(one.count > 0 for one in suggestions(text=text))
    if page.total == 0:
        ways_out(query=asked)


def strings(count: int, *, seed: int) -> list[str]:
    dice = random.Random(seed)
    made = []
    for number in range(count):
        if number % 3:
            made.append(dice.choice(["", " ", "-", "."]).join(dice.choices(_PIECES, k=dice.randint(1, 12))))
        else:
            made.append("".join(chr(dice.randrange(0x110000)) for _char in range(dice.randint(1, 60))))
    return made


def test_any_question_is_safe() -> None:
    for text in strings(300, seed=1):
        ask(text)


@pytest.mark.slow
def test_ten_thousand_questions_are_safe() -> None:
    for text in strings(10_000, seed=2):
        ask(text)
