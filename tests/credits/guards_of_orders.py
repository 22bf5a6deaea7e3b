"""What the guards of lines, registry transactions, certificates and money forbid: invariants 8 to 11 and 13."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from oscar.core.loading import get_model

from credits.rows import asked, cancelled, certificate, certified, promise
from creditstore.audit.checks.base import (
    ASKED,
    BLOCKS,
    CERTIFICATES,
    LINES,
    OFFERS,
    ORDERS,
    PAYMENTS,
    REFUNDS,
    TRANSACTIONS,
)
from creditstore.orders.models import Order
from support.guards import Statement, copy_of, forbids, fresh_key, update
from support.journeys import facts_of, paid_order
from support.ledger import make_offer, make_order

# --- 8. One paid line = one key = one or more registry transactions


@forbids(8, "registrytransaction.key", found_by="keys-are-single")
def two_transactions_have_one_key() -> list[Statement]:
    _order, _block, entry = asked()
    return [copy_of(TRANSACTIONS, entry.pk, attempt=2, state="rejected", transaction_id="")]


@forbids(8, "orderline.cancellation_key", found_by="keys-are-single", also=("orderline.within_the_total",))
def two_lines_have_one_key() -> list[Statement]:
    order = make_order((make_offer(), 1)).order
    other = make_offer()
    return [
        copy_of(LINES, order.lines.get().pk, position=2, offer_id=other.pk, reservation_id=promise(other, 1).pk),
    ]


@forbids(8, "registrytransaction.registry_transaction_part", found_by="keys-are-single")
def one_part_is_proposed_twice() -> list[Statement]:
    _order, _block, entry = asked()
    return [copy_of(TRANSACTIONS, entry.pk, key=fresh_key(), state="rejected", transaction_id="")]


@forbids(8, "registrytransaction.registry_transaction_id_once", found_by="keys-are-single")
def two_transactions_have_one_id_of_the_registry() -> list[Statement]:
    _order, _block, entry = asked()
    return [copy_of(TRANSACTIONS, entry.pk, key=fresh_key(), attempt=2, state="rejected")]


@forbids(8, "registrytransaction.asks_for_its_line", found_by="blocks-are-asked-for-once")
def a_unit_is_asked_for_twice() -> list[Statement]:
    _order, block, entry = asked()
    return [
        copy_of(TRANSACTIONS, entry.pk, key=fresh_key(), attempt=2, state="prepared", transaction_id=""),
        (
            f"INSERT INTO {ASKED} (registrytransaction_id, unitblock_id) "
            f"SELECT id, %s FROM {TRANSACTIONS} WHERE line_id = %s AND attempt = 2",
            [block.pk, entry.line_id],
        ),
    ]


@forbids(
    8,
    "registrytransaction.proposal_is_fixed",
    found_by="lines-are-cancelled-whole",
    also=("registrytransaction.asks_for_its_line",),
)
def a_transaction_changes_its_line() -> list[Statement]:
    _order, _block, entry = cancelled()
    other = paid_order((make_offer(), 4)).lines.get()
    return [update(TRANSACTIONS, entry.pk, "line_id = %s", other.pk)]


@forbids(8, "askedblock.blocks_are_fixed", found_by="transactions-hold-their-blocks")
def a_transaction_forgets_its_blocks() -> list[Statement]:
    _order, _block, entry = cancelled()
    return [(f"DELETE FROM {ASKED} WHERE registrytransaction_id = %s", [entry.pk])]


@forbids(8, "unitblock.asked_for_stays", found_by="transactions-hold-their-blocks")
def a_unit_is_sold_again_while_the_registry_is_asked() -> list[Statement]:
    _order, block, _entry = asked()
    return [
        update(BLOCKS, block.pk, "state = 'held', reservation_id = NULL"),
        update(OFFERS, block.offer_id or 0, "sold = sold - 4"),
    ]


@forbids(8, "orderline.line_edges", found_by="lines-are-cancelled-whole")
def an_unpaid_line_is_cancelled() -> list[Statement]:
    return [update(LINES, make_order((make_offer(), 1)).order.lines.get().pk, "state = 'cancelled'")]


@forbids(
    8,
    "registrytransaction.registry_transaction_edges",
    found_by="lines-are-cancelled-whole",
    also=("registrytransaction.completed_is_final",),
)
def a_completed_transaction_is_rejected() -> list[Statement]:
    _order, _block, entry = cancelled()
    return [update(TRANSACTIONS, entry.pk, "state = 'rejected', completed_at = NULL")]


# --- 9. No certificate before the registry says completed


@forbids(9, "certificate.only_after_completion", found_by="no-certificate-before-completion")
def a_certificate_comes_before_the_cancellation() -> list[Statement]:
    order, _block, _entry = asked()
    return [certificate(order, {"quantity": 4, "ranges": []})]


@forbids(
    9,
    "registrytransaction.completed_is_final",
    found_by="transactions-hold-their-blocks",
    also=("registrytransaction.asks_for_its_line",),
)
def the_time_of_completion_changes() -> list[Statement]:
    _order, _block, entry = cancelled()
    return [update(TRANSACTIONS, entry.pk, "completed_at = completed_at + interval '1 hour'")]


# --- 10. Certificate ranges = the transactions' blocks


@forbids(10, "certificate.only_after_completion", found_by="certificates-show-the-blocks")
def a_certificate_shows_other_serials() -> list[Statement]:
    order, block, _entry = cancelled()
    text = json.dumps(facts_of(order)).replace(f"-{block.end}-", f"-{block.end + 1}-")
    return [certificate(order, json.loads(text))]


@forbids(10, "certificate.only_after_completion", found_by="certificates-show-the-blocks")
def a_certificate_shows_another_sum() -> list[Statement]:
    order, _block, _entry = cancelled()
    return [certificate(order, facts_of(order) | {"quantity": 5})]


# --- 11. Money


@forbids(11, "order.what_was_agreed_is_fixed", found_by="due-is-the-sum-of-lines")
def a_total_grows() -> list[Statement]:
    return [update(ORDERS, make_order((make_offer(), 1)).order.pk, "total_minor = total_minor + 1")]


@forbids(11, "orderline.terms_are_fixed", found_by="due-is-the-sum-of-lines")
def a_line_grows() -> list[Statement]:
    line = make_order((make_offer(), 1)).order.lines.get()
    return [update(LINES, line.pk, "quantity = 2, total_minor = 2 * unit_price_minor")]


@forbids(11, "orderline.line_total", found_by="due-is-the-sum-of-lines", also=("orderline.terms_are_fixed",))
def a_line_costs_something_else() -> list[Statement]:
    line = make_order((make_offer(), 1)).order.lines.get()
    return [update(LINES, line.pk, "total_minor = total_minor + 1")]


@forbids(11, "order.sum_of_its_lines", found_by="due-is-the-sum-of-lines")
def an_order_without_lines() -> list[Statement]:
    order = make_order((make_offer(), 1)).order
    other = get_model("order", "Order").objects.create(
        number="T-1", currency="USD", total_incl_tax=1, total_excl_tax=1, shipping_incl_tax=0, shipping_excl_tax=0
    )
    return [copy_of(ORDERS, order.pk, number="T-1", placement_key="T-1", oscar_order_id=other.pk)]


@forbids(11, "orderline.within_the_total", found_by="due-is-the-sum-of-lines")
def a_line_beside_the_total() -> list[Statement]:
    order = make_order((make_offer(), 1)).order
    other = make_offer()
    return [
        copy_of(
            LINES,
            order.lines.get().pk,
            position=2,
            offer_id=other.pk,
            reservation_id=promise(other, 1).pk,
            cancellation_key=fresh_key(),
        )
    ]


@forbids(11, "payment.asks_what_is_due", found_by="payments-ask-what-is-due")
def a_payment_asks_for_more() -> list[Statement]:
    payment = paid_order((make_offer(), 1)).payments.get()
    return [copy_of(PAYMENTS, payment.pk, key=fresh_key(), amount_minor=payment.amount_minor + 1)]


@forbids(11, "payment.attempt_is_fixed", found_by="payments-ask-what-is-due")
def a_payment_changes_what_it_asks_for() -> list[Statement]:
    return [update(PAYMENTS, paid_order((make_offer(), 1)).payments.get().pk, "amount_minor = amount_minor + 1")]


@forbids(11, "payment.payment_one_live_per_order", found_by="one-live-payment")
def two_payments_are_open() -> list[Statement]:
    payment = paid_order((make_offer(), 1)).payments.get()
    return [copy_of(PAYMENTS, payment.pk, key=fresh_key(), state="pending") for _n in range(2)]


def refund_of(order: Order, **changes: Any) -> Statement:
    values = {"purpose": "surplus", "amount_minor": 1, "line_id": None} | changes
    return (
        f"INSERT INTO {REFUNDS} (key, payment_id, line_id, purpose, amount_minor, state, reason, requested_by, "
        "approved_by, reference, message, requested_at) "
        "VALUES (gen_random_uuid(), %s, %s, %s, %s, 'requested', 'r', 'test', '[]', '', '', now())",
        [order.payments.get().pk, values["line_id"], values["purpose"], values["amount_minor"]],
    )


@forbids(11, "refund.refunds_within_captured", found_by="refunds-within-captured")
def more_is_sent_back_than_came() -> list[Statement]:
    order = paid_order((make_offer(), 1))
    return [refund_of(order, amount_minor=order.total_minor + 1)]


@forbids(11, "payment.payment_refunded_within_captured", found_by="refunds-within-captured")
def more_counts_as_sent_back_than_came() -> list[Statement]:
    payment = paid_order((make_offer(), 1)).payments.get()
    return [update(PAYMENTS, payment.pk, "refunded_minor = captured_minor + 1")]


@forbids(11, "refund.cancelled_needs_two", found_by="cancelled-lines-are-refunded-by-two")
def a_cancelled_line_is_refunded_by_software_alone() -> list[Statement]:
    order, _block, _entry = cancelled()
    return [refund_of(order, purpose="line", line_id=order.lines.get().pk)]


# --- 13. Public register = certificate = registry row


@forbids(13, "certificate.only_after_completion", found_by="certificates-show-the-register")
def a_certificate_shows_another_time() -> list[Statement]:
    order, _block, entry = cancelled()
    assert entry.completed_at is not None
    told, other = (f"{at:%Y-%m-%dT%H:%M:%SZ}" for at in (entry.completed_at, entry.completed_at + timedelta(seconds=1)))
    text = json.dumps(facts_of(order)).replace(told, other)
    return [certificate(order, json.loads(text))]


@forbids(13, "certificate.facts_are_fixed", found_by="certificates-show-the-register")
def a_certificate_gets_another_name() -> list[Statement]:
    _order, kept = certified()
    return [update(CERTIFICATES, kept.pk, 'facts = facts || \'{"beneficiary": "Somebody"}\'')]


@forbids(13, "certificate.certificate_one_valid_per_order", found_by="certified-orders-have-one-certificate")
def an_order_has_two_certificates() -> list[Statement]:
    _order, kept = certified()
    return [copy_of(CERTIFICATES, kept.pk, number="T-2", revision=2)]


@forbids(13, "certificate.never_deleted", found_by="certified-orders-have-one-certificate")
def a_certificate_is_deleted() -> list[Statement]:
    _order, kept = certified()
    return [(f"DELETE FROM {CERTIFICATES} WHERE id = %s", [kept.pk])]
