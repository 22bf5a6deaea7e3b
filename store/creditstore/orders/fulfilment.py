"""From payment to cancellation, as the order sees it. Called by payments and cancellation, inside their transactions.

An order's state after payment is derived from its lines.
"""

from __future__ import annotations

from creditstore.core.jobs import defer, order_lock
from creditstore.core.states import transition
from creditstore.credits.services import carve
from creditstore.orders.models import Order, OrderLine
from creditstore.orders.services import set_order_state
from creditstore.orders.states import LINES, PAYABLE


def mark_paid(*, order: Order, actor: str) -> bool:
    """The whole amount is captured: carve the serials and ask for the cancellation of every line.

    Parameters: ``order``, locked. Money that arrives when the order can no longer be fulfilled goes to staff. Returns
    True when the order became paid now.
    """
    if order.state not in PAYABLE:
        if order.state in ("expired", "withdrawn"):
            needs_attention(order=order, actor=actor, reason="paid after the units were given back")
        return False
    for line in order.lines.select_related("reservation").order_by("offer_id"):
        carve(reservation=line.reservation, actor=actor)
        transition(instance=line, table=LINES, to="paid", actor=actor)
        defer("creditstore.cancellation.submit_line", lock=order_lock(order.number), line_id=line.pk)
    set_order_state(order=order, to="paid", actor=actor)
    return True


def needs_attention(*, order: Order, actor: str, reason: str) -> None:
    """Hand the order to staff. ``reason`` is for the audit trail: no personal data."""
    set_order_state(order=order, to="needs_attention", actor=actor, reason=reason)


def move_line(*, line: OrderLine, to: str, actor: str, reason: str = "") -> bool:
    """Move a line and derive its order's state. The order is locked by the caller. True when the line moved."""
    changed = transition(instance=line, table=LINES, to=to, actor=actor, reason=reason)
    if changed:
        derive_order_state(order=line.order, actor=actor, reason=reason)
    return changed


def derive_order_state(*, order: Order, actor: str, reason: str = "") -> None:
    """Say of the order what its lines say together."""
    states = set(order.lines.values_list("state", flat=True))
    if "refused" in states:
        set_order_state(order=order, to="needs_attention", actor=actor, reason=reason)
    elif states <= {"cancelled"}:
        set_order_state(order=order, to="cancelled", actor=actor)
        defer("creditstore.certificates.issue", lock=order_lock(order.number), order_id=order.pk)
    elif states & {"cancelling", "cancelled"} and order.state == "paid":
        set_order_state(order=order, to="cancelling", actor=actor)
