"""Money: invariant 11."""

from __future__ import annotations

from typing import Final

from creditstore.audit.checks.base import ATTENTION, LINES, ORDERS, PAYMENTS, REFUNDS, Check

MONEY: Final = (
    Check(
        invariant=11,
        name="due-is-the-sum-of-lines",
        subject="order",
        rows=ORDERS,
        breaches=f"""
            SELECT o.id, 'total ' || o.total_minor || ', lines ' || COALESCE(sum(l.quantity * l.unit_price_minor), 0)
                AS detail
            FROM {ORDERS} o LEFT JOIN {LINES} l ON l.order_id = o.id
            GROUP BY o.id
            HAVING o.total_minor <> COALESCE(sum(l.quantity * l.unit_price_minor), 0)
                OR bool_or(l.total_minor <> l.quantity * l.unit_price_minor)
        """,
    ),
    Check(
        invariant=11,
        name="payments-ask-what-is-due",
        subject="payment",
        rows=PAYMENTS,
        breaches=f"""
            SELECT p.id, 'asks ' || p.amount_minor || ', due ' || o.total_minor + o.tax_minor AS detail
            FROM {PAYMENTS} p JOIN {ORDERS} o ON o.id = p.order_id
            WHERE p.amount_minor <> o.total_minor + o.tax_minor OR p.currency <> o.currency
        """,
    ),
    Check(
        invariant=11,
        name="one-live-payment",
        subject="order",
        rows=ORDERS,
        breaches=f"""
            SELECT order_id AS id, count(*) || ' live payments' AS detail FROM {PAYMENTS}
            WHERE state IN ('created', 'pending', 'unknown') GROUP BY order_id HAVING count(*) > 1
        """,
    ),
    Check(
        invariant=11,
        name="captured-less-refunded-is-due",
        subject="order",
        rows=ORDERS,
        breaches=f"""
            SELECT id, state || ', due ' || due || ', captured ' || captured || ', sent back ' || sent_back
                || ', of it for lines or by two people ' || given_up AS detail
            FROM (
                SELECT o.id, o.state, o.total_minor + o.tax_minor AS due,
                    COALESCE(p.captured, 0) AS captured, COALESCE(r.sent_back, 0) AS sent_back,
                    COALESCE(r.given_up, 0) AS given_up, COALESCE(r.done, 0) AS done,
                    EXISTS (SELECT 1 FROM {ATTENTION} a WHERE a.order_id = o.id AND a.closed_at IS NULL) AS queued
                FROM {ORDERS} o
                LEFT JOIN (
                    SELECT order_id, sum(captured_minor) AS captured FROM {PAYMENTS} GROUP BY order_id
                ) p ON p.order_id = o.id
                LEFT JOIN (
                    SELECT p.order_id, sum(r.amount_minor) AS sent_back,
                        sum(r.amount_minor) FILTER (
                            WHERE r.line_id IS NOT NULL OR jsonb_array_length(r.approved_by) >= 2
                        ) AS given_up,
                        sum(r.amount_minor) FILTER (WHERE r.state = 'done') AS done
                    FROM {REFUNDS} r JOIN {PAYMENTS} p ON p.id = r.payment_id
                    WHERE r.state <> 'failed' GROUP BY p.order_id
                ) r ON r.order_id = o.id
            ) AS money
            WHERE NOT queued AND state <> 'needs_attention' AND CASE
                WHEN state IN ('paid', 'cancelling', 'cancelled', 'partly_cancelled', 'certified')
                    THEN captured - (sent_back - given_up) <> due
                WHEN state = 'refunded' THEN captured <> done
                WHEN state = 'refunding' THEN captured = 0
                ELSE captured > sent_back END
        """,
    ),
    Check(
        invariant=11,
        name="refunds-within-captured",
        subject="payment",
        rows=PAYMENTS,
        breaches=f"""
            SELECT p.id, 'captured ' || p.captured_minor || ', counted as sent back ' || p.refunded_minor
                || ', sent back ' || COALESCE(sum(r.amount_minor) FILTER (WHERE r.state = 'done'), 0) || ', asked for '
                || COALESCE(sum(r.amount_minor), 0) AS detail
            FROM {PAYMENTS} p LEFT JOIN {REFUNDS} r ON r.payment_id = p.id AND r.state <> 'failed'
            GROUP BY p.id
            HAVING COALESCE(sum(r.amount_minor), 0) > p.captured_minor
                OR COALESCE(sum(r.amount_minor) FILTER (WHERE r.state = 'done'), 0) <> p.refunded_minor
        """,
    ),
    Check(
        invariant=11,
        name="cancelled-lines-are-refunded-by-two",
        subject="refund",
        rows=REFUNDS,
        breaches=f"""
            SELECT r.id, 'for units that are cancelled, without two approvals' AS detail
            FROM {REFUNDS} r JOIN {PAYMENTS} p ON p.id = r.payment_id
            WHERE r.state <> 'failed' AND r.purpose IN ('line', 'order', 'late')
                AND (SELECT count(DISTINCT value) FROM jsonb_array_elements(r.approved_by)) < 2
                AND EXISTS (
                    SELECT 1 FROM {LINES} l WHERE l.order_id = p.order_id AND l.state = 'cancelled'
                        AND (r.line_id IS NULL OR l.id = r.line_id)
                )
        """,
    ),
)
