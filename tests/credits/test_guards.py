"""Each guard of the database, tried in raw SQL that goes around every service: the database itself must refuse."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from creditstore.audit.checks.base import BLOCKS
from creditstore.credits.models import Offer, UnitBlock
from creditstore.credits.services import carve, mark_cancelled, release, reserve
from support.guards import check_now, copy_of
from support.journeys import cancelled_order, facts_of
from support.ledger import make_issuance, make_offer, make_order

pytestmark = pytest.mark.django_db


def sql(statement: str, *values: object) -> None:
    """One statement in a savepoint, with the checks that wait for the commit made at once."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        check_now()


def refused(statement: str, *values: object, because: str) -> None:
    with pytest.raises(DatabaseError, match=because):
        sql(statement, *values)


def cancelled_block() -> UnitBlock:
    offer = make_offer(quantity=10)
    reservation = reserve(offer_id=offer.pk, quantity=4, expires_at=timezone.now())
    blocks = carve(reservation=reservation)
    mark_cancelled(blocks=blocks, at=timezone.now(), actor="test")
    return UnitBlock.objects.get(pk=blocks[0].pk)


def test_a_cancelled_unit_never_moves_again() -> None:
    block = cancelled_block()
    table = "creditstore_credits_unitblock"
    for change in (
        "state = 'held'",
        "state = 'outstanding'",
        "cancelled_at = now()",
        "is_leaf = false",
        "offer_id = NULL",
    ):
        refused(f"UPDATE {table} SET {change} WHERE id = %s", block.pk, because="Cannot update|Invalid transition")
    refused(f"DELETE FROM {table} WHERE id = %s", block.pk, because="Cannot delete")


def test_leaves_never_overlap_whatever_their_state() -> None:
    block = cancelled_block()
    for state in ("outstanding", "held", "assigned"):
        statement, values = copy_of(
            BLOCKS,
            block.pk,
            state=state,
            cancelled_at=None,
            cancellation_kind="",
            reservation_id=None if state != "assigned" else block.reservation_id,
        )
        refused(statement, *values, because="block_leaves_never_overlap")
    statement, values = copy_of(BLOCKS, block.pk, start=block.end)
    refused(statement, *values, because="block_leaves_never_overlap")


def test_the_same_numbers_of_another_series_are_other_units() -> None:
    first, second = make_issuance(quantity=5), make_issuance(quantity=5)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO creditstore_catalogue_issuance (project_id, scheme, series, unit_type, commitment_period, "
            "start, \"end\", issued_at, source) SELECT project_id, scheme, 'PE', unit_type, commitment_period, start, "
            '"end", issued_at, source FROM creditstore_catalogue_issuance WHERE id = %s RETURNING id',
            [first.pk],
        )
        (issuance,) = cursor.fetchone()
    root = UnitBlock.objects.get(issuance=first)
    statement, values = copy_of(BLOCKS, root.pk, issuance_id=issuance, series="PE")
    sql(statement, *values)
    assert UnitBlock.objects.filter(start=root.start, is_leaf=True).count() == 2
    refused(
        "UPDATE creditstore_catalogue_issuance SET start = %s WHERE id = %s",
        second.start,
        first.pk,
        because="Cannot update",
    )


@pytest.mark.parametrize(
    ("change", "because"),
    [
        ('start = "end" + 1', "Cannot update|block_range"),
        ("start = 0", "Cannot update|block_range"),
        ("start = start + 1", "Cannot update"),
        ("series = 'XX'", "Cannot update"),
        ("field6 = 7", "Cannot update"),
        ("parent_id = NULL", "Cannot update"),
    ],
)
def test_serials_are_fixed(change: str, because: str) -> None:
    block = make_offer().blocks.get(is_leaf=True)
    refused(f"UPDATE creditstore_credits_unitblock SET {change} WHERE id = %s", block.pk, because=because)


@pytest.mark.parametrize(("start", "end"), [(0, 5), (6, 5), (-3, -1)])
def test_a_range_has_one_unit_at_least(start: int, end: int) -> None:
    issuance = make_issuance()
    refused(
        "INSERT INTO creditstore_catalogue_issuance (project_id, scheme, series, unit_type, commitment_period, start, "
        "\"end\", issued_at, source) VALUES (%s, 'cdm', 'ZW', 5, 2, %s, %s, now(), 'test')",
        issuance.project_id,
        start,
        end,
        because="issuance_range|range lower bound",
    )


def test_children_lie_inside_their_parent() -> None:
    offer = make_offer(quantity=10)
    leaf = offer.blocks.get(is_leaf=True)
    parent = leaf.parent
    assert parent is not None
    for changes in (
        {"start": parent.end + 1, "end": parent.end + 5},
        {"start": parent.start - 1},
        {"field6": 9},
        {"project_number": 1},
        {"unit_type": 6},
    ):
        statement, values = copy_of(BLOCKS, leaf.pk, **changes)
        refused(statement, *values, because="a child lies inside|never_overlap")


def test_a_split_that_loses_units_is_refused_at_commit() -> None:
    block = UnitBlock.objects.get(issuance=make_issuance())
    refused("UPDATE creditstore_credits_unitblock SET is_leaf = false WHERE id = %s", block.pk, because="do not tile")


def test_a_split_is_never_taken_back() -> None:
    leaf = make_offer(quantity=10).blocks.get(is_leaf=True)
    refused(
        "UPDATE creditstore_credits_unitblock SET is_leaf = true WHERE id = %s",
        leaf.parent_id,
        because="Cannot update|never_overlap",
    )


def test_a_root_covers_its_issuance() -> None:
    issuance = make_issuance(quantity=10)
    root = UnitBlock.objects.get(issuance=issuance)
    statement, values = copy_of(BLOCKS, root.pk, start=root.start + 1)
    refused(statement, *values, because="covers its issuance|one_root|never_overlap")


@pytest.mark.parametrize("change", ["reserved = offered + 1", "sold = offered + 1", "reserved = -1", "sold = -1"])
def test_an_offer_is_never_oversold(change: str) -> None:
    offer = make_offer(quantity=10)
    refused(
        f"UPDATE creditstore_credits_offer SET {change} WHERE id = %s", offer.pk, because="offer_never|offer_frozen"
    )


def test_an_offer_promises_only_what_is_held_for_it() -> None:
    offer = make_offer(quantity=10)
    table = "creditstore_credits_offer"
    refused(f"UPDATE {table} SET offered = 11 WHERE id = %s", offer.pk, because="promises 11 units but 10 are held")
    refused(f"UPDATE {table} SET sold = 1 WHERE id = %s", offer.pk, because="promises 9 units but 10 are held")
    block = offer.blocks.get(is_leaf=True)
    refused(
        "UPDATE creditstore_credits_unitblock SET state = 'outstanding', offer_id = NULL WHERE id = %s",
        block.pk,
        because="promises 10 units but 0 are held",
    )


def test_a_reservation_ends_once_and_never_changes() -> None:
    offer = make_offer(quantity=10)
    reservation = reserve(offer_id=offer.pk, quantity=4, expires_at=timezone.now())
    table = "creditstore_credits_reservation"
    refused(f"UPDATE {table} SET quantity = 5 WHERE id = %s", reservation.pk, because="Cannot update")
    release(reservation=reservation)
    for state in ("active", "consumed", "expired"):
        refused(f"UPDATE {table} SET state = %s WHERE id = %s", state, reservation.pk, because="Invalid transition")
    refused(f"DELETE FROM {table} WHERE id = %s", reservation.pk, because="Cannot delete")


def test_states_move_along_their_tables_only() -> None:
    order = make_order((make_offer(), 1)).order
    for table, pk in (("orders_order", order.pk), ("orders_orderline", order.lines.get().pk)):
        refused(f"UPDATE creditstore_{table} SET state = 'cancelled' WHERE id = %s", pk, because="Invalid transition")
    refused(
        "DELETE FROM creditstore_orders_order WHERE id = %s", order.pk, because="Cannot delete|violates foreign key"
    )
    refused("UPDATE creditstore_core_transitionrecord SET actor = 'me'", because="Cannot update")


def test_an_order_has_one_live_payment() -> None:
    order = make_order((make_offer(), 1)).order
    insert = (
        "INSERT INTO creditstore_payments_payment (key, order_id, provider, method, method_title, state, amount_minor, "
        "currency, reference, message, instructions, test_mode, return_url, started_at, captured_minor, "
        "refunded_minor) VALUES "
        "(gen_random_uuid(), %s, 'p', 'p', 'p', %s, 250, 'USD', '', '', '{}', true, '', now(), 0, 0)"
    )
    sql(insert, order.pk, "pending")
    for state in ("created", "pending", "unknown"):
        refused(insert, order.pk, state, because="payment_one_live_per_order")
    sql(insert, order.pk, "declined")


def test_one_order_has_one_valid_certificate_whose_facts_are_fixed() -> None:
    order = cancelled_order((make_offer(), 1))
    facts = json.dumps(facts_of(order))
    insert = (
        "INSERT INTO creditstore_certificates_certificate "
        "(number, revision, order_id, state, code, facts, digest, issued_at)"
        " VALUES (%s, %s, %s, 'issued', 'c', %s, 'd', now())"
    )
    sql(insert, "T-1", 1, order.pk, facts)
    refused(insert, "T-2", 2, order.pk, facts, because="certificate_one_valid_per_order")
    for change in ("facts = '{\"a\": 1}'", "digest = 'x'", "number = 'T-9'", "code = 'x'"):
        refused(
            f"UPDATE creditstore_certificates_certificate SET {change} WHERE number = 'T-1'", because="Cannot update"
        )


def test_published_terms_never_change() -> None:
    make_order((make_offer(), 1))
    refused("UPDATE creditstore_orders_terms SET body = 'other'", because="Cannot update")


RACES: list[tuple[int, int, int]] = [(10, 6, 6), (10, 10, 1), (1, 1, 1)]


@pytest.mark.parametrize(("offered", "first", "second"), RACES)
@pytest.mark.django_db(transaction=True)
def test_two_buyers_at_once_never_get_the_same_unit(
    fresh_database: str, offered: int, first: int, second: int, interleave: Callable[..., list[object]]
) -> None:
    """Both have looked and seen enough before either reserves: the conditional update lets one through."""
    offer = make_offer(quantity=offered)
    expires_at = timezone.now()

    results = interleave(
        lambda: reserve(offer_id=offer.pk, quantity=first, expires_at=expires_at),
        lambda: reserve(offer_id=offer.pk, quantity=second, expires_at=expires_at),
        pause_after="creditstore.credits.services.check_quantity",
    )
    failures = [result for result in results if isinstance(result, Exception)]
    assert [getattr(failure, "code", failure) for failure in failures] == ["sold-out"]
    row = Offer.objects.get(pk=offer.pk)
    assert row.reserved in (first, second)
