"""Freezing the units that a finding puts in doubt, and no others."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from creditstore.credits.blocks import cut_out
from creditstore.credits.locks import lock_offers
from creditstore.credits.models import Offer
from creditstore.credits.services import freeze, thaw
from creditstore.credits.spans import Span
from creditstore.orders.doubt import return_left
from creditstore.reconciliation.models import OpenItem
from creditstore.reconciliation.overlap import live_leaves


def freeze_for(*, item: OpenItem, scheme: str, spans: Sequence[Span], actor: str) -> int:
    """Freeze what is for sale or assigned of these units, and remember it with the item. Returns how many blocks.

    A block for sale is cut so that exactly the doubtful units are frozen; one that is assigned to an order is frozen
    as a whole, because the registry was asked for it as it is.
    """
    with transaction.atomic():
        found = live_leaves(scheme=scheme, spans=spans)
        offers = {block.offer_id for _span, block in found if block.offer_id is not None}
        lock_offers(Offer.objects.filter(pk__in=offers))
        # Looked up again: what was for sale a moment ago may have been carved before the lock was had.
        found = live_leaves(scheme=scheme, spans=spans, lock=True)
        blocks = []
        for block in {block.pk: block for _span, block in found}.values():
            doubtful = [span for span, other in found if other.pk == block.pk]
            exactly = block.state == "held" and not block.in_doubt
            blocks += cut_out(block=block, spans=doubtful) if exactly else [block]
        frozen = freeze(blocks=blocks, actor=actor, reason=f"unmatched item {item.pk}: {item.kind}")
        item.blocks.add(*blocks)
    return frozen


def thaw_of(*, item: OpenItem, actor: str, reason: str) -> int:
    """Release the units that only this item holds frozen; what a line has left of them goes back on sale.

    Returns how many blocks.
    """
    doubted = OpenItem.blocks.through.objects
    others = doubted.filter(openitem__closed_at=None).exclude(openitem=item).values("unitblock")
    blocks = list(item.blocks.filter(is_leaf=True, in_doubt=True).exclude(pk__in=others))
    carved_for = [block.reservation_id for block in blocks if block.reservation_id is not None]
    with transaction.atomic():
        released = thaw(blocks=blocks, actor=actor, reason=reason)
        return_left(reservations=carved_for, actor=actor, reason=reason)
    return released
