"""Triggers of payments and refunds, for what constraints cannot say."""

from __future__ import annotations

import pgtrigger


def refunds_within_captured() -> pgtrigger.Trigger:
    """Never more is sent back than was captured, failed refunds aside. The payment is locked: no two slip through."""
    return pgtrigger.Trigger(
        name="refunds_within_captured",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("state", "amount_minor"),  # type: ignore[no-untyped-call]
        condition=~pgtrigger.Q(new__state="failed"),
        declare=[("_captured", "bigint"), ("_others", "bigint")],
        func="""
            SELECT captured_minor INTO _captured FROM creditstore_payments_payment WHERE id = NEW.payment_id FOR UPDATE;
            SELECT COALESCE(SUM(amount_minor), 0) INTO _others FROM creditstore_payments_refund
                WHERE payment_id = NEW.payment_id AND state <> 'failed' AND id <> NEW.id;
            IF _others + NEW.amount_minor > _captured THEN
                RAISE EXCEPTION 'refunds of payment % exceed what was captured', NEW.payment_id
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )


def cancelled_needs_two() -> pgtrigger.Trigger:
    """Invariant 11: money for units that are cancelled is sent back only with two different people's approval."""
    return pgtrigger.Trigger(
        name="cancelled_needs_two",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=pgtrigger.Q(new__purpose__in=["line", "order", "late"]),
        func="""
            IF (SELECT COUNT(DISTINCT value) FROM jsonb_array_elements(NEW.approved_by)) < 2 AND EXISTS (
                SELECT 1 FROM creditstore_orders_orderline l
                JOIN creditstore_payments_payment p ON p.order_id = l.order_id
                WHERE p.id = NEW.payment_id AND l.state = 'cancelled' AND (NEW.line_id IS NULL OR l.id = NEW.line_id)
            ) THEN
                RAISE EXCEPTION 'a cancelled line is refunded only with two approvals'
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )


def asks_what_is_due() -> pgtrigger.Trigger:
    """Invariant 11: a payment asks for the order's total with its tax, in the order's currency."""
    return pgtrigger.Trigger(
        name="asks_what_is_due",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func="""
            IF NOT EXISTS (
                SELECT 1 FROM creditstore_orders_order o
                WHERE o.id = NEW.order_id AND o.currency = NEW.currency
                  AND o.total_minor + o.tax_minor = NEW.amount_minor
            ) THEN
                RAISE EXCEPTION 'a payment asks for what is due' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )
