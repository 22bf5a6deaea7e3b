"""From payment to cancellation, as the order sees it. Called by payments and cancellation, inside their transactions.

An order's state after payment is derived from its lines and from what staff have open.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from creditstore.core import clock
from creditstore.core.jobs import defer, mail_lock, order_lock
from creditstore.core.states import transition
from creditstore.credits.models import UnitBlock
from creditstore.credits.services import UnitsInDoubt, carve, return_units
from creditstore.orders.attention import ASIDE, AttentionItem, AttentionKind, close_items, open_item, open_items
from creditstore.orders.doubt import tell_of_left
from creditstore.orders.models import Order, OrderLine
from creditstore.orders.services import set_order_state
from creditstore.orders.states import LINES, ORDERS, SUBSTITUTIONS

#: What was asked of staff about a line and is answered by itself when the line comes into a state.
_ANSWERED = {
    "cancelling": (AttentionKind.REFUSED,),
    "cancelled": (AttentionKind.REFUSED, AttentionKind.STALLED, AttentionKind.REGISTRY_LOST),
    "refunding": (AttentionKind.REFUSED, AttentionKind.REVIEW, AttentionKind.DENIED),
}
#: A line in one of these states is done as far as the registry goes.
_SETTLED_LINES = frozenset({"cancelled", "refunding", "refunded"})


def mark_paid(*, order: Order, actor: str) -> bool:
    """The whole amount is captured: carve the serials and ask for the cancellation of every line.

    Parameters: ``order``, locked. Returns True when the order became paid now; False when its units are not (or no
    more) reserved, and then nothing is changed; False and an item for staff when too few of them are free of doubt.
    """
    lines = list(order.lines.select_related("reservation").order_by("offer_id"))
    if not ORDERS.allows(order.state, "paid") or any(line.state != "reserved" for line in lines):
        return False
    try:
        with transaction.atomic():
            for line in lines:
                carve(reservation=line.reservation, actor=actor)
                transition(instance=line, table=LINES, to="paid", actor=actor)
                defer("creditstore.cancellation.submit_line", lock=order_lock(order.number), line_id=line.pk)
    except UnitsInDoubt:
        reason = "paid, but units promised to it are in doubt"
        needs_attention(order=order, kind=AttentionKind.UNMATCHED, actor=actor, reason=reason)
        return False
    set_order_state(order=order, to="paid", actor=actor)
    return True


def needs_attention(
    *,
    order: Order,
    kind: str,
    actor: str,
    reason: str,
    line: OrderLine | None = None,
    data: Mapping[str, Any] | None = None,
) -> AttentionItem:
    """Hand the order, or one line of it, to staff.

    Parameters: ``order``, locked; the others as ``attention.open_item``. An order whose way has ended (certified,
    refunded) stays in its state: the item alone tells of it.
    """
    item = open_item(order=order, kind=kind, actor=actor, reason=reason, line=line, data=data)
    if ORDERS.allows(order.state, "needs_attention"):
        set_order_state(order=order, to="needs_attention", actor=actor, reason=reason)
    return item


def settle_attention(
    *, order: Order, actor: str, resolution: str, kind: str | None = None, line: OrderLine | None = None
) -> int:
    """Close what is open and let the order go on where its lines are. Parameters as ``attention.close_items``."""
    closed = close_items(order=order, actor=actor, resolution=resolution, kind=kind, line=line)
    derive_order_state(order=order, actor=actor, reason=resolution)
    return closed


def move_line(*, line: OrderLine, to: str, actor: str, reason: str = "") -> bool:
    """Move a line and derive its order's state. The order is locked by the caller. True when the line moved."""
    changed = transition(instance=line, table=LINES, to=to, actor=actor, reason=reason)
    if changed:
        if to == "refused":
            open_item(order=line.order, kind=AttentionKind.REFUSED, actor=actor, reason=reason or "refused", line=line)
        if to in ("cancelling", "refunding"):
            _withdraw_proposals(line=line, actor=actor)
        for kind in _ANSWERED.get(to, ()):
            close_items(order=line.order, actor=actor, resolution=f"the line is {to}", kind=kind, line=line)
        derive_order_state(order=line.order, actor=actor, reason=reason)
    return changed


def _withdraw_proposals(*, line: OrderLine, actor: str) -> None:
    """What was proposed instead of the line's units is void once the line goes another way."""
    for proposal in line.substitutions.filter(state="proposed"):
        values = {"decided_at": clock.now()}
        transition(instance=proposal, table=SUBSTITUTIONS, to="withdrawn", actor=actor, values=values)


def give_up_line(*, line: OrderLine, actor: str, reason: str) -> bool:
    """The money of this line goes back: what is not cancelled of its units returns to the offer.

    From here on the line is never tried again. Called by refunds when one is asked for; ``move_line`` to ``refunded``
    follows when the money has gone. The order is locked by the caller. True when this call did it.
    """
    changed = move_line(line=line, to="refunding", actor=actor, reason=reason)
    if changed:
        return_units(reservation=line.reservation, actor=actor)
        tell_of_left(line=line, actor=actor)
    return changed


def cancelled_units(*, line: OrderLine) -> int:
    """How many units of this line the registry has cancelled. A refused line can hold some: see registry parts."""
    blocks = UnitBlock.objects.filter(reservation_id=line.reservation_id, is_leaf=True, state="cancelled")
    return sum(blocks.values_list("quantity", flat=True))


def derive_order_state(*, order: Order, actor: str, reason: str = "") -> None:
    """Say of the order what its lines say together. The order is locked by the caller."""
    lines = list(order.lines.all())
    states = {line.state for line in lines}
    if "refused" in states:
        set_order_state(order=order, to="needs_attention", actor=actor, reason=reason)
    elif states <= {"cancelled"}:
        if order.state not in ("cancelled", "certified"):
            set_order_state(order=order, to="cancelled", actor=actor)
        _ask_for_certificate(order)
    elif states <= _SETTLED_LINES:
        _derive_given_up(order=order, lines=lines, states=states, actor=actor)
    elif order.state == "needs_attention" and _waits_for_somebody(order):
        # Somebody has to look first; the lines go on by themselves meanwhile.
        return
    elif states & {"cancelling", "cancelled"}:
        if order.state in ("paid", "needs_attention"):
            set_order_state(order=order, to="cancelling", actor=actor)
    elif "paid" in states and order.state == "needs_attention":
        set_order_state(order=order, to="paid", actor=actor)


def _waits_for_somebody(order: Order) -> bool:
    return any(item.kind not in ASIDE for item in open_items(order=order))


def _derive_given_up(*, order: Order, lines: list[OrderLine], states: set[str], actor: str) -> None:
    """Nothing is open at the registry, and money of at least one line goes back."""
    if not any(cancelled_units(line=line) for line in lines):
        set_order_state(order=order, to="refunded" if states == {"refunded"} else "refunding", actor=actor)
    elif order.state != "certified":
        if set_order_state(order=order, to="partly_cancelled", actor=actor):
            defer("creditstore.orders.mail_partly_cancelled", lock=mail_lock(order.number), order_id=order.pk)
        _ask_for_certificate(order)


def _ask_for_certificate(order: Order) -> None:
    defer("creditstore.certificates.issue", lock=order_lock(order.number), order_id=order.pk)
