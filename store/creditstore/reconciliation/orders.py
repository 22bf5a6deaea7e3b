"""Our own rows across packages: what was paid is cancelled, what is cancelled was paid, and certified as it was.

Set-based: each comparison is one query that returns only what does not match.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from creditstore.orders.models import Order
from creditstore.reconciliation.found import Comparison, Found
from creditstore.reconciliation.models import Kind, Stage

#: Lines that were paid long ago, and whose hold ended long ago, with units that are neither cancelled nor paid back.
_LINES_OVERDUE = """
    SELECT line.id, line.order_id, line.state, paid.at
    FROM creditstore_orders_orderline line
    JOIN (SELECT order_id, max(captured_at) AS at FROM creditstore_payments_payment
          WHERE captured_minor > 0 GROUP BY order_id) paid ON paid.order_id = line.order_id
    LEFT JOIN creditstore_cancellation_cancellationhold hold ON hold.line_id = line.id
    WHERE line.state IN ('paid', 'cancelling', 'refused')
      AND greatest(paid.at, coalesce(hold.released_at, hold.until)) < %(overdue)s
    ORDER BY line.id
"""
#: Payments whose money has bought nothing and was not sent back: the order never became paid.
_PAYMENTS_IDLE = """
    SELECT payment.id, payment.order_id, orders.state, payment.captured_at
    FROM creditstore_payments_payment payment
    JOIN creditstore_orders_order orders ON orders.id = payment.order_id
    WHERE payment.captured_minor > payment.refunded_minor AND payment.captured_at < %(overdue)s
      AND NOT EXISTS (SELECT 1 FROM creditstore_orders_orderline line WHERE line.order_id = payment.order_id
                      AND line.state NOT IN ('reserved', 'released'))
    ORDER BY payment.id
"""
#: Orders with more units cancelled, or on their way, than money was taken and kept for. What two members of staff sent
#: back although the units were cancelled counts as kept: they knew.
_UNPAID = """
    SELECT lines.order_id, lines.due, coalesce(money.kept, 0)
    FROM (SELECT order_id, sum(total_minor) AS due FROM creditstore_orders_orderline
          WHERE state IN ('cancelling', 'cancelled') GROUP BY order_id) lines
    LEFT JOIN (SELECT payment.order_id, sum(payment.captured_minor - payment.refunded_minor + coalesce(
                   (SELECT sum(refund.amount_minor) FROM creditstore_payments_refund refund
                    WHERE refund.payment_id = payment.id AND refund.state = 'done'
                      AND jsonb_array_length(refund.approved_by) >= 2), 0)) AS kept
               FROM creditstore_payments_payment payment GROUP BY payment.order_id) money
      ON money.order_id = lines.order_id
    WHERE coalesce(money.kept, 0) < lines.due
    ORDER BY lines.order_id
"""
#: Cancelled lines whose completed transactions do not hold exactly the units that were ordered.
_QUANTITIES = """
    SELECT line.id, line.order_id, line.quantity, coalesce(sum(block.quantity), 0)
    FROM creditstore_orders_orderline line
    LEFT JOIN creditstore_cancellation_registrytransaction entry
      ON entry.line_id = line.id AND entry.state = 'completed'
    LEFT JOIN creditstore_cancellation_registrytransaction_blocks part ON part.registrytransaction_id = entry.id
    LEFT JOIN creditstore_credits_unitblock block ON block.id = part.unitblock_id
    WHERE line.state = 'cancelled'
    GROUP BY line.id
    HAVING coalesce(sum(block.quantity), 0) <> line.quantity
    ORDER BY line.id
"""
#: What completed transactions of an order hold, beside what its valid certificate says.
_CERTIFICATES = """
    SELECT orders.id, done.quantity, (certificate.facts ->> 'quantity')::bigint, done.at
    FROM (SELECT line.order_id, sum(block.quantity) AS quantity, max(entry.completed_at) AS at
          FROM creditstore_cancellation_registrytransaction entry
          JOIN creditstore_orders_orderline line ON line.id = entry.line_id
          JOIN creditstore_cancellation_registrytransaction_blocks part ON part.registrytransaction_id = entry.id
          JOIN creditstore_credits_unitblock block ON block.id = part.unitblock_id
          WHERE entry.state = 'completed' GROUP BY line.order_id) done
    RIGHT JOIN creditstore_orders_order orders ON orders.id = done.order_id
    LEFT JOIN creditstore_certificates_certificate certificate
      ON certificate.order_id = orders.id AND certificate.state = 'issued'
    WHERE (certificate.id IS NULL AND orders.state IN ('cancelled', 'partly_cancelled', 'certified')
           AND done.at < %(overdue)s)
       OR (certificate.id IS NOT NULL
           AND (certificate.facts ->> 'quantity')::bigint IS DISTINCT FROM coalesce(done.quantity, 0))
    ORDER BY orders.id
"""


def compare_orders(*, now: datetime, overdue: timedelta) -> Comparison:
    """Hold payments, cancellations and certificates against one another. Nobody outside is asked.

    Parameters: ``overdue``, how long after its payment (and hold) a line may be on its way to the registry.
    """
    comparison = Comparison(stage=Stage.ORDERS, asked_at=now)
    comparison.compared = Order.objects.count()
    since = {"overdue": now - overdue}
    for line_id, order_id, state, paid_at in _rows(_LINES_OVERDUE, since):
        comparison.add(
            Found(
                kind=Kind.PAID_NOT_CANCELLED,
                subject=f"line:{line_id}",
                facts={"line_state": state, "paid_at": paid_at.isoformat()},
                order_id=order_id,
            )
        )
    for payment_id, order_id, state, paid_at in _rows(_PAYMENTS_IDLE, since):
        comparison.add(
            Found(
                kind=Kind.PAID_NOT_CANCELLED,
                subject=f"payment:{payment_id}",
                facts={"order_state": state, "paid_at": paid_at.isoformat()},
                order_id=order_id,
            )
        )
    for order_id, due, kept in _rows(_UNPAID, since):
        facts = {"due_minor": int(due), "kept_minor": int(kept)}
        comparison.add(Found(kind=Kind.CANCELLED_NOT_PAID, subject=f"order:{order_id}", facts=facts, order_id=order_id))
    for line_id, order_id, ordered, cancelled in _rows(_QUANTITIES, since):
        facts = {"ordered": ordered, "cancelled": int(cancelled)}
        comparison.add(Found(kind=Kind.QUANTITY_DIFFERS, subject=f"line:{line_id}", facts=facts, order_id=order_id))
    for order_id, cancelled, certified, _at in _rows(_CERTIFICATES, since):
        kind = Kind.NOT_CERTIFIED if certified is None else Kind.CERTIFICATE_DIFFERS
        facts = {"cancelled": int(cancelled or 0), "certified": certified}
        comparison.add(Found(kind=kind, subject=f"order:{order_id}", facts=facts, order_id=order_id))
    return comparison


def _rows(statement: str, parameters: dict[str, datetime]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
