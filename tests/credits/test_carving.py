"""Which serials a paid line gets: the first ones or stated ones, never any that are in doubt."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from creditstore.core.errors import StoreError
from creditstore.core.models import TransitionRecord
from creditstore.core.states import transition
from creditstore.credits.models import OFFERS, Offer, Reservation, UnitBlock
from creditstore.credits.services import UnitsInDoubt, carve, freeze, mark_cancelled, reserve, return_units, split, thaw
from support.guards import check_now
from support.ledger import make_issuance, make_offer

pytestmark = pytest.mark.django_db


def promise(offer: Offer, quantity: int) -> Reservation:
    return reserve(offer_id=offer.pk, quantity=quantity, expires_at=timezone.now())


def numbers(blocks: list[UnitBlock], offer: Offer) -> list[tuple[int, int]]:
    """First and last of each block, counted from the first unit of the offer."""
    return [(block.start - offer.issuance.start, block.end - offer.issuance.start) for block in blocks]


def middle_of(offer: Offer, first: int, last: int) -> UnitBlock:
    """A leaf of exactly these units of the offer."""
    leaf = offer.blocks.get(is_leaf=True, start__lte=offer.issuance.start + first, end__gte=offer.issuance.start + last)
    if leaf.start < offer.issuance.start + first:
        leaf = split(block=leaf, at=offer.issuance.start + first)[1]
    if leaf.end > offer.issuance.start + last:
        leaf = split(block=leaf, at=offer.issuance.start + last + 1)[0]
    return leaf


def test_stated_serials_are_cut_out_wherever_they_lie() -> None:
    offer = make_offer(quantity=20)
    start, series = offer.issuance.start, offer.issuance.series
    taken = carve(
        reservation=promise(offer, 5), ranges=[(series, start + 3, start + 5), (series, start + 18, start + 19)]
    )
    assert numbers(taken, offer) == [(3, 5), (18, 19)]
    assert numbers(carve(reservation=promise(offer, 4)), offer) == [(0, 2), (6, 6)]
    across = carve(reservation=promise(offer, 11), ranges=[(series, start + 7, start + 17)])
    assert numbers(across, offer) == [(7, 17)]
    offer.refresh_from_db()
    assert (offer.sold, offer.state) == (20, "sold_out")
    check_now()


def test_stated_serials_may_lie_in_several_blocks() -> None:
    offer = make_offer(quantity=10)
    middle_of(offer, 4, 6)
    start = offer.issuance.start
    taken = carve(reservation=promise(offer, 7), ranges=[(offer.issuance.series, start + 2, start + 8)])
    assert numbers(taken, offer) == [(2, 3), (4, 6), (7, 8)]
    check_now()


@pytest.mark.parametrize(
    ("quantity", "spans"),
    [
        (3, [(0, 1)]),  # fewer than promised
        (3, [(0, 3)]),  # more than promised
        (3, [(8, 10)]),  # one beyond the offer
        (3, [(0, 2), (1, 1)]),  # one unit twice
        (4, [(4, 7)]),  # one sold already
    ],
)
def test_serials_that_are_not_free_or_not_as_many_are_refused(quantity: int, spans: list[tuple[int, int]]) -> None:
    offer = make_offer(quantity=10)
    start, series = offer.issuance.start, offer.issuance.series
    carve(reservation=promise(offer, 1), ranges=[(series, start + 5, start + 5)])
    reservation = promise(offer, quantity)
    with pytest.raises(StoreError) as caught:
        carve(reservation=reservation, ranges=[(series, start + first, start + last) for first, last in spans])
    assert caught.value.code == "conflict"
    offer.refresh_from_db()
    reservation.refresh_from_db()
    assert (offer.reserved, offer.sold, reservation.state) == (quantity, 1, "active")
    foreign = [("XX", start, start + quantity - 1)]
    with pytest.raises(StoreError):
        carve(reservation=reservation, ranges=foreign)


def test_a_repeat_answers_with_the_same_blocks_whatever_it_asks_for() -> None:
    offer = make_offer(quantity=10)
    reservation = promise(offer, 2)
    first = carve(reservation=reservation)
    start = offer.issuance.start
    assert carve(reservation=reservation, ranges=[(offer.issuance.series, start + 5, start + 6)]) == first


def test_units_in_doubt_are_not_for_sale_and_carving_passes_over_them() -> None:
    offer = make_offer(quantity=10)
    doubted = middle_of(offer, 2, 5)
    assert freeze(blocks=[doubted], actor="test", reason="the registry knows other holders") == 1
    assert freeze(blocks=[doubted], actor="test", reason="again") == 0
    check_now()
    offer.refresh_from_db()
    assert (offer.frozen, offer.available) == (4, 6)
    with pytest.raises(StoreError) as caught:
        promise(offer, 7)
    assert caught.value.code == "sold-out"
    assert numbers(carve(reservation=promise(offer, 6)), offer) == [(0, 1), (6, 9)]
    offer.refresh_from_db()
    assert (offer.available, offer.state) == (0, "live")

    assert thaw(blocks=[doubted], actor="test", reason="cleared up") == 1
    assert thaw(blocks=[doubted], actor="test", reason="again") == 0
    offer.refresh_from_db()
    assert (offer.frozen, offer.available) == (0, 4)
    assert numbers(carve(reservation=promise(offer, 4)), offer) == [(2, 5)]
    check_now()
    records = TransitionRecord.objects.filter(machine="block_doubt", subject_id=doubted.pk).order_by("pk")
    assert [(record.source, record.target) for record in records] == [("trusted", "in_doubt"), ("in_doubt", "trusted")]


def test_a_promise_that_only_units_in_doubt_could_keep_stays_a_promise() -> None:
    offer = make_offer(quantity=10)
    reservation = promise(offer, 8)
    freeze(blocks=[middle_of(offer, 0, 4)], actor="test", reason="test")
    check_now()
    offer.refresh_from_db()
    assert (offer.reserved, offer.frozen, offer.available) == (8, 5, 0)
    with pytest.raises(UnitsInDoubt):
        carve(reservation=reservation)
    everything = [(offer.issuance.series, offer.issuance.start, offer.issuance.start + 7)]
    with pytest.raises(StoreError, match="not all free"):
        carve(reservation=reservation, ranges=everything)
    reservation.refresh_from_db()
    assert reservation.state == "active"
    thaw(blocks=offer.blocks.filter(in_doubt=True), actor="test", reason="test")
    assert sum(block.quantity for block in carve(reservation=reservation)) == 8


def test_carved_units_in_doubt_are_neither_cancelled_nor_given_back() -> None:
    offer = make_offer(quantity=10)
    reservation = promise(offer, 6)
    (block,) = carve(reservation=reservation)
    first, second = split(block=block, at=block.start + 2)
    freeze(blocks=[first], actor="test", reason="test")
    offer.refresh_from_db()
    assert (offer.frozen, offer.available) == (0, 4)
    blocks = UnitBlock.objects.filter(pk__in=[first.pk, second.pk])
    with pytest.raises(UnitsInDoubt):
        mark_cancelled(blocks=blocks, at=timezone.now(), actor="test")
    assert set(blocks.values_list("state", flat=True)) == {"assigned"}
    assert return_units(reservation=reservation) == 4
    assert set(blocks.values_list("state", flat=True)) == {"assigned", "held"}
    check_now()


def test_units_in_doubt_are_not_put_up_for_sale() -> None:
    issuance = make_issuance(quantity=10)
    root = UnitBlock.objects.get(issuance=issuance)
    first, _rest = split(block=root, at=root.start + 4)
    freeze(blocks=[first], actor="test", reason="test")
    with pytest.raises(StoreError, match="Fewer units"):
        make_offer(issuance=issuance, quantity=7)
    offer = make_offer(issuance=issuance, quantity=6)
    assert numbers(list(offer.blocks.filter(is_leaf=True)), offer) == [(4, 9)]
    check_now()


def test_cancelled_units_are_never_in_doubt() -> None:
    offer = make_offer(quantity=10)
    blocks = carve(reservation=promise(offer, 3))
    mark_cancelled(blocks=blocks, at=timezone.now(), actor="test")
    assert freeze(blocks=blocks, actor="test", reason="test") == 0


@pytest.mark.parametrize(
    "change",
    ["state = 'outstanding', offer_id = NULL", "is_leaf = false, in_doubt = false", "state = 'assigned'"],
)
def test_the_database_itself_keeps_what_is_in_doubt(change: str) -> None:
    block = make_offer(quantity=10).blocks.get(is_leaf=True)
    freeze(blocks=[block], actor="test", reason="test")
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE creditstore_credits_unitblock SET {change} WHERE id = %s", [block.pk])


def test_an_offer_counts_what_is_frozen() -> None:
    block = make_offer(quantity=10).blocks.get(is_leaf=True)

    def try_it(update: Callable[[], int], because: str) -> None:
        with pytest.raises(DatabaseError, match=because), transaction.atomic():
            update() and check_now()

    try_it(lambda: UnitBlock.objects.filter(pk=block.pk).update(in_doubt=True), "counts 0 frozen units but 10")
    try_it(lambda: Offer.objects.filter(pk=block.offer_id).update(frozen=3), "counts 3 frozen units but 0")


@pytest.mark.parametrize("state", ["paused", "withdrawn"])
def test_an_offer_that_is_no_longer_for_sale_keeps_its_promises_to_the_last_unit(state: str) -> None:
    offer = make_offer(quantity=4)
    promised = promise(offer, 4)
    transition(instance=offer, table=OFFERS, to=state, actor="seller:test")
    assert numbers(carve(reservation=promised), offer) == [(0, 3)]
    offer.refresh_from_db()
    assert (offer.sold, offer.state) == (4, state)
    check_now()
