"""What stands between a paid line and the registry: a hold time, order checks, and whatever staff have open.

A line that may not go yet has a ``CancellationHold`` and stays ``paid``; it goes when its time has come and nothing
stops it any more. Nothing here has to be remembered by a process: what is due is found again every minute.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from creditstore.accounts.models import User
from creditstore.accounts.staff import two_of_staff
from creditstore.cancellation.holds import held_until
from creditstore.cancellation.models import CancellationHold
from creditstore.core import clock
from creditstore.core.errors import StoreError
from creditstore.core.jobs import defer, order_lock
from creditstore.credits.models import UnitBlock
from creditstore.orders.attention import STOPPING, AttentionKind
from creditstore.orders.fulfilment import needs_attention
from creditstore.orders.models import Order, OrderLine
from creditstore.orders.services import lock_order


def lets_through(*, line: OrderLine) -> bool:
    """Whether a paid line may go to the registry now; one that may not is held. The order is locked by the caller."""
    hold = CancellationHold.objects.filter(line=line).first()
    if hold is None:
        until, method_id = held_until(order=line.order)
        if until > clock.now():
            CancellationHold.objects.create(line=line, until=until, method=method_id)
            return False
    elif hold.released_at is None and hold.until > clock.now():
        return False
    free = _has_free_units(line_id=line.pk)
    if not free:
        reason = "all units of the line are in doubt"
        needs_attention(order=line.order, kind=AttentionKind.UNMATCHED, actor="system", reason=reason, line=line)
    if not free or is_stopped(order=line.order):
        # Whatever stops it may come to an end: then it is found like one whose time has come.
        CancellationHold.objects.update_or_create(
            line=line, defaults={"released_at": None, "released_by": ""}, create_defaults={"until": clock.now()}
        )
        return False
    return True


def is_stopped(*, order: Order) -> bool:
    """Whether something speaks against the cancellation that only a person can clear up."""
    return (
        order.attention_items.filter(closed_at=None, kind__in=STOPPING).exists()
        or order.payments.filter(state="disputed").exists()
    )


def _has_free_units(*, line_id: int) -> bool:
    """Whether any unit carved for the line is free of doubt."""
    blocks = UnitBlock.objects.filter(reservation__order_line=line_id, is_leaf=True, state="assigned")
    return blocks.filter(in_doubt=False).exists()


def release_due(*, now: datetime | None = None) -> int:
    """Let go what has waited long enough and is not stopped. Returns how many lines."""
    due = CancellationHold.objects.filter(released_at=None, until__lte=now or clock.now(), line__state="paid")
    return sum(_release(line_id=line_id, actor="system") for line_id in list(due.values_list("line_id", flat=True)))


def release_early(*, line: OrderLine, actor: str, approved_by: Sequence[User]) -> bool:
    """Let a line go before its time. True when this call did it.

    Parameters: ``approved_by``, two different members of staff. Errors: ``StoreError``: forbidden (not two), conflict
    (it does not wait, or something else stops it).
    """
    if not two_of_staff(approved_by):
        raise StoreError(code="forbidden", message=_("Two members of staff must approve that a line does not wait."))
    if not CancellationHold.objects.filter(line=line, line__state="paid").exists():
        raise StoreError(code="conflict", message=_("This line does not wait."))
    if is_stopped(order=line.order):
        raise StoreError(code="conflict", message=_("Something else stops this order. Clear that up first."))
    return _release(line_id=line.pk, actor=actor)


def _release(*, line_id: int, actor: str) -> bool:
    order_id = OrderLine.objects.values_list("order_id", flat=True).get(pk=line_id)
    with transaction.atomic():
        order = lock_order(order_id=order_id)
        if is_stopped(order=order) or not _has_free_units(line_id=line_id):
            return False
        waiting = CancellationHold.objects.filter(line_id=line_id, line__state="paid", released_at=None)
        if not waiting.update(released_at=clock.now(), released_by=actor):
            return False
        defer("creditstore.cancellation.submit_line", lock=order_lock(order.number), line_id=line_id)
    return True


def waits_until(*, order: Order) -> datetime | None:
    """Until when the order's units are not cancelled yet; None where nothing waits for its time."""
    waiting = CancellationHold.objects.filter(
        line__order=order, line__state="paid", released_at=None, until__gt=clock.now()
    )
    return waiting.order_by("-until").values_list("until", flat=True).first()
