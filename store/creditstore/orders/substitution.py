"""Other units for a line that the registry refused: proposed by staff, taken only when the buyer agrees.

The buyer pays what was paid. A dearer substitute is the operator's loss; a cheaper one is not proposed at all: the
money goes back, and the buyer may order it at its own price.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from creditstore.core import clock
from creditstore.core.errors import FieldError, StoreError
from creditstore.core.jobs import defer, mail_lock, order_lock
from creditstore.core.states import record_start, transition
from creditstore.credits.locks import lock_offers
from creditstore.credits.models import Offer
from creditstore.credits.services import carve, check_quantity, reserve, return_units
from creditstore.orders.doubt import tell_of_left
from creditstore.orders.fulfilment import cancelled_units
from creditstore.orders.models import Order, OrderLine, Substitution
from creditstore.orders.services import lock_order, order_by_token
from creditstore.orders.states import SUBSTITUTIONS


def propose_substitute(*, line: OrderLine, offer: Offer, actor: str, note: str = "") -> Substitution:
    """Ask the buyer whether units of ``offer`` may be cancelled instead, by mail and on the order's page.

    Parameters: ``note``, why, for the buyer to read. The same proposal again returns the open one.
    Errors: ``StoreError``: conflict (line, another proposal is open), invalid (offer), sold-out, unknown-offer.
    """
    with transaction.atomic():
        order = lock_order(order_id=line.order_id)
        line = OrderLine.objects.select_related("reservation__offer__issuance").get(pk=line.pk)
        if line.state != "refused":
            raise StoreError(code="conflict", message=_("Only a line that the registry refused can be substituted."))
        if cancelled_units(line=line):
            message = _("Part of this line is cancelled already. Try the rest again, or refund it.")
            raise StoreError(code="conflict", message=message)
        existing = line.substitutions.filter(state="proposed").first()
        if existing is not None:
            if existing.offer_id == offer.pk:
                return existing
            message = _("Another substitute is proposed already. Withdraw it first.")
            raise StoreError(code="conflict", message=message)
        offer = Offer.objects.select_related("issuance__project").get(pk=offer.pk)
        check_substitute(order=order, line=line, offer=offer)
        now = clock.now()
        proposal = Substitution.objects.create(
            line=line,
            replaced=line.reservation,
            offer=offer,
            price_minor=offer.price_minor,
            note=note.strip(),
            proposed_by=actor,
            proposed_at=now,
            expires_at=now + timedelta(days=settings.CREDITSTORE_SUBSTITUTE_DAYS),
        )
        record_start(instance=proposal, table=SUBSTITUTIONS, actor=actor, reason=f"offer {offer.code}")
        defer("creditstore.orders.mail_substitute", lock=mail_lock(order.number), substitution_id=proposal.pk)
    return proposal


def check_substitute(*, order: Order, line: OrderLine, offer: Offer) -> None:
    """Whether units of ``offer`` may stand in for those of the line, as far as anyone can tell now.

    Errors: ``StoreError``: invalid (seller, currency, kind of unit, price), and those of ``check_quantity``.
    """
    delivered = line.reservation.offer
    if offer.pk == delivered.pk:
        raise _unfit(_("These are the units that the registry refused. Choose another offer, or try the line again."))
    if offer.seller_id != order.seller_id or offer.currency != order.currency:
        raise _unfit(_("A substitute comes from the seller who was paid, in the currency that was paid."))
    if offer.issuance.unit_type != delivered.issuance.unit_type:
        raise _unfit(_("A substitute is of the kind of unit that was ordered."))
    if offer.price_minor < line.unit_price_minor:
        raise _unfit(
            _("These units cost less than the buyer paid. Refund the line; the buyer can order them at their price.")
        )
    check_quantity(offer=offer, quantity=line.quantity, field="offer")


def suitable_offers(*, line: OrderLine) -> list[Offer]:
    """Offers that may stand in for the line now, the cheapest first."""
    delivered = line.reservation.offer
    found = (
        Offer.objects.filter(
            seller_id=line.order.seller_id,
            currency=line.order.currency,
            state="live",
            issuance__unit_type=delivered.issuance.unit_type,
            issuance__project__status="registered",
            price_minor__gte=line.unit_price_minor,
            minimum__lte=line.quantity,
        )
        .exclude(pk=delivered.pk)
        .select_related("issuance__project")
        .order_by("price_minor", "pk")
    )
    return [
        offer
        for offer in found
        if offer.available >= line.quantity and (offer.maximum is None or offer.maximum >= line.quantity)
    ]


def _unfit(message: str) -> StoreError:
    return StoreError(code="invalid", message=message, errors=[FieldError("offer", message)])


def open_proposal(*, order: Order) -> int:
    """The key of what the buyer is asked now, where it is one thing.

    Errors: ``StoreError``: conflict (nothing is proposed), invalid (more than one proposal is open).
    """
    found = Substitution.objects.filter(line__order=order, line__state="refused", state="proposed")
    keys = list(found.values_list("pk", flat=True))
    if not keys:
        raise _closed()
    if len(keys) > 1:
        message = _("Other units are proposed for several lines. Say which proposal you mean.")
        raise StoreError(code="invalid", message=message, errors=[FieldError("proposal", message)])
    return keys[0]


def accept_substitute(*, number: str, token: str, proposal_id: int) -> OrderLine:
    """The buyer agrees: take the new units, give the old ones back, and ask the registry. A repeat changes nothing.

    Parameters: ``number`` and ``token``, the order's. Errors: ``StoreError``: not-found, conflict (no longer open),
    and those of ``reserve`` when the units are gone meanwhile.
    """
    order = order_by_token(number=number, token=token)
    with transaction.atomic():
        order = lock_order(order_id=order.pk)
        proposal = _proposal(order=order, proposal_id=proposal_id)
        line = proposal.line
        if proposal.state == "accepted":
            return line
        _check_open(proposal)
        lock_offers(Offer.objects.filter(pk__in=(line.reservation.offer_id, proposal.offer_id)))
        taken = reserve(offer_id=proposal.offer_id, quantity=line.quantity, expires_at=proposal.expires_at)
        return_units(reservation=line.reservation, actor="buyer")
        line.reservation = taken
        line.save(update_fields=["reservation"])
        carve(reservation=taken, actor="buyer")
        _decide(proposal, "accepted", actor="buyer")
        tell_of_left(line=line, actor="buyer")
        defer("creditstore.desk.retry_substituted", lock=order_lock(order.number), line_id=line.pk)
    return line


def decline_substitute(*, number: str, token: str, proposal_id: int) -> OrderLine:
    """The buyer would rather have the money back: a refund of the line is asked for. A repeat changes nothing.

    Errors: ``StoreError``: not-found, conflict (no longer open).
    """
    order = order_by_token(number=number, token=token)
    with transaction.atomic():
        order = lock_order(order_id=order.pk)
        proposal = _proposal(order=order, proposal_id=proposal_id)
        if proposal.state == "declined":
            return proposal.line
        _check_open(proposal)
        _decide(proposal, "declined", actor="buyer")
        defer("creditstore.desk.refund_declined", lock=order_lock(order.number), line_id=proposal.line_id)
    return proposal.line


def withdraw_substitute(*, proposal: Substitution, actor: str) -> bool:
    """Staff take a proposal back. True when this call did it. Errors: ``StoreError`` (conflict): it is decided."""
    with transaction.atomic():
        lock_order(order_id=proposal.line.order_id)
        proposal.refresh_from_db()
        if proposal.state == "withdrawn":
            return False
        if proposal.state != "proposed":
            raise StoreError(code="conflict", message=_("The buyer has decided already."))
        _decide(proposal, "withdrawn", actor=actor)
    return True


def expire_substitutes(*, now: datetime | None = None) -> int:
    """End proposals that nobody answered in time; staff decide again. Returns how many."""
    now = now or clock.now()
    due = Substitution.objects.filter(state="proposed", expires_at__lte=now).values_list("pk", "line__order_id")
    ended = 0
    for proposal_id, order_id in list(due):
        with transaction.atomic():
            lock_order(order_id=order_id)
            proposal = Substitution.objects.get(pk=proposal_id)
            if proposal.state == "proposed":
                _decide(proposal, "expired", actor="system")
                ended += 1
    return ended


def _proposal(*, order: Order, proposal_id: int) -> Substitution:
    proposal = (
        Substitution.objects.select_related("line__reservation", "offer")
        .filter(pk=proposal_id, line__order=order)
        .first()
    )
    if proposal is None:
        raise StoreError(code="not-found", message=_("There is no such proposal."))
    proposal.line.order = order
    return proposal


def _check_open(proposal: Substitution) -> None:
    overdue = proposal.expires_at <= clock.now()
    if proposal.state != "proposed" or proposal.line.state != "refused" or overdue:
        raise _closed()


def _closed() -> StoreError:
    return StoreError(code="conflict", message=_("This proposal is no longer open. Look at the order again."))


def _decide(proposal: Substitution, to: str, *, actor: str) -> None:
    transition(instance=proposal, table=SUBSTITUTIONS, to=to, actor=actor, values={"decided_at": clock.now()})
