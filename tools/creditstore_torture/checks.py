"""What must hold of a store's rows: always what its audit looks at, and more when nothing is on its way any more."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection

from creditstore.audit.services import run_audit

#: What must hold as well when nothing is on its way any more: each query counts breaches.
AT_THE_END: Mapping[str, str] = {
    "an order in no final state": """
        SELECT count(*) FROM creditstore_orders_order
        WHERE state NOT IN ('certified', 'expired', 'withdrawn', 'refunded')
    """,
    "money without cancellation or refund": """
        SELECT count(*) FROM creditstore_orders_order o
        WHERE o.state NOT IN ('certified', 'refunded') AND EXISTS (
            SELECT 1 FROM creditstore_payments_payment p
            WHERE p.order_id = o.id AND p.captured_minor > 0 AND p.state <> 'refunded')
    """,
    "an order was paid twice, or another sum": """
        SELECT count(*) FROM creditstore_orders_order o
        WHERE (SELECT coalesce(sum(p.captured_minor), 0) FROM creditstore_payments_payment p WHERE p.order_id = o.id)
            NOT IN (0, o.total_minor + o.tax_minor)
    """,
    "cancellation without money": """
        SELECT count(*) FROM creditstore_orders_order o
        WHERE o.state IN ('cancelled', 'certified') AND NOT EXISTS (
            SELECT 1 FROM creditstore_payments_payment p WHERE p.order_id = o.id AND p.state = 'captured')
    """,
    "a certified order without its certificate": """
        SELECT count(*) FROM creditstore_orders_order o
        WHERE o.state = 'certified' AND NOT EXISTS (
            SELECT 1 FROM creditstore_certificates_certificate c WHERE c.order_id = o.id AND c.state = 'issued')
    """,
    "a reservation that is still active": """
        SELECT count(*) FROM creditstore_credits_reservation WHERE state = 'active'
    """,
    "a job that failed for good": "SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'",
}


def breaches(*, at_the_end: bool) -> dict[str, int]:
    """How often each rule is broken; empty when all hold."""
    found = {f"audit: {result.name}": result.breaches for result in run_audit().results if result.breaches}
    with connection.cursor() as cursor:
        for name, query in AT_THE_END.items() if at_the_end else ():
            cursor.execute(query)
            (count,) = cursor.fetchone()
            if count:
                found[name] = count
    return found
