"""Registry transactions, certificates, the register: invariants 8 to 10 and 13."""

from __future__ import annotations

from typing import Final

from creditstore.audit.checks.base import ASKED, BLOCKS, CERTIFICATES, FAILED, LINES, ORDERS, TRANSACTIONS, Check
from creditstore.cancellation.triggers import LARGEST
from creditstore.certificates.triggers import serials_differ, transactions_differ, undecided

REGISTRY: Final = (
    Check(
        invariant=8,
        name="transactions-hold-their-blocks",
        subject="registry transaction",
        rows=f"{TRANSACTIONS} WHERE state NOT IN {FAILED}",
        breaches=f"""
            SELECT t.id, t.state || ' with ' || count(b.id) || ' blocks' AS detail
            FROM {TRANSACTIONS} t
            LEFT JOIN {ASKED} asked ON asked.registrytransaction_id = t.id
            LEFT JOIN {BLOCKS} b ON b.id = asked.unitblock_id
            WHERE t.state NOT IN {FAILED}
            GROUP BY t.id
            HAVING count(b.id) NOT BETWEEN 1 AND {LARGEST} OR bool_or(
                NOT b.is_leaf OR CASE t.state
                    WHEN 'completed' THEN b.state <> 'cancelled' OR b.cancelled_at IS DISTINCT FROM t.completed_at
                    ELSE b.state <> 'assigned' END
            )
        """,
    ),
    Check(
        invariant=8,
        name="blocks-are-asked-for-once",
        subject="block",
        rows=ASKED,
        breaches=f"""
            SELECT asked.unitblock_id AS id, 'in transactions ' || string_agg(t.id::text, ', ' ORDER BY t.id) AS detail
            FROM {ASKED} asked JOIN {TRANSACTIONS} t ON t.id = asked.registrytransaction_id
            WHERE t.state NOT IN {FAILED} GROUP BY asked.unitblock_id HAVING count(*) > 1
        """,
    ),
    Check(
        invariant=8,
        name="keys-are-single",
        subject="registry transaction",
        rows=TRANSACTIONS,
        breaches=f"""
            SELECT min(id) AS id, count(*) || ' under one key' AS detail FROM {TRANSACTIONS}
            GROUP BY key HAVING count(*) > 1
            UNION ALL
            SELECT min(id), count(*) || ' of one part of one attempt' FROM {TRANSACTIONS}
            GROUP BY line_id, attempt, part HAVING count(*) > 1
            UNION ALL
            SELECT min(id), count(*) || ' under one id of the registry' FROM {TRANSACTIONS}
            WHERE transaction_id <> '' GROUP BY connector, transaction_id HAVING count(*) > 1
            UNION ALL
            SELECT COALESCE(min(t.id), min(l.id)), 'lines ' || string_agg(DISTINCT l.id::text, ', ') || ' have one key'
            FROM {LINES} l LEFT JOIN {TRANSACTIONS} t ON t.line_id = l.id
            GROUP BY l.cancellation_key HAVING count(DISTINCT l.id) > 1
        """,
    ),
    Check(
        invariant=8,
        name="lines-are-cancelled-whole",
        subject="line",
        rows=LINES,
        breaches=f"""
            SELECT l.id, l.state || ', ' || l.quantity || ' ordered, ' || COALESCE(done.units, 0) || ' cancelled'
                AS detail
            FROM {LINES} l
            LEFT JOIN (
                SELECT t.line_id, sum(b."end" - b.start + 1) AS units
                FROM {TRANSACTIONS} t JOIN {ASKED} asked ON asked.registrytransaction_id = t.id
                JOIN {BLOCKS} b ON b.id = asked.unitblock_id
                WHERE t.state = 'completed' GROUP BY t.line_id
            ) done ON done.line_id = l.id
            WHERE CASE l.state WHEN 'cancelled' THEN COALESCE(done.units, 0) <> l.quantity
                WHEN 'reserved' THEN done.units IS NOT NULL WHEN 'released' THEN done.units IS NOT NULL
                WHEN 'paid' THEN done.units IS NOT NULL ELSE done.units > l.quantity END
            UNION ALL
            SELECT l.id, 'units are cancelled, but no transaction tells of it' FROM {LINES} l
            JOIN {BLOCKS} b ON b.reservation_id = l.reservation_id AND b.is_leaf AND b.state = 'cancelled'
            WHERE NOT EXISTS (
                SELECT 1 FROM {ASKED} asked JOIN {TRANSACTIONS} t ON t.id = asked.registrytransaction_id
                WHERE asked.unitblock_id = b.id AND t.state = 'completed' AND t.line_id = l.id
            )
            GROUP BY l.id
        """,
    ),
    Check(
        invariant=9,
        name="no-certificate-before-completion",
        subject="certificate",
        rows=CERTIFICATES,
        breaches=f"""
            SELECT id, 'the registry has not decided about its order' AS detail FROM ({undecided("true")}) AS found
            UNION ALL
            SELECT c.id, 'certified without a cancelled unit' FROM {ORDERS} o
            JOIN {CERTIFICATES} c ON c.order_id = o.id
            WHERE o.state NOT IN ('cancelled', 'partly_cancelled', 'certified', 'needs_attention')
        """,
    ),
    Check(
        invariant=10,
        name="certificates-show-the-blocks",
        subject="certificate",
        rows=CERTIFICATES,
        breaches=f"""
            SELECT id, 'other serials than were cancelled, or another sum' AS detail
            FROM ({serials_differ("true")}) AS found
        """,
    ),
    Check(
        invariant=13,
        name="certificates-show-the-register",
        subject="certificate",
        rows=CERTIFICATES,
        breaches=f"""
            SELECT id, 'other transactions, times or amounts than the registry completed' AS detail
            FROM ({transactions_differ("true")}) AS found
            UNION ALL
            SELECT c.id, 'another name or reason than the register has'
            FROM {CERTIFICATES} c JOIN {ORDERS} o ON o.id = c.order_id
            WHERE c.state = 'issued' AND (c.facts ->> 'beneficiary', c.facts ->> 'reason', c.facts ->> 'order_number')
                IS DISTINCT FROM (o.beneficiary_name, o.reason, o.number)
        """,
    ),
    Check(
        invariant=13,
        name="certified-orders-have-one-certificate",
        subject="order",
        rows=f"{ORDERS} WHERE state = 'certified'",
        breaches=f"""
            SELECT o.id, count(c.id) || ' valid certificates' AS detail
            FROM {ORDERS} o LEFT JOIN {CERTIFICATES} c ON c.order_id = o.id AND c.state = 'issued'
            GROUP BY o.id HAVING count(c.id) > 1 OR o.state = 'certified' AND count(c.id) = 0
        """,
    ),
)
