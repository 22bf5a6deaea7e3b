"""Placing, finding, withdrawing and expiring orders. An order exists before anything is paid."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from creditstore.campaigns.services import open_campaign
from creditstore.core import clock
from creditstore.core.errors import FieldError, StoreError
from creditstore.core.jobs import defer, mail_lock
from creditstore.core.log_context import about
from creditstore.core.states import transition
from creditstore.credits.models import Offer
from creditstore.credits.services import release, reserve
from creditstore.orders.limits import Client, check_unpaid, claim, claim_keys, forget_claim
from creditstore.orders.models import Order, OrderLine, Terms
from creditstore.orders.requests import LineRequest, OrderRequest, check_request, cleaned
from creditstore.orders.states import LINES, ORDERS, PAYABLE
from creditstore.oscar_bridge.orders import ProjectedLine, project_order, project_status
from creditstore_host.installation import get_host
from creditstore_plugins import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedOrder:
    """A placed order and its bearer token. ``replayed``: the order existed already under this key."""

    order: Order
    token: str
    replayed: bool


def unpaid_hold() -> timedelta:
    """How long units stay reserved before a payment method says otherwise."""
    return timedelta(minutes=settings.CREDITSTORE_UNPAID_MINUTES)


def current_terms() -> Terms:
    """The terms in force now. Errors: ``StoreError`` (unavailable) when the operator has published none."""
    terms = Terms.objects.filter(effective_from__lte=Now()).first()
    if terms is None:
        raise StoreError(code="unavailable", message=_("The store has no terms of sale yet, so it cannot sell."))
    return terms


def order_token(order: Order) -> str:
    """The order's bearer secret, recomputed; only its hash is stored."""
    return salted_hmac(
        "creditstore.order-token", f"{order.placement_key}\x00{order.number}", algorithm="sha256"
    ).hexdigest()


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def place_order(*, request: OrderRequest, placement_key: str, client: Client | None = None) -> PlacedOrder:
    """Reserve the units and create the order; nothing is charged.

    Parameters: ``placement_key``, the caller's idempotency key with its scope: the same key and request return the
    same order; ``client``, whose unpaid orders are limited (``limits``), None for the operator's own programs.
    Errors: ``StoreError``: invalid, unknown-offer, several-sellers, price-changed, sold-out, too-many-unpaid,
    idempotency-key-reused, unavailable (the registry's plugin is not there).
    """
    request = cleaned(request)
    if existing := _placed_before(request=request, placement_key=placement_key):
        return existing
    terms = current_terms()
    check_request(request=request, terms=terms, max_lines=settings.CREDITSTORE_MAX_LINES)
    offers = _offers_of(request.lines)
    keys = claim_keys(email=request.buyer.email, client=client)
    try:
        with transaction.atomic():
            if keys is not None:
                quantities = [line.quantity for line in request.lines]
                check_unpaid(keys=keys, lines=list(zip(offers, quantities, strict=True)))
            order = _create(request=request, placement_key=placement_key, terms=terms, offers=offers)
            if keys is not None:
                claim(order=order, keys=keys)
    except (IntegrityError, StoreError):
        # The same key at the same time: the other call won (and may have taken the last place that this client has).
        existing = _placed_before(request=request, placement_key=placement_key)
        if existing is None:
            raise
        return existing
    return PlacedOrder(order=order, token=order_token(order), replayed=False)


def _placed_before(*, request: OrderRequest, placement_key: str) -> PlacedOrder | None:
    order = Order.objects.filter(placement_key=placement_key).first()
    if order is None:
        return None
    if order.fingerprint != request.fingerprint:
        raise StoreError(
            code="idempotency-key-reused",
            message=_("An order with other contents was already sent from this form. Reload the page to order again."),
        )
    return PlacedOrder(order=order, token=order_token(order), replayed=True)


def _offers_of(lines: tuple[LineRequest, ...]) -> list[Offer]:
    found = {
        offer.code: offer
        for offer in Offer.objects.select_related(
            "seller", "product__parent", "stockrecord__partner", "issuance__project"
        ).filter(code__in=[line.offer_code for line in lines])
    }
    offers = []
    for index, line in enumerate(lines):
        offer = found.get(line.offer_code)
        if offer is None:
            message = _("This offer does not exist.")
            raise StoreError(
                code="unknown-offer", message=message, errors=[FieldError(f"lines.{index}.offer", message)]
            )
        price = Money(minor=offer.price_minor, currency=offer.currency)
        if line.expected_price is not None and line.expected_price != price:
            message = _("The price of one unit is now %(price)s %(currency)s. Look at the basket again.") % {
                "price": price,
                "currency": price.currency,
            }
            raise StoreError(
                code="price-changed", message=message, errors=[FieldError(f"lines.{index}.offer", message)]
            )
        offers.append(offer)
    if len({offer.seller_id for offer in offers}) > 1:
        message = _("One order has one seller. Order from each seller apart.")
        raise StoreError(code="several-sellers", message=message, errors=[FieldError("lines", message)])
    if len({offer.currency for offer in offers}) > 1:
        message = _("One order has one currency. Order in each currency apart.")
        raise StoreError(code="invalid", message=message, errors=[FieldError("lines", message)])
    return offers


def _create(*, request: OrderRequest, placement_key: str, terms: Terms, offers: list[Offer]) -> Order:
    placed_at = clock.shared_now()
    expires_at = placed_at + unpaid_hold()
    by_code = {offer.code: offer for offer in offers}
    reservations = {}
    # Always in the order of offers' ids: two baskets with the same offers never wait for each other in a circle.
    for index, line in sorted(enumerate(request.lines), key=lambda item: by_code[item[1].offer_code].pk):
        reservations[line.offer_code] = reserve(
            offer_id=by_code[line.offer_code].pk,
            quantity=line.quantity,
            expires_at=expires_at,
            field=f"lines.{index}.quantity",
        )
    currency = offers[0].currency
    projected = [
        ProjectedLine(
            product=offer.product,
            stockrecord=offer.stockrecord,
            quantity=line.quantity,
            unit_price=Money(minor=offer.price_minor, currency=currency),
            total=Money(minor=offer.price_minor * line.quantity, currency=currency),
        )
        for line, offer in zip(request.lines, offers, strict=True)
    ]
    total = Money(minor=sum(line.total.minor for line in projected), currency=currency)
    number = _next_number(placed_at)
    oscar_order = project_order(
        number=number,
        email=request.buyer.email,
        status="placed",
        line_status="reserved",
        total=total,
        placed_at=placed_at,
        lines=projected,
    )
    connector = get_host().find_connector(settings.CREDITSTORE_REGISTRY_CONNECTOR)
    if connector is None:
        message = _("Nothing can be ordered at the moment: the registry cannot be worked with. Try again later.")
        raise StoreError(code="unavailable", message=message)
    order = Order(
        number=number,
        oscar_order=oscar_order,
        seller=offers[0].seller,
        placement_key=placement_key,
        fingerprint=request.fingerprint,
        buyer_email=request.buyer.email,
        buyer_name=request.buyer.name,
        buyer_country=request.buyer.country,
        buyer_organisation=request.buyer.organisation,
        buyer_vat_id=request.buyer.vat_id,
        beneficiary_name=request.beneficiary.name,
        beneficiary_country=request.beneficiary.country,
        beneficiary_identifier=request.beneficiary.identifier,
        reason=request.reason,
        visibility=request.visibility,
        language=request.language,
        campaign=open_campaign(key=request.campaign) if request.campaign else None,
        terms=terms,
        immediate_performance=request.immediate_performance,
        consented_at=placed_at,
        currency=currency,
        total_minor=total.minor,
        simulated=connector.simulated,
        placed_at=placed_at,
        expires_at=expires_at,
    )
    order.token_hash = _token_hash(order_token(order))
    order.save(force_insert=True)
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            position=position,
            offer=offer,
            reservation=reservations[offer.code],
            quantity=line.quantity,
            unit_price_minor=line.unit_price.minor,
            total_minor=line.total.minor,
        )
        for position, (offer, line) in enumerate(zip(offers, projected, strict=True), start=1)
    )
    defer("creditstore.orders.mail_placed", lock=mail_lock(number), order_id=order.pk)
    return order


def _next_number(at: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('creditstore_order_number')")
        (value,) = cursor.fetchone()
    return f"{at.year}-{value:06d}"


def order_by_token(*, number: str, token: str) -> Order:
    """The order, for whoever holds its token. Errors: ``StoreError`` (not-found), alike for number and token."""
    order = Order.objects.select_related("seller").filter(number=number).first()
    expected = order.token_hash if order else "0" * 64
    if not secrets.compare_digest(expected, _token_hash(token)) or order is None:
        raise StoreError(code="not-found", message=_("There is no such order, or this link does not open it."))
    return order


def set_order_state(*, order: Order, to: str, actor: str, reason: str = "") -> bool:
    """Move the order and what Oscar's dashboard shows of it, in the caller's transaction."""
    changed = transition(instance=order, table=ORDERS, to=to, actor=actor, reason=reason)
    if changed:
        project_status(oscar_order_id=order.oscar_order_id, status=to)
        if to not in PAYABLE:
            forget_claim(order=order)
    return changed


def lock_order(*, order_id: int) -> Order:
    """The order, locked until the transaction ends. Whoever changes an order or its lines takes this lock first."""
    order = Order.objects.select_for_update(of=("self",)).select_related("seller").get(pk=order_id)
    about(order=order.number)
    return order


def withdraw(*, order: Order, actor: str = "buyer") -> bool:
    """Give up an unpaid order; its units go back on sale. True when this call did it.

    Errors: ``StoreError`` (conflict) when it is paid or a payment is still open.
    """
    with transaction.atomic():
        locked = lock_order(order_id=order.pk)
        if locked.state == "withdrawn":
            return False
        if locked.state not in PAYABLE:
            raise StoreError(code="conflict", message=_("This order can no longer be withdrawn."))
        if locked.payments.filter(state__in=("created", "pending", "unknown")).exists():
            message = _("A payment is still open. Wait until it is decided; then withdraw the order.")
            raise StoreError(code="payment-in-progress", message=message)
        _give_back(order=locked, to="withdrawn", reservation_to="released", actor=actor)
    order.state = "withdrawn"
    return True


def _give_back(*, order: Order, to: str, reservation_to: str, actor: str) -> None:
    for line in order.lines.select_related("reservation").order_by("offer_id"):
        release(reservation=line.reservation, to=reservation_to, actor=actor)
        transition(instance=line, table=LINES, to="released", actor=actor)
    set_order_state(order=order, to=to, actor=actor)


def expire_due(*, now: datetime | None = None) -> int:
    """Expire unpaid orders whose time is over and that have no payment open. Returns how many.

    Parameters: ``now``, the database's clock by default: it set the times, too.
    """
    now = now or clock.shared_now()
    due = Order.objects.filter(state__in=PAYABLE, expires_at__lte=now).values_list("pk", flat=True)
    return sum(_expire(order_id=order_id, now=now) for order_id in list(due))


def _expire(*, order_id: int, now: datetime) -> bool:
    with transaction.atomic():
        order = lock_order(order_id=order_id)
        waiting = order.payments.filter(state__in=("created", "pending", "unknown")).exists()
        if order.state not in PAYABLE or order.expires_at > now or waiting:
            return False
        _give_back(order=order, to="expired", reservation_to="expired", actor="system")
    return True
