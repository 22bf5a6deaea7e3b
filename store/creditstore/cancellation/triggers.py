"""Triggers of registry transactions, for what constraints cannot say."""

from __future__ import annotations

import pgtrigger

#: Blocks that one transaction of a registry may hold (Data Exchange Standards).
LARGEST = 3000


def asks_for_its_line() -> pgtrigger.Trigger:
    """Invariant 8, at commit: a transaction asks for blocks of its own line, and nobody else asks for them.

    What the registry completed is cancelled here, at the registry's time. Failed transactions are history: their blocks
    may have gone elsewhere since.
    """
    return pgtrigger.Trigger(
        name="asks_for_its_line",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update,
        timing=pgtrigger.Deferred,
        condition=~pgtrigger.Q(new__state__in=["terminated", "rejected", "cancelled"]),
        declare=[("_state", "text"), ("_blocks", "bigint"), ("_right", "bigint")],
        func=f"""
            SELECT state INTO _state FROM creditstore_cancellation_registrytransaction WHERE id = NEW.id;
            IF _state IN ('terminated', 'rejected', 'cancelled') THEN
                RETURN NULL;
            END IF;
            SELECT count(*), count(*) FILTER (
                WHERE b.is_leaf AND b.reservation_id = l.reservation_id
                  AND CASE _state WHEN 'completed' THEN b.state = 'cancelled' AND b.cancelled_at = t.completed_at
                      ELSE b.state = 'assigned' END
                  AND NOT EXISTS (
                    SELECT 1 FROM creditstore_cancellation_registrytransaction_blocks other
                    JOIN creditstore_cancellation_registrytransaction u ON u.id = other.registrytransaction_id
                    WHERE other.unitblock_id = b.id AND u.id <> t.id
                      AND u.state NOT IN ('terminated', 'rejected', 'cancelled')
                )
            ) INTO _blocks, _right
            FROM creditstore_cancellation_registrytransaction t
            JOIN creditstore_orders_orderline l ON l.id = t.line_id
            JOIN creditstore_cancellation_registrytransaction_blocks asked ON asked.registrytransaction_id = t.id
            JOIN creditstore_credits_unitblock b ON b.id = asked.unitblock_id
            WHERE t.id = NEW.id;
            IF _blocks NOT BETWEEN 1 AND {LARGEST} OR _right <> _blocks THEN
                RAISE EXCEPTION 'registry transaction % holds % blocks, of which % are as they must be',
                    NEW.id, _blocks, _right USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        """,
    )


def completed_is_final() -> pgtrigger.Trigger:
    """Invariants 9 and 13: the registry's word, once given, stays as it was given."""
    changed = [
        pgtrigger.Q(**{f"old__{name}__df": pgtrigger.F(f"new__{name}")}) for name in ("transaction_id", "completed_at")
    ]
    return pgtrigger.Protect(
        name="completed_is_final",
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__state="completed") & (changed[0] | changed[1]),
    )


def blocks_are_fixed() -> pgtrigger.Trigger:
    """Invariants 8 and 13: what a transaction asks for is written down before it is asked, and never changes after."""
    return pgtrigger.Trigger(
        name="blocks_are_fixed",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func="""
            IF TG_OP <> 'INSERT' OR EXISTS (
                SELECT 1 FROM creditstore_cancellation_registrytransaction t
                WHERE t.id = NEW.registrytransaction_id AND t.state <> 'prepared'
            ) THEN
                RAISE EXCEPTION 'the blocks of a registry transaction are fixed' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )
