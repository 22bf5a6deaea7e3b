"""Triggers of certificates: the database reads a certificate's facts before it keeps them.

The same statements compare all certificates in the audit of the ledger.
"""

from __future__ import annotations

from typing import Final

import pgtrigger

_DONE: Final = """
    FROM creditstore_certificates_certificate c
    JOIN creditstore_orders_orderline l ON l.order_id = c.order_id
    JOIN creditstore_cancellation_registrytransaction t ON t.line_id = l.id AND t.state = 'completed'
    JOIN creditstore_cancellation_registrytransaction_blocks asked ON asked.registrytransaction_id = t.id
    JOIN creditstore_credits_unitblock b ON b.id = asked.unitblock_id
"""
_TOLD: Final = """
    FROM creditstore_certificates_certificate c
    CROSS JOIN LATERAL jsonb_array_elements(c.facts -> 'ranges') AS part
"""
#: A serial of the CDM without its number, field 3.
_SHARED: Final = "regexp_replace(part ->> '{end}', '^(\\w+-\\d+)-\\d+-', '\\1-#-')"


def transactions_differ(which: str) -> str:
    """A statement: the certificates that tell of other transactions, times or amounts than the registry completed.

    Parameters: ``which``, an SQL condition on the certificate ``c``. One column, the certificate's id.
    """
    done = f"""
        SELECT c.id, t.transaction_id, date_trunc('second', t.completed_at), sum(b.quantity)::bigint
        {_DONE} WHERE {which} GROUP BY c.id, t.id
    """
    told = f"""
        SELECT c.id, part ->> 'transaction', date_trunc('second', (part ->> 'completed_at')::timestamptz),
            sum((part ->> 'quantity')::bigint)::bigint
        {_TOLD} WHERE {which} GROUP BY 1, 2, 3
    """
    return _differing(done, told)


def serials_differ(which: str) -> str:
    """A statement: the certificates that show other serials than were cancelled, or a sum that is not theirs.

    Serials are compared as what they share and a set of numbers, so that another cut of the same units is the same.
    Parameters as above.
    """
    done = f"""
        SELECT c.id, concat_ws('-', b.series, b.unit_type, '#', b.original_period, b.applicable_period, b.field6,
            b.project_number), range_agg(int8range(b.start, b."end", '[]')), sum(b.quantity)::bigint
        {_DONE} WHERE b.scheme = 'cdm' AND {which} GROUP BY 1, 2
    """
    first, last = _SHARED.format(end="serial_start"), _SHARED.format(end="serial_end")
    told = f"""
        SELECT c.id, CASE WHEN {first} = {last} THEN {first} END, range_agg(int8range(
            split_part(part ->> 'serial_start', '-', 3)::bigint, split_part(part ->> 'serial_end', '-', 3)::bigint, '[]'
        )), sum((part ->> 'quantity')::bigint)::bigint
        {_TOLD} WHERE {which} GROUP BY 1, 2
    """
    sums = f"""
        SELECT c.id {_TOLD} WHERE {which} GROUP BY c.id
        HAVING sum((part ->> 'quantity')::bigint) IS DISTINCT FROM (c.facts ->> 'quantity')::bigint
    """
    return f"{_differing(done, told)} UNION {sums}"


def _differing(rows: str, others: str) -> str:
    return f"SELECT DISTINCT id FROM (({rows} EXCEPT {others}) UNION ALL ({others} EXCEPT {rows})) AS differing (id)"


def undecided(which: str) -> str:
    """A statement: the certificates of orders about which a registry has not decided, or that has cancelled nothing."""
    return f"""
        SELECT c.id FROM creditstore_certificates_certificate c
        WHERE {which} AND (NOT EXISTS (
            SELECT 1 FROM creditstore_orders_orderline l
            JOIN creditstore_cancellation_registrytransaction t ON t.line_id = l.id AND t.state = 'completed'
            WHERE l.order_id = c.order_id
        ) OR EXISTS (
            SELECT 1 FROM creditstore_orders_orderline l
            LEFT JOIN creditstore_cancellation_registrytransaction t ON t.line_id = l.id
            WHERE l.order_id = c.order_id AND (
                l.state IN ('reserved', 'paid', 'cancelling')
                OR t.state IN ('prepared', 'proposed', 'checked', 'checked_discrepancy')
            )
        ))
    """


def only_after_completion() -> pgtrigger.Trigger:
    """Invariants 9 and 10: no certificate while a registry may still decide, and none that tells anything else.

    It shows every completed transaction at the registry's time, exactly the serials of its blocks, and their sum.
    """
    return pgtrigger.Trigger(
        name="only_after_completion",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        func=f"""
            IF EXISTS ({undecided("c.id = NEW.id")}) THEN
                RAISE EXCEPTION 'the registry has not decided about order %', NEW.order_id
                    USING ERRCODE = 'check_violation';
            END IF;
            IF EXISTS ({transactions_differ("c.id = NEW.id")}) THEN
                RAISE EXCEPTION 'certificate % shows other transactions than the registry completed', NEW.number
                    USING ERRCODE = 'check_violation';
            END IF;
            IF EXISTS ({serials_differ("c.id = NEW.id")}) THEN
                RAISE EXCEPTION 'certificate % shows other serials than were cancelled', NEW.number
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        """,
    )
