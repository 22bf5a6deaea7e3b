"""Units and blocks: invariants 1 to 5."""

from __future__ import annotations

from typing import Final

from creditstore.audit.checks.base import BLOCKS, ISSUANCES, RECORDS, Check

UNITS: Final = (
    Check(
        invariant=1,
        name="cancelled-once",
        subject="block",
        rows=f"{BLOCKS} WHERE state = 'cancelled'",
        breaches=f"""
            SELECT id, 'cancelled, but split or without a time' AS detail FROM {BLOCKS}
            WHERE state = 'cancelled' AND (NOT is_leaf OR cancelled_at IS NULL)
            UNION ALL
            SELECT r.subject_id, 'the audit trail: ' || string_agg(r.source || ' to ' || r.target, ', ' ORDER BY r.id)
            FROM {RECORDS} r LEFT JOIN {BLOCKS} b ON b.id = r.subject_id
            WHERE r.machine = 'block' AND 'cancelled' IN (r.source, r.target)
            GROUP BY r.subject_id, b.state
            HAVING count(*) > 1 OR bool_or(r.source = 'cancelled') OR b.state IS DISTINCT FROM 'cancelled'
        """,
    ),
    Check(
        invariant=2,
        name="leaves-never-overlap",
        subject="block",
        rows=f"{BLOCKS} WHERE is_leaf",
        breaches=f"""
            SELECT id, 'begins at ' || start || ', but another leaf ends at ' || before AS detail FROM (
                SELECT id, start, max("end") OVER (
                    PARTITION BY scheme, series ORDER BY start, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
                ) AS before
                FROM {BLOCKS} WHERE is_leaf
            ) AS leaves WHERE start <= before
        """,
    ),
    Check(
        invariant=3,
        name="children-tile-parent",
        subject="block",
        rows=f"{BLOCKS} WHERE NOT is_leaf",
        breaches=f"""
            SELECT p.id, 'has ' || count(k.id) || ' children of ' || COALESCE(sum(k."end" - k.start + 1), 0) || ' units'
                AS detail
            FROM {BLOCKS} p
            LEFT JOIN (
                SELECT id, parent_id, start, "end", lag("end") OVER (PARTITION BY parent_id ORDER BY start) AS before,
                    scheme, series, issuance_id, unit_type, original_period, applicable_period, field6, project_number
                FROM {BLOCKS} WHERE parent_id IS NOT NULL
            ) k ON k.parent_id = p.id
            WHERE NOT p.is_leaf OR k.id IS NOT NULL
            GROUP BY p.id
            HAVING p.is_leaf OR min(k.start) IS DISTINCT FROM p.start OR max(k."end") IS DISTINCT FROM p."end"
                OR bool_or(k.start <> k.before + 1)
                OR bool_or((k.scheme, k.series, k.issuance_id, k.unit_type, k.original_period, k.applicable_period,
                    k.field6, k.project_number) IS DISTINCT FROM (p.scheme, p.series, p.issuance_id, p.unit_type,
                    p.original_period, p.applicable_period, p.field6, p.project_number))
        """,
    ),
    Check(
        invariant=4,
        name="issued-is-cancelled-plus-outstanding",
        subject="issuance",
        rows=ISSUANCES,
        breaches=f"""
            SELECT i.id, 'issued ' || i."end" - i.start + 1 || ', cancelled ' || COALESCE(b.cancelled, 0)
                || ', outstanding ' || COALESCE(b.outstanding, 0) AS detail
            FROM {ISSUANCES} i
            LEFT JOIN (
                SELECT issuance_id, min(start) AS first, max("end") AS last,
                    sum("end" - start + 1) FILTER (WHERE state = 'cancelled') AS cancelled,
                    sum("end" - start + 1) FILTER (WHERE state <> 'cancelled') AS outstanding
                FROM {BLOCKS} WHERE is_leaf GROUP BY issuance_id
            ) b ON b.issuance_id = i.id
            WHERE COALESCE(b.cancelled, 0) + COALESCE(b.outstanding, 0) <> i."end" - i.start + 1
                OR b.first <> i.start OR b.last <> i."end"
        """,
    ),
    Check(
        invariant=4,
        name="blocks-are-of-their-issuance",
        subject="block",
        rows=f"{BLOCKS} WHERE parent_id IS NULL",
        breaches=f"""
            SELECT b.id, 'a root that is not its issuance' AS detail
            FROM {BLOCKS} b JOIN {ISSUANCES} i ON i.id = b.issuance_id
            WHERE b.parent_id IS NULL AND (b.scheme, b.series, b.start, b."end", b.unit_type, b.original_period)
                IS DISTINCT FROM (i.scheme, i.series, i.start, i."end", i.unit_type, i.commitment_period)
            UNION ALL
            SELECT min(id), 'one of ' || count(*) || ' roots of one issuance' FROM {BLOCKS}
            WHERE parent_id IS NULL GROUP BY issuance_id HAVING count(*) > 1
        """,
    ),
    Check(
        invariant=5,
        name="ranges",
        subject="block",
        rows=BLOCKS,
        breaches=f"""
            SELECT id, start || ' to ' || "end" || ', quantity ' || quantity AS detail FROM {BLOCKS}
            WHERE start < 1 OR "end" < start OR quantity IS DISTINCT FROM "end" - start + 1
        """,
    ),
    Check(
        invariant=5,
        name="issued-ranges",
        subject="issuance",
        rows=ISSUANCES,
        breaches=f"""
            SELECT id, start || ' to ' || "end" || ', quantity ' || quantity AS detail FROM {ISSUANCES}
            WHERE start < 1 OR "end" < start OR quantity IS DISTINCT FROM "end" - start + 1
        """,
    ),
)
