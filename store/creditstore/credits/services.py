"""The ledger's business: put units up for sale, promise them, carve them, cancel them.

Every function runs in the caller's transaction or opens one; the database's checks and triggers have the last word.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from oscar.core.loading import get_model

from creditstore.catalogue.models import Issuance
from creditstore.core.errors import FieldError, StoreError
from creditstore.core.states import transition
from creditstore.credits.blocks import (
    NewIssuance,
    PrintedRange,
    RecordedCancellation,
    block_serials,
    move,
    printed_ranges,
    register_issuance,
    register_issuances,
    serial_of,
    split,
    take_front,
    take_span,
)
from creditstore.credits.doubt import UnitsInDoubt, freeze, thaw
from creditstore.credits.models import OFFERS, RESERVATIONS, CancellationKind, Offer, Reservation, UnitBlock
from creditstore.credits.serials import UNIT_TYPES
from creditstore.credits.spans import Span
from creditstore.credits.triggers import AT_THE_REGISTRY
from creditstore.sellers.models import Seller
from creditstore_plugins import Money

__all__ = [
    "NewIssuance",
    "PrintedRange",
    "RecordedCancellation",
    "UnitsInDoubt",
    "block_serials",
    "carve",
    "check_quantity",
    "freeze",
    "mark_cancelled",
    "open_offer",
    "printed_ranges",
    "register_issuance",
    "register_issuances",
    "release",
    "reserve",
    "return_units",
    "serial_of",
    "split",
    "thaw",
]

#: Letters and digits that cannot be mistaken for one another.
_CODE_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def open_offer(
    *,
    issuance: Issuance,
    seller: Seller,
    quantity: int,
    price: Money,
    code: str | None = None,
    minimum: int = 1,
    maximum: int | None = None,
    price_invented: bool = False,
    allow_temporary: bool = False,
) -> Offer:
    """Put the first ``quantity`` outstanding units of an issuance up for sale at ``price`` for one unit.

    Units in doubt are passed over. Errors: ``StoreError`` (conflict) when not that many are outstanding, when the
    units are temporary (tCER, lCER) and nobody opted in, or when the project is not registered any more.
    """
    if issuance.project.status != "registered":
        raise StoreError(code="conflict", message=_("Only units of registered projects are sold."))
    if UNIT_TYPES[issuance.unit_type].expires and not allow_temporary:
        raise StoreError(code="conflict", message=_("Temporary units are sold only where the operator opted in."))
    if quantity < 1:
        raise StoreError(code="conflict", message=_("An offer needs at least one unit."))
    with transaction.atomic():
        leaves = (
            UnitBlock.objects.select_for_update()
            .filter(issuance=issuance, is_leaf=True, state="outstanding", in_doubt=False)
            .order_by("start")
        )
        taken = take_front(leaves=leaves.iterator(), quantity=quantity)
        if sum(block.end - block.start + 1 for block in taken) != quantity:
            raise StoreError(code="conflict", message=_("Fewer units than that are outstanding in this issuance."))
        code = code or "".join(secrets.choice(_CODE_ALPHABET) for _n in range(10))
        parent = issuance.project.product
        product = get_model("catalogue", "Product").objects.create(
            structure="child", parent=parent, upc=code, title=f"{parent.title[:200]} {issuance.start}-{issuance.end}"
        )
        stockrecord = get_model("partner", "StockRecord").objects.create(
            product=product,
            partner=seller.partner,
            partner_sku=code,
            price_currency=price.currency,
            price=price.decimal,
        )
        offer = Offer.objects.create(
            code=code,
            product=product,
            stockrecord=stockrecord,
            seller=seller,
            issuance=issuance,
            # The database would write these itself; given here, the offer in hand has them as well.
            project=issuance.project,
            project_ref=issuance.project.ref,
            commitment_period=issuance.commitment_period,
            monitoring_start=issuance.monitoring_start,
            monitoring_end=issuance.monitoring_end,
            price_minor=price.minor,
            currency=price.currency,
            offered=quantity,
            temporary_allowed=allow_temporary,
            minimum=minimum,
            maximum=maximum,
            price_invented=price_invented,
        )
        for block in taken:
            move(block=block, to="held", actor=f"seller:{seller.slug}", offer_id=offer.pk)
        for state in ("submitted", "live"):
            transition(instance=offer, table=OFFERS, to=state, actor=f"seller:{seller.slug}")
    return offer


def check_quantity(*, offer: Offer, quantity: int, field: str = "quantity") -> None:
    """Whether this many units of the offer may be ordered as far as anyone can tell now; only ``reserve`` decides.

    Errors: ``StoreError``: unknown-offer (not for sale), invalid (limits), sold-out (fewer are left).
    """
    if offer.state == "sold_out":
        raise _sold_out(available=0, field=field)
    if offer.state != "live" or offer.issuance.project.status != "registered":
        message = _("This offer is no longer for sale. Choose another one.")
        if offer.state == "paused":
            message = _("The seller has paused this offer. Choose another one, or come back later.")
        raise StoreError(code="unknown-offer", message=message, errors=[FieldError(field, message)])
    if quantity < offer.minimum:
        message = _("The smallest quantity of this offer is %(count)d.") % {"count": offer.minimum}
        raise StoreError(code="invalid", message=message, errors=[FieldError(field, message)])
    if offer.maximum is not None and quantity > offer.maximum:
        message = _("The largest quantity of this offer is %(count)d in one order.") % {"count": offer.maximum}
        raise StoreError(code="invalid", message=message, errors=[FieldError(field, message)])
    if quantity > offer.available:
        raise _sold_out(available=offer.available, field=field)


def _sold_out(*, available: int, field: str) -> StoreError:
    if available > 0:
        message = _("Only %(count)d units of this offer are available. Order fewer, or choose another offer.") % {
            "count": available
        }
    else:
        message = _("This offer is sold out. Choose another offer.")
    return StoreError(code="sold-out", message=message, errors=[FieldError(field, message)])


def reserve(*, offer_id: int, quantity: int, expires_at: datetime, field: str = "quantity") -> Reservation:
    """Promise units to an unpaid order line: one conditional update, so two buyers can never get the same unit.

    Errors: ``StoreError`` as ``check_quantity``.
    """
    with transaction.atomic():
        offer = Offer.objects.select_related("issuance__project").get(pk=offer_id)
        check_quantity(offer=offer, quantity=quantity, field=field)
        updated = Offer.objects.filter(
            pk=offer_id, state="live", offered__gte=F("reserved") + F("sold") + F("frozen") + quantity
        ).update(reserved=F("reserved") + quantity)
        if not updated:
            offer.refresh_from_db()
            # It may have been paused or withdrawn in between: that is said as it is.
            check_quantity(offer=offer, quantity=quantity, field=field)
            raise _sold_out(available=offer.available, field=field)
        return Reservation.objects.create(offer_id=offer_id, quantity=quantity, expires_at=expires_at)


def release(*, reservation: Reservation, to: str = "released", actor: str = "system") -> bool:
    """Give promised units back (``released`` or ``expired``). True when this call did it."""
    with transaction.atomic():
        if not transition(instance=reservation, table=RESERVATIONS, to=to, actor=actor):
            return False
        Offer.objects.filter(pk=reservation.offer_id).update(reserved=F("reserved") - reservation.quantity)
    return True


def carve(*, reservation: Reservation, actor: str = "system", ranges: Sequence[Span] | None = None) -> list[UnitBlock]:
    """Turn a promise into serials for a paid line. Units in doubt are passed over.

    Parameters: ``ranges``, the serials to take (their units together are the reservation's); without them the first
    ones of the offer. Idempotent: a repeat returns the blocks that the first call carved.
    Errors: ``UnitsInDoubt`` when too few units of the offer are free of doubt; ``StoreError`` (conflict) when a stated
    unit is not free in this offer, or their number is not the promised one.
    """
    with transaction.atomic():
        # Lock the offer first: carving in one offer happens one after the other, always in this order.
        offer = Offer.objects.select_for_update().get(pk=reservation.offer_id)
        if not transition(instance=reservation, table=RESERVATIONS, to="consumed", actor=actor):
            return list(reservation.blocks.filter(is_leaf=True).order_by("start"))
        free = UnitBlock.objects.select_for_update().filter(offer=offer, is_leaf=True, state="held", in_doubt=False)
        if ranges is None:
            taken = take_front(leaves=free.order_by("start").iterator(), quantity=reservation.quantity)
        else:
            taken = [block for span in ranges for block in take_span(leaves=free, span=span)]
        _check_taken(taken=taken, wanted=reservation.quantity, ranges=ranges)
        for block in taken:
            move(block=block, to="assigned", actor=actor, reservation_id=reservation.pk)
        Offer.objects.filter(pk=offer.pk).update(
            reserved=F("reserved") - reservation.quantity, sold=F("sold") + reservation.quantity
        )
        # A paused or withdrawn offer still keeps its promises; it is not for sale, so it cannot be sold out.
        if offer.state == "live" and offer.sold + reservation.quantity == offer.offered:
            transition(instance=offer, table=OFFERS, to="sold_out", actor=actor)
    return taken


def _check_taken(*, taken: Sequence[UnitBlock], wanted: int, ranges: Sequence[Span] | None) -> None:
    found = sum(block.end - block.start + 1 for block in taken)
    if ranges is None and found != wanted:
        raise UnitsInDoubt()
    if ranges is not None and not found == wanted == sum(end - start + 1 for _series, start, end in ranges):
        raise StoreError(code="conflict", message=_("These serial numbers are not all free in this offer."))


def return_units(*, reservation: Reservation, actor: str = "system") -> int:
    """Put the carved units of a refused line back on sale. Returns how many.

    Cancelled units stay cancelled, and units in doubt stay with the line. Errors: ``StoreError`` (conflict) while a
    registry may still cancel some of them.
    """
    with transaction.atomic():
        offer = Offer.objects.select_for_update().get(pk=reservation.offer_id)
        blocks = UnitBlock.objects.select_for_update().filter(
            reservation=reservation, is_leaf=True, state="assigned", in_doubt=False
        )
        if reservation.blocks.filter(registry_transactions__state__in=AT_THE_REGISTRY).exists():
            raise StoreError(code="conflict", message=_("The registry has not decided about all of these units yet."))
        returned = 0
        for block in blocks:
            move(block=block, to="held", actor=actor, reservation_id=None)
            returned += block.end - block.start + 1
        Offer.objects.filter(pk=offer.pk).update(sold=F("sold") - returned)
        if returned and offer.state == "sold_out":
            transition(instance=offer, table=OFFERS, to="live", actor=actor)
    return returned


def mark_cancelled(*, blocks: Iterable[UnitBlock], at: datetime, actor: str) -> None:
    """Record the registry's word that these assigned units are cancelled, at the registry's time. For ever.

    Errors: ``UnitsInDoubt``, and then nothing is recorded: staff clear that up first.
    """
    blocks = list(blocks)
    if any(block.in_doubt for block in blocks):
        raise UnitsInDoubt()
    with transaction.atomic():
        for block in blocks:
            move(
                block=block,
                to="cancelled",
                actor=actor,
                cancelled_at=at,
                cancellation_kind=CancellationKind.STORE.value,
            )
