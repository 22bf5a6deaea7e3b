"""What the guards of units, offers and reservations forbid: invariants 1 to 7 and 12."""

from __future__ import annotations

from credits.rows import cancelled, leaf_of, promise
from creditstore.audit.checks.base import BLOCKS, ISSUANCES, OFFERS, RESERVATIONS
from creditstore.credits.models import UnitBlock
from creditstore.credits.services import open_offer, release
from creditstore_plugins import Money
from support.guards import Statement, copy_of, forbids, update
from support.ledger import make_issuance, make_offer, make_seller

# --- 1. A serial is cancelled at most once, and never moves again


def _comes_back() -> list[Statement]:
    _order, block, _entry = cancelled()
    return [
        update(BLOCKS, block.pk, "state = 'held', cancelled_at = NULL, cancellation_kind = '', reservation_id = NULL"),
        update(OFFERS, block.offer_id or 0, "sold = sold - 4"),
    ]


@forbids(1, "unitblock.cancelled_is_final", found_by="cancelled-once", also=("unitblock.block_edges",))
def a_cancelled_unit_comes_back() -> list[Statement]:
    return _comes_back()


@forbids(1, "unitblock.block_edges", found_by="cancelled-once", also=("unitblock.cancelled_is_final",))
def a_cancelled_unit_goes_a_way_that_no_table_has() -> list[Statement]:
    return _comes_back()


# --- 2. Leaves never overlap


@forbids(2, "unitblock.block_leaves_never_overlap", found_by="leaves-never-overlap")
def a_unit_is_there_twice() -> list[Statement]:
    leaf = leaf_of(make_offer(quantity=10))
    return [copy_of(BLOCKS, leaf.pk, state="outstanding", offer_id=None)]


# --- 3. A split's children tile the parent


@forbids(3, "unitblock.child_inside_parent", found_by="children-tile-parent")
def a_child_lies_outside() -> list[Statement]:
    leaf = leaf_of(make_offer(quantity=10))
    assert leaf.parent is not None
    beyond = leaf.parent.end + 1
    return [copy_of(BLOCKS, leaf.pk, start=beyond, end=beyond + 3, state="outstanding", offer_id=None)]


@forbids(3, "unitblock.children_tile_parent", found_by="children-tile-parent")
def a_split_loses_its_units() -> list[Statement]:
    return [update(BLOCKS, UnitBlock.objects.get(issuance=make_issuance()).pk, "is_leaf = false")]


@forbids(
    3,
    "unitblock.never_unsplit",
    found_by="children-tile-parent",
    also=("unitblock.block_leaves_never_overlap", "unitblock.children_tile_parent"),
)
def a_split_is_taken_back() -> list[Statement]:
    return [update(BLOCKS, leaf_of(make_offer(quantity=10)).parent_id or 0, "is_leaf = true")]


@forbids(3, "unitblock.never_deleted", found_by="children-tile-parent")
def a_child_is_deleted() -> list[Statement]:
    root = leaf_of(make_offer(quantity=10)).parent
    assert root is not None
    return [(f"DELETE FROM {BLOCKS} WHERE id = %s", [root.children.get(state="outstanding").pk])]


@forbids(3, "unitblock.serials_are_fixed", found_by="children-tile-parent")
def a_serial_changes() -> list[Statement]:
    return [update(BLOCKS, leaf_of(make_offer(quantity=10)).pk, "field6 = field6 + 1")]


# --- 4. Issued = cancelled + outstanding


@forbids(4, "issuance.issued_is_fixed", found_by="issued-is-cancelled-plus-outstanding")
def more_was_issued_than_there_is() -> list[Statement]:
    return [update(ISSUANCES, make_issuance().pk, '"end" = "end" + 1')]


@forbids(4, "issuance.enters_the_ledger", found_by="issued-is-cancelled-plus-outstanding")
def an_issuance_has_no_units() -> list[Statement]:
    issuance = make_issuance()
    return [copy_of(ISSUANCES, issuance.pk, start=issuance.end + 1, end=issuance.end + 10)]


@forbids(
    4,
    "unitblock.block_one_root_per_issuance",
    found_by="blocks-are-of-their-issuance",
    also=("unitblock.block_leaves_never_overlap",),
)
def an_issuance_has_two_roots() -> list[Statement]:
    return [copy_of(BLOCKS, UnitBlock.objects.get(issuance=make_issuance()).pk)]


# --- 5. end >= start >= 1, quantity = end - start + 1


@forbids(5, "unitblock.block_range", found_by="ranges", also=("unitblock.child_inside_parent",))
def a_block_begins_at_nought() -> list[Statement]:
    leaf = leaf_of(make_offer(quantity=10))
    return [copy_of(BLOCKS, leaf.pk, start=0, end=5, state="outstanding", offer_id=None)]


@forbids(5, "issuance.issuance_range", found_by="issued-ranges", also=("issuance.enters_the_ledger",))
def an_issuance_begins_at_nought() -> list[Statement]:
    return [copy_of(ISSUANCES, make_issuance().pk, series="ZW", start=0, end=5)]


# --- 6. Every reservation ends in exactly one final state


@forbids(6, "reservation.reservation_edges", found_by="reservations-end-once")
def a_released_promise_lives_again() -> list[Statement]:
    reservation = promise(make_offer())
    release(reservation=reservation)
    return [
        update(RESERVATIONS, reservation.pk, "state = 'active'"),
        update(OFFERS, reservation.offer_id, "reserved = reserved + 4"),
    ]


@forbids(6, "reservation.never_deleted", found_by="reservations-end-once")
def a_promise_is_forgotten() -> list[Statement]:
    reservation = promise(make_offer())
    release(reservation=reservation)
    return [(f"DELETE FROM {RESERVATIONS} WHERE id = %s", [reservation.pk])]


@forbids(6, "reservation.promise_is_fixed", found_by="offers-have-what-they-promise")
def a_promise_grows() -> list[Statement]:
    return [update(RESERVATIONS, promise(make_offer()).pk, "quantity = quantity + 1")]


@forbids(6, "offer.counts_its_promises", found_by="offers-have-what-they-promise")
def an_offer_counts_a_promise_that_nobody_has() -> list[Statement]:
    return [update(OFFERS, make_offer().pk, "reserved = 1")]


@forbids(6, "reservation.counted_by_its_offer", found_by="offers-have-what-they-promise")
def a_promise_that_its_offer_does_not_count() -> list[Statement]:
    return [
        (
            f"INSERT INTO {RESERVATIONS} (key, offer_id, quantity, state, expires_at, created_at) "
            "VALUES (gen_random_uuid(), %s, 3, 'active', now(), now())",
            [make_offer().pk],
        )
    ]


@forbids(6, "unitblock.within_its_promise", found_by="carved-as-promised")
def units_are_carved_for_an_unpaid_promise() -> list[Statement]:
    offer = make_offer(quantity=10)
    reservation = promise(offer)
    return [
        update(BLOCKS, leaf_of(offer).pk, "state = 'assigned', reservation_id = %s", reservation.pk),
        update(OFFERS, offer.pk, "sold = 10, reserved = 0, offered = 10"),
        update(RESERVATIONS, reservation.pk, "state = 'released'"),
    ]


# --- 7. Offers never exceed what the seller holds unreserved


@forbids(7, "offer.offer_never_oversold", found_by="offers-have-what-they-promise", also=("offer.counts_its_promises",))
def an_offer_promises_more_than_it_has() -> list[Statement]:
    return [update(OFFERS, make_offer(quantity=10).pk, "reserved = 11")]


@forbids(
    7, "offer.offer_frozen_of_unsold", found_by="offers-have-what-they-promise", also=("offer.backed_by_held_units",)
)
def an_offer_freezes_more_than_it_has() -> list[Statement]:
    return [update(OFFERS, make_offer(quantity=10).pk, "frozen = 11")]


@forbids(7, "offer.backed_by_held_units", found_by="offers-have-what-they-promise")
def an_offer_grows_by_itself() -> list[Statement]:
    return [update(OFFERS, make_offer(quantity=10).pk, "offered = 11")]


@forbids(7, "unitblock.backs_its_offer", found_by="offers-have-what-they-promise")
def units_leave_their_offer() -> list[Statement]:
    return [update(BLOCKS, leaf_of(make_offer(quantity=10)).pk, "state = 'outstanding', offer_id = NULL")]


@forbids(7, "unitblock.comes_backing_its_offer", found_by="offers-have-what-they-promise")
def units_come_with_an_offer_that_does_not_count_them() -> list[Statement]:
    offer = make_offer(quantity=10)
    rest = UnitBlock.objects.get(issuance=offer.issuance, is_leaf=True, state="outstanding")
    parts = {"is_leaf": True, "parent_id": rest.pk}
    return [
        update(BLOCKS, rest.pk, "is_leaf = false"),
        copy_of(BLOCKS, rest.pk, **parts, end=rest.start + 4, state="held", offer_id=offer.pk),
        copy_of(BLOCKS, rest.pk, **parts, start=rest.start + 5),
    ]


@forbids(7, "offer.units_are_fixed", found_by="offers-have-what-they-promise")
def an_offer_changes_its_issuance() -> list[Statement]:
    return [update(OFFERS, make_offer().pk, "issuance_id = %s", make_issuance().pk)]


# --- 12. tCER and lCER need an explicit opt-in


@forbids(12, "offer.temporary_units_opted_in", found_by="temporary-units-opted-in")
def an_opt_in_is_forgotten() -> list[Statement]:
    offer = open_offer(
        issuance=make_issuance(unit_type=6),
        seller=make_seller(),
        quantity=5,
        price=Money(minor=100, currency="USD"),
        allow_temporary=True,
    )
    return [update(OFFERS, offer.pk, "temporary_allowed = false")]
