"""Give a ledger a past: ``python -m creditstore_torture.fill_history CANCELLATIONS``.

The offer looks as if so many single units had been carved from its front and cancelled, one after the other: each left
a branch, a cancelled leaf, a consumed reservation and its audit rows behind. A few statements write all of it, around
the triggers; the audit says afterwards whether it is what they would have let pass.
"""

from __future__ import annotations

import sys

import django

#: Units that are left to sell.
LEFT = 50_000
#: Beyond the largest real number of any Party's series.
_FIRST = 5_000_000_000
_PAST = """
    INSERT INTO creditstore_credits_reservation (key, offer_id, quantity, state, expires_at, created_at)
    SELECT gen_random_uuid(), %(offer)s, 1, 'consumed', now(), now() FROM generate_series(1, %(past)s);

    CREATE TEMP TABLE sold ON COMMIT DROP AS
    SELECT row_number() OVER (ORDER BY id) AS n, id AS reservation,
           nextval(pg_get_serial_sequence('creditstore_credits_unitblock', 'id')) AS leaf,
           nextval(pg_get_serial_sequence('creditstore_credits_unitblock', 'id')) AS rest
    FROM creditstore_credits_reservation WHERE offer_id = %(offer)s;
    CREATE UNIQUE INDEX ON sold (n);

    UPDATE creditstore_credits_unitblock SET is_leaf = false WHERE id = %(block)s;
    INSERT INTO creditstore_credits_unitblock (
        id, issuance_id, parent_id, is_leaf, scheme, series, start, "end", unit_type, original_period,
        applicable_period, field6, project_number, state, offer_id, reservation_id, cancelled_at, cancellation_kind,
        in_doubt)
    SELECT sold.leaf, b.issuance_id, coalesce(before.rest, b.id), true, b.scheme, b.series, b.start + sold.n - 1,
           b.start + sold.n - 1, b.unit_type, b.original_period, b.applicable_period, b.field6, b.project_number,
           'cancelled', b.offer_id, sold.reservation, now(), 'store', false
    FROM sold LEFT JOIN sold before ON before.n = sold.n - 1
    JOIN creditstore_credits_unitblock b ON b.id = %(block)s
    UNION ALL
    SELECT sold.rest, b.issuance_id, coalesce(before.rest, b.id), sold.n = %(past)s, b.scheme, b.series,
           b.start + sold.n, b."end", b.unit_type, b.original_period, b.applicable_period, b.field6, b.project_number,
           'held', b.offer_id, NULL, NULL, '', false
    FROM sold LEFT JOIN sold before ON before.n = sold.n - 1
    JOIN creditstore_credits_unitblock b ON b.id = %(block)s;

    INSERT INTO creditstore_core_transitionrecord (machine, subject_id, source, target, actor, reason, data, at)
    SELECT step.machine, CASE step.machine WHEN 'block' THEN sold.leaf ELSE sold.reservation END, step.source,
           step.target, 'history', '', '{}', now()
    FROM sold CROSS JOIN (VALUES
        (1, 'reservation', 'active', 'consumed'), (2, 'block', 'held', 'assigned'),
        (3, 'block', 'assigned', 'cancelled')
    ) AS step (place, machine, source, target)
    ORDER BY sold.n, step.place;

    UPDATE creditstore_credits_offer SET sold = %(past)s WHERE id = %(offer)s;
"""


def main(past: int) -> None:
    """Open the offer through its service, then write its past. Errors: ``SystemExit`` when the audit finds a breach."""
    django.setup()
    from django.db import connection, transaction
    from django.utils import timezone

    from creditstore.audit.services import run_audit
    from creditstore.catalogue.models import Issuance, Project
    from creditstore.credits.models import UnitBlock
    from creditstore.credits.services import open_offer, register_issuance
    from creditstore.sellers.models import Seller
    from creditstore_plugins import Money

    with transaction.atomic():
        project = Project.objects.order_by("ref")[0]
        issuance = Issuance.objects.create(
            project=project,
            series=project.country_codes[0],
            unit_type=5,
            commitment_period=2,
            start=_FIRST,
            end=_FIRST + past + LEFT - 1,
            issued_at=timezone.now(),
            source="torture",
        )
        register_issuance(issuance=issuance)
        offer = open_offer(
            issuance=issuance,
            seller=Seller.objects.order_by("pk")[0],
            quantity=past + LEFT,
            price=Money(minor=100, currency="USD"),
        )
    block = UnitBlock.objects.get(offer=offer)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(_PAST, {"offer": offer.pk, "block": block.pk, "past": past})
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    audit = run_audit()
    if audit.breaches:
        raise SystemExit(f"the audit finds {audit.breaches} breaches in what was filled: {audit.results}")


if __name__ == "__main__":
    main(int(sys.argv[1]))
