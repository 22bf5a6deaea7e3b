"""What is for sale is remembered for counting, and never a moment too long."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection, connections, transaction
from pytest_django import DjangoAssertNumQueries

from creditstore.catalogue import index, live_offers
from creditstore.catalogue.models import Issuance, SaleStamp
from creditstore.catalogue.search import ProjectQuery, facets, search_projects, search_with_facets
from creditstore.core.clock import now
from creditstore.core.triggers import STAMPS_KEPT
from creditstore.credits.models import Offer
from creditstore.credits.services import carve, release, reserve
from support.ledger import make_issuance, make_offer, make_seller


def of_sellers() -> dict[str, tuple[str, int]]:
    return {one.value: (one.label, one.count) for one in facets(query=ProjectQuery())["seller"]}


@pytest.mark.django_db
def test_what_has_not_changed_is_not_counted_again(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    make_offer()
    first = facets(query=ProjectQuery())
    with django_assert_num_queries(1):
        assert facets(query=ProjectQuery(sort="title", currency="EUR")) == first
    with django_assert_num_queries(1):
        assert facets(query=ProjectQuery(country=("IN",), period=(1, 2)))
    first["seller"].clear()
    assert facets(query=ProjectQuery())["seller"]


@pytest.mark.django_db
def test_the_first_page_is_read_again_after_every_sale(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    offer = make_offer(quantity=10)
    Issuance.objects.filter(pk=offer.issuance_id).update(monitoring_end="2099-12-31")
    project = offer.issuance.project
    asked = ProjectQuery(sort="-vintage")
    (first,) = search_projects(query=asked, limit=1).items
    assert (first.ref, first.available) == (project.ref, 10)
    with django_assert_num_queries(1):
        page = search_projects(query=asked, limit=1)
    page.items.clear()
    assert search_projects(query=asked, limit=1).items == [first]
    assert len(search_projects(query=asked, limit=2).items) == 2
    reserve(offer_id=offer.pk, quantity=4, expires_at=now())
    assert search_projects(query=asked, limit=1).items[0].available == 6
    project.title = "Another title"
    project.save()
    assert search_projects(query=asked, limit=1).items[0].title == "Another title"


@pytest.mark.django_db
def test_every_change_is_counted_and_one_that_is_taken_back_is_not() -> None:
    seller = make_seller()
    offer = make_offer(seller=seller, quantity=10)
    before = facets(query=ProjectQuery())
    assert of_sellers()[seller.slug] == (seller.name, 1)
    with transaction.atomic():
        reservation = reserve(offer_id=offer.pk, quantity=10, expires_at=now())
        assert seller.slug not in of_sellers()
        release(reservation=reservation)
        assert of_sellers()[seller.slug] == (seller.name, 1)
        carve(reservation=reserve(offer_id=offer.pk, quantity=10, expires_at=now()))
        assert seller.slug not in of_sellers()
        transaction.set_rollback(True)
    assert facets(query=ProjectQuery()) == before
    seller.name = "Another name"
    seller.save()
    assert of_sellers()[seller.slug] == ("Another name", 1)
    make_offer(seller=seller, issuance=make_issuance())
    assert of_sellers()[seller.slug] == ("Another name", 2)
    years = {one.value for one in facets(query=ProjectQuery())["vintage_from"]}
    assert "1995" not in years
    Issuance.objects.filter(pk=offer.issuance_id).update(monitoring_start="1995-01-01")
    assert {one.value for one in facets(query=ProjectQuery())["vintage_from"]} == years | {"1995"}


@pytest.mark.django_db
def test_stamps_do_not_become_many() -> None:
    offer = make_offer()
    for price in range(100, 100 + 3 * STAMPS_KEPT):
        Offer.objects.filter(pk=offer.pk).update(price_minor=price)
    assert SaleStamp.objects.count() <= STAMPS_KEPT + 2


@pytest.mark.django_db(transaction=True)
def test_another_process_sees_a_change_when_it_is_committed_and_sales_do_not_wait_for_one_another() -> None:
    seller = make_seller()
    first, second = make_offer(seller=seller), make_offer(seller=seller)
    for price in range(100, 100 + 2 * STAMPS_KEPT):
        Offer.objects.filter(pk=first.pk).update(price_minor=price)
    seen: list[int] = []
    errors: list[Exception] = []

    def elsewhere() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '5s'")
            seen.append(of_sellers()[seller.slug][1])
            Offer.objects.filter(pk=second.pk).update(price_minor=7)
        except Exception as error:  # noqa: BLE001  (the test looks at it)
            errors.append(error)
        finally:
            connections.close_all()

    with transaction.atomic():
        Offer.objects.filter(pk=first.pk).update(state="paused")
        assert of_sellers()[seller.slug][1] == 1
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join(30)
        assert (seen, errors) == ([2], [])
    assert of_sellers()[seller.slug][1] == 1


class Forgetful(dict[Any, Any]):
    """Another thread makes room between two looks: whatever is there at the first is gone at the second."""

    def __contains__(self, key: object) -> bool:
        there = super().__contains__(key)
        self.clear()
        return there


@pytest.mark.django_db
def test_another_thread_may_make_room_at_any_moment() -> None:
    make_offer()
    questions = [ProjectQuery(), ProjectQuery(q="wind power"), ProjectQuery(available_min=1)]
    expected = [search_with_facets(query=asked) for asked in questions]
    kept, live = index._kept, live_offers._kept
    assert kept is not None
    assert live is not None
    for part, name in ((kept, "rows"), (kept, "memory"), (kept, "_matches"), (live, "_meeting")):
        object.__setattr__(part, name, Forgetful(getattr(part, name)))
    for meeting in live._meeting.values():
        object.__setattr__(meeting, "_on_sale", Forgetful(meeting._on_sale))
    assert [search_with_facets(query=asked) for asked in questions] == expected
