"""Triggers of orders, for what constraints cannot say."""

from __future__ import annotations

import pgtrigger

_SUM = """
    IF (SELECT o.total_minor FROM creditstore_orders_order o WHERE o.id = _order) <> (
        SELECT COALESCE(SUM(l.total_minor), 0) FROM creditstore_orders_orderline l WHERE l.order_id = _order
    ) THEN
        RAISE EXCEPTION 'the total of order % is not the sum of its lines', _order USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""


def total_is_sum_of_lines() -> pgtrigger.Trigger:
    """Invariant 11, at commit: an order's total is the sum of its lines (its side; the amount itself never changes)."""
    return pgtrigger.Trigger(
        name="sum_of_its_lines",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        timing=pgtrigger.Deferred,
        declare=[("_order", "bigint")],
        func=f"_order := NEW.id; {_SUM}",
    )


def line_within_total() -> pgtrigger.Trigger:
    """Invariant 11, at commit: the same from the side of a line."""
    return pgtrigger.Trigger(
        name="within_the_total",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        timing=pgtrigger.Deferred,
        declare=[("_order", "bigint")],
        func=f"_order := NEW.order_id; {_SUM}",
    )
