"""Finding what should move and does not: a job that was lost, a registry that is silent. Staff are told, once."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery

from creditstore.cancellation.models import CancellationHold
from creditstore.core import clock
from creditstore.core.models import TransitionRecord
from creditstore.orders.attention import ASIDE, STOPPING, AttentionItem, AttentionKind, close_items, open_item
from creditstore.orders.models import Order, OrderLine
from creditstore.orders.services import lock_order
from creditstore.orders.states import LINES, ORDERS

#: Lines that are on their way to the registry, and orders whose certificate is due.
_LINES_ON_THE_WAY = ("paid", "cancelling")
_ORDERS_ON_THE_WAY = ("cancelled", "partly_cancelled")


def find_stalled(*, now: datetime | None = None) -> int:
    """Open an item for what has not moved for too long, and close those of what moves again. Returns how many."""
    now = now or clock.now()
    cutoff = now - timedelta(minutes=settings.CREDITSTORE_STALLED_MINUTES)
    opened = 0
    lines = OrderLine.objects.filter(state__in=_LINES_ON_THE_WAY).annotate(moved=_moved(LINES.name))
    told = AttentionItem.objects.filter(Q(line=OuterRef("pk")) | Q(kind__in=STOPPING), closed_at=None).exclude(
        kind__in=ASIDE
    )
    # What waits for its time, or has just been let go, does not stall.
    waiting = CancellationHold.objects.filter(
        Q(until__gt=cutoff) | Q(released_at__gt=cutoff), line=OuterRef("pk"), line__state="paid"
    )
    about = told.filter(order=OuterRef("order_id"))
    for line in lines.filter(~Exists(about), ~Exists(waiting), moved__lt=cutoff):
        opened += _tell(order_id=line.order_id, line=line, state=line.state)
    orders = Order.objects.filter(state__in=_ORDERS_ON_THE_WAY, certificates=None).annotate(moved=_moved(ORDERS.name))
    for order in orders.filter(moved__lt=cutoff):
        opened += _tell(order_id=order.pk, line=None, state=order.state)
    _close_what_moves()
    return opened


def _moved(machine: str) -> Subquery:
    """When a row last changed its state."""
    rows: QuerySet[TransitionRecord] = TransitionRecord.objects.filter(machine=machine, subject_id=OuterRef("pk"))
    return Subquery(rows.values("subject_id").annotate(last=Max("at")).values("last"))


def _tell(*, order_id: int, line: OrderLine | None, state: str) -> bool:
    with transaction.atomic():
        order = lock_order(order_id=order_id)
        if order.attention_items.filter(closed_at=None, line=line).exclude(kind__in=ASIDE).exists():
            return False
        subject = line if line is not None else order
        subject.refresh_from_db(fields=["state"])
        if subject.state != state:
            return False
        minutes = settings.CREDITSTORE_STALLED_MINUTES
        open_item(
            order=order,
            kind=AttentionKind.STALLED,
            actor="system",
            reason=f"{state} for more than {minutes} minutes",
            line=line,
        )
    return True


def _close_what_moves() -> None:
    """The state tells: a line that left the way, or an order that has its certificate, is not stalled any more."""
    items = AttentionItem.objects.filter(kind=AttentionKind.STALLED, closed_at=None, actor="system")
    for item in items.select_related("line", "order"):
        stuck = item.line.state in _LINES_ON_THE_WAY if item.line else item.order.state in _ORDERS_ON_THE_WAY
        if not stuck:
            with transaction.atomic():
                order = lock_order(order_id=item.order_id)
                close_items(order=order, actor="system", resolution="it moved on", item=item)
