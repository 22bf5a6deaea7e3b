"""Units in doubt of order lines, and what lines that ended otherwise have left behind of them.

When a line's money goes back, or other units stand in for its own, its units return to their offer; those in doubt stay
where they are until staff, or the reconciliation, know more. Then they return, too.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q, QuerySet

from creditstore.credits.models import Reservation, UnitBlock
from creditstore.credits.services import return_units
from creditstore.credits.triggers import AT_THE_REGISTRY
from creditstore.orders.attention import AttentionKind, close_items, open_item
from creditstore.orders.models import OrderLine, Substitution

#: A line in one of these states is never tried again.
_GIVEN_UP = ("refunding", "refunded")


def units_in_doubt(*, line: OrderLine) -> QuerySet[UnitBlock]:
    """Blocks in doubt that are carved for this line, or were before other units stood in for them."""
    carved = UnitBlock.objects.filter(Q(reservation=line.reservation_id) | Q(reservation__in=_replaced(line=line)))
    return carved.filter(is_leaf=True, in_doubt=True, state="assigned").order_by("start")


def _replaced(*, line: OrderLine | None = None) -> QuerySet[Substitution, int]:
    """Reservations whose units the registry refused and for which the buyer accepted others."""
    accepted = Substitution.objects.filter(state="accepted")
    return (accepted if line is None else accepted.filter(line=line)).values_list("replaced", flat=True)


def tell_of_left(*, line: OrderLine, actor: str) -> None:
    """Open an item for what a line that was given up or replaced leaves in doubt. The order is locked by the caller."""
    left = sum(units_in_doubt(line=line).values_list("quantity", flat=True))
    if left:
        reason = f"{left} units of a line that ended otherwise stay in doubt"
        open_item(order=line.order, kind=AttentionKind.IN_DOUBT, actor=actor, reason=reason, line=line)


def return_left(*, reservations: Iterable[int], actor: str, reason: str) -> int:
    """Put back on sale what lines that were given up or replaced had left in doubt and is in doubt no more.

    Parameters: ``reservations``, keys of those whose blocks have just been thawed; others than left ones are passed
    over, as are those about which a registry may still decide. ``reason``, as in the audit trail. Returns how many
    units are on sale again.
    """
    left = (
        Reservation.objects.filter(pk__in=set(reservations))
        .filter(Q(order_line__state__in=_GIVEN_UP) | Q(pk__in=_replaced()))
        .exclude(blocks__registry_transactions__state__in=AT_THE_REGISTRY)
        .order_by("offer_id", "pk")
    )
    with transaction.atomic():
        returned = sum(return_units(reservation=reservation, actor=actor) for reservation in left)
        told = OrderLine.objects.filter(attention_items__kind=AttentionKind.IN_DOUBT, attention_items__closed_at=None)
        about = Q(reservation__in=left) | Q(substitutions__replaced__in=left)
        for line in told.filter(about).select_related("order").distinct():
            if not units_in_doubt(line=line).exists():
                close_items(order=line.order, actor=actor, resolution=reason, kind=AttentionKind.IN_DOUBT, line=line)
    return returned
