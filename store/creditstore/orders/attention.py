"""What staff have to look at: items that are opened for a reason and closed with a resolution.

An item says that a person is needed; whether the order waits for that person is the order's state
(``fulfilment.needs_attention``). A certified order can have an item, a dispute for one, and stays certified.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Count

from creditstore.core import clock
from creditstore.core.states import record
from creditstore.orders.models import AttentionItem, AttentionKind, Order, OrderLine

__all__ = [
    "ASIDE",
    "AUDIT_NAME",
    "STOPPING",
    "AttentionItem",
    "AttentionKind",
    "close_items",
    "open_by_kind",
    "open_item",
    "open_items",
]

#: What the audit trail calls items.
AUDIT_NAME = "attention"
#: While one of these is open about an order, it waits for a person: none of its units is sent to be cancelled.
STOPPING = (AttentionKind.REVIEW, AttentionKind.DENIED, AttentionKind.DISPUTE)

#: About units that are no longer the order's: nothing of the order waits for these.
ASIDE = (AttentionKind.IN_DOUBT,)


def open_item(
    *,
    order: Order,
    kind: str,
    actor: str,
    reason: str,
    line: OrderLine | None = None,
    data: Mapping[str, Any] | None = None,
) -> AttentionItem:
    """Ask for a person. While an item of this order, line and kind is open, that one is the answer.

    Parameters: ``kind``, an ``AttentionKind``; ``reason`` in plain words and ``data`` without personal data.
    """
    with transaction.atomic():
        item, created = AttentionItem.objects.get_or_create(
            order=order,
            line=line,
            kind=AttentionKind(kind),
            closed_at=None,
            defaults={"actor": actor, "reason": reason, "data": dict(data or {}), "opened_at": clock.now()},
        )
        if created:
            record(machine=AUDIT_NAME, subject_id=item.pk, source="", target="open", actor=actor, reason=reason)
    return item


def open_items(*, order: Order) -> list[AttentionItem]:
    """What is open of this order, oldest first."""
    return list(order.attention_items.filter(closed_at=None))


def open_by_kind() -> dict[str, int]:
    """How many items are open of each kind."""
    counted = AttentionItem.objects.filter(closed_at=None).order_by().values_list("kind").annotate(Count("pk"))
    return dict.fromkeys(AttentionKind.values, 0) | dict(counted)


def close_items(
    *,
    order: Order,
    actor: str,
    resolution: str,
    kind: str | None = None,
    line: OrderLine | None = None,
    item: AttentionItem | None = None,
) -> int:
    """Close what is open of this order: of one kind, of one line, one item, or all. Returns how many were closed.

    Parameters: ``resolution``, what was done, in plain words. The order's state is not touched: see
    ``fulfilment.derive_order_state``.
    """
    items = AttentionItem.objects.filter(order=order, closed_at=None)
    if kind is not None:
        items = items.filter(kind=AttentionKind(kind))
    if line is not None:
        items = items.filter(line=line)
    if item is not None:
        items = items.filter(pk=item.pk)
    with transaction.atomic():
        closing = list(items.select_for_update().order_by("pk").values_list("pk", flat=True))
        for item_id in closing:
            record(
                machine=AUDIT_NAME, subject_id=item_id, source="open", target="closed", actor=actor, reason=resolution
            )
        return AttentionItem.objects.filter(pk__in=closing).update(
            closed_at=clock.now(), closed_by=actor, resolution=resolution
        )
