"""Order checks of plugins: asked before a payment begins and before a cancellation, and what they said is kept.

No plugin is asked inside a transaction.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.utils.translation import gettext as _

from creditstore.core.errors import StoreError
from creditstore.orders.models import Order, OrderCheckRecord
from creditstore_host.installation import get_host
from creditstore_host.records import CheckVerdict
from creditstore_plugins import Allow, CheckedLine, CheckStage, Deny, Money, OrderFacts, Review

#: More of a plugin's words is not kept.
LONGEST_REASON = 500


def ask_checks(*, order: Order, stage: CheckStage, method_id: str) -> tuple[CheckVerdict, ...]:
    """What every loaded check says of the order; one that fails says ``Review``.

    Parameters: ``method_id``, what it is or was paid with.
    """
    if not get_host().checks_orders:
        return ()
    lines = order.lines.select_related("reservation__offer__issuance__project")
    checked = tuple(
        CheckedLine(
            project_ref=line.reservation.offer.issuance.project.ref,
            country=line.reservation.offer.issuance.series,
            quantity=line.quantity,
            total=Money(minor=line.total_minor, currency=order.currency),
        )
        for line in lines
    )
    facts = OrderFacts(
        stage=stage,
        order_number=order.number,
        payment_method=method_id,
        total=order.due,
        quantity=sum(line.quantity for line in checked),
        lines=checked,
        buyer_name=order.buyer_name,
        buyer_organisation=order.buyer_organisation,
        buyer_country=order.buyer_country,
        beneficiary_name=order.beneficiary_name,
        beneficiary_country=order.beneficiary_country,
        simulated=order.simulated,
    )
    return get_host().check_order(facts, seconds=settings.CREDITSTORE_ORDER_CHECK_SECONDS)


def record_verdicts(*, order: Order, stage: CheckStage, verdicts: Iterable[CheckVerdict]) -> None:
    """Keep what the checks said."""
    OrderCheckRecord.objects.bulk_create(
        OrderCheckRecord(
            order=order,
            judge=verdict.plugin_id,
            stage=stage.value,
            verdict=verdict_of(verdict),
            reason=reason_of(verdict),
        )
        for verdict in verdicts
    )


def verdict_of(verdict: CheckVerdict) -> str:
    """``allow``, ``review`` or ``deny``."""
    match verdict.outcome:
        case Allow():
            return "allow"
        case Review():
            return "review"
        case Deny():
            return "deny"


def reason_of(verdict: CheckVerdict) -> str:
    """The plugin's words for staff; none where it allows."""
    return "" if isinstance(verdict.outcome, Allow) else verdict.outcome.reason[:LONGEST_REASON]


def refuse_denied(*, order: Order, method_id: str) -> None:
    """Stop before anything is charged what a check denies. What wants a review may be paid: staff look before the end.

    Errors: ``StoreError`` (order-denied).
    """
    verdicts = ask_checks(order=order, stage=CheckStage.PAYMENT, method_id=method_id)
    record_verdicts(order=order, stage=CheckStage.PAYMENT, verdicts=verdicts)
    denied = [verdict.outcome for verdict in verdicts if isinstance(verdict.outcome, Deny)]
    if denied:
        own_words = next((outcome.message for outcome in denied if outcome.message), "")
        message = own_words or _(
            "The store cannot take this order. Nothing was charged. Write to us if you think it can."
        )
        raise StoreError(code="order-denied", message=message)
