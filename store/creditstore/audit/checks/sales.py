"""Offers and reservations: invariants 6, 7 and 12."""

from __future__ import annotations

from typing import Final

from creditstore.audit.checks.base import BLOCKS, ISSUANCES, OFFERS, PROJECTS, RECORDS, RESERVATIONS, Check
from creditstore.credits.triggers import EXPIRING, FACTS_OF_ISSUANCE

_OF_OFFER = ", ".join(f"offer.{column}" for column in FACTS_OF_ISSUANCE)
_OF_ISSUANCE = ", ".join(FACTS_OF_ISSUANCE.values())

SALES: Final = (
    Check(
        invariant=6,
        name="reservations-end-once",
        subject="reservation",
        rows=RESERVATIONS,
        breaches=f"""
            SELECT COALESCE(r.id, t.subject_id) AS id,
                COALESCE(r.state, 'gone') || ', but the audit trail has ' || COALESCE(t.ends, 'no end') AS detail
            FROM {RESERVATIONS} r
            FULL JOIN (
                SELECT subject_id, string_agg(target, ', ' ORDER BY id) AS ends
                FROM {RECORDS} WHERE machine = 'reservation' GROUP BY subject_id
            ) t ON t.subject_id = r.id
            WHERE t.ends IS DISTINCT FROM CASE r.state WHEN 'active' THEN NULL ELSE COALESCE(r.state, '') END
        """,
    ),
    Check(
        invariant=6,
        name="carved-as-promised",
        subject="reservation",
        rows=RESERVATIONS,
        breaches=f"""
            SELECT r.id, r.state || ' for ' || r.quantity || ', carved ' || sum(b."end" - b.start + 1) AS detail
            FROM {RESERVATIONS} r JOIN {BLOCKS} b ON b.reservation_id = r.id AND b.is_leaf
            GROUP BY r.id
            HAVING r.state <> 'consumed' OR sum(b."end" - b.start + 1) > r.quantity
                OR bool_or(b.offer_id IS DISTINCT FROM r.offer_id)
        """,
    ),
    Check(
        invariant=7,
        name="offers-have-what-they-promise",
        subject="offer",
        rows=OFFERS,
        breaches=f"""
            SELECT o.id, 'offered ' || o.offered || ', reserved ' || o.reserved || ', sold ' || o.sold || ', frozen '
                || o.frozen || '; held ' || COALESCE(b.held, 0) || ', carved ' || COALESCE(b.carved, 0)
                || ', in doubt ' || COALESCE(b.doubted, 0) || ', promised ' || COALESCE(r.promised, 0) AS detail
            FROM {OFFERS} o
            LEFT JOIN (
                SELECT offer_id, sum("end" - start + 1) FILTER (WHERE state = 'held') AS held,
                    sum("end" - start + 1) FILTER (WHERE state IN ('assigned', 'cancelled')) AS carved,
                    sum("end" - start + 1) FILTER (WHERE state = 'held' AND in_doubt) AS doubted,
                    count(DISTINCT issuance_id) AS issuances, min(issuance_id) AS issuance_id
                FROM {BLOCKS} WHERE is_leaf AND offer_id IS NOT NULL GROUP BY offer_id
            ) b ON b.offer_id = o.id
            LEFT JOIN (
                SELECT offer_id, sum(quantity) AS promised FROM {RESERVATIONS} WHERE state = 'active' GROUP BY offer_id
            ) r ON r.offer_id = o.id
            WHERE o.offered <> COALESCE(b.held, 0) + COALESCE(b.carved, 0) OR o.sold <> COALESCE(b.carved, 0)
                OR o.frozen <> COALESCE(b.doubted, 0) OR o.reserved <> COALESCE(r.promised, 0)
                OR COALESCE(r.promised, 0) > COALESCE(b.held, 0)
                OR b.issuances > 1 OR b.issuance_id <> o.issuance_id
        """,
    ),
    Check(
        invariant=7,
        name="offers-repeat-their-issuance",
        subject="offer",
        rows=OFFERS,
        breaches=f"""
            SELECT offer.id, 'says (' || concat_ws(', ', {_OF_OFFER}) || '), its issuance ('
                || concat_ws(', ', {_OF_ISSUANCE}) || ')' AS detail
            FROM {OFFERS} AS offer
            JOIN {ISSUANCES} AS issuance ON issuance.id = offer.issuance_id
            JOIN {PROJECTS} AS project ON project.id = issuance.project_id
            WHERE ({_OF_OFFER}) IS DISTINCT FROM ({_OF_ISSUANCE})
        """,
    ),
    Check(
        invariant=12,
        name="temporary-units-opted-in",
        subject="offer",
        rows=OFFERS,
        breaches=f"""
            SELECT o.id, 'temporary units without an opt-in' AS detail
            FROM {OFFERS} o JOIN {ISSUANCES} i ON i.id = o.issuance_id
            WHERE i.unit_type IN ({EXPIRING}) AND NOT o.temporary_allowed
        """,
    ),
)
