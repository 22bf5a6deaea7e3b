"""Nobody hoards: what one client that nobody knows may keep reserved without paying.

A client is an e-mail address and, where the operator's proxy tells it, a network. What is unpaid of each is counted
under a lock of its own, so that two orders at once cannot both fit into the last place. An address that its owner has
confirmed, and a program with a key, are known and not limited.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q, Sum
from django.utils.crypto import salted_hmac
from django.utils.translation import ngettext

from creditstore.accounts.confirmation import email_key, is_confirmed
from creditstore.core.errors import FieldError, StoreError
from creditstore.core.locks import advisory_lock
from creditstore.credits.models import Offer
from creditstore.credits.services import check_quantity
from creditstore.orders.models import Order, OrderLine, UnpaidClaim

CODE = "too-many-unpaid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Who orders. ``prefix``: the network, empty where nobody trustworthy tells it; ``known``: a program with a key."""

    prefix: str = ""
    known: bool = False


def claim_keys(*, email: str, client: Client | None) -> tuple[str, str] | None:
    """Keyed hashes of the address and of the network (or an empty text) that are counted; None for who is not limited.

    Parameters: ``client``, None for the operator's own programs.
    """
    if client is None or client.known or is_confirmed(email):
        return None
    prefix = salted_hmac("creditstore.client-prefix", client.prefix, algorithm="sha256").hexdigest()
    return email_key(email), prefix if client.prefix else ""


def check_unpaid(*, keys: tuple[str, str], lines: Sequence[tuple[Offer, int]]) -> None:
    """Whether this client may reserve so many units more. Locks the client until the transaction ends.

    Parameters: ``keys``, as from ``claim_keys``; ``lines``, offers with quantities. Errors: ``StoreError``
    (too-many-unpaid), and those of ``check_quantity``: what nobody can have is said first.
    """
    for index, (offer, quantity) in enumerate(lines):
        check_quantity(offer=offer, quantity=quantity, field=f"lines.{index}.quantity")
    for key in sorted(filter(None, keys)):
        advisory_lock(key)
    email, prefix = keys
    _check(claims=Q(email_key=email), lines=lines)
    if prefix:
        _check(claims=Q(prefix_key=prefix), lines=lines)


def _check(*, claims: Q, lines: Sequence[tuple[Offer, int]]) -> None:
    orders = UnpaidClaim.objects.filter(claims).values_list("order_id", flat=True)
    limit = settings.CREDITSTORE_UNPAID_ORDERS
    if len(orders) >= limit:
        message = ngettext(
            "There is %(count)d unpaid order already. Pay or withdraw it, or confirm your e-mail address: we have sent "
            "you a link. Then order again.",
            "There are %(count)d unpaid orders already. Pay or withdraw one, or confirm your e-mail address: we have "
            "sent you a link. Then order again.",
            len(orders),
        ) % {"count": len(orders)}
        raise StoreError(code=CODE, message=message)
    reserved = dict(
        OrderLine.objects.filter(order__in=list(orders), offer__in=[offer for offer, _quantity in lines])
        .values_list("offer")
        .annotate(Sum("quantity"))
    )
    for index, (offer, quantity) in enumerate(lines):
        allowed = max(settings.CREDITSTORE_UNPAID_UNITS, offer.offered * settings.CREDITSTORE_UNPAID_PERCENT // 100)
        left = max(allowed - int(reserved.get(offer.pk, 0)), 0)
        if quantity > left:
            message = ngettext(
                "Without a confirmed e-mail address you can order %(count)d more unit of this offer before you pay. "
                "Order fewer, or confirm your address: we have sent you a link. Then order again.",
                "Without a confirmed e-mail address you can order %(count)d more units of this offer before you pay. "
                "Order fewer, or confirm your address: we have sent you a link. Then order again.",
                left,
            ) % {"count": left}
            raise StoreError(code=CODE, message=message, errors=[FieldError(f"lines.{index}.quantity", message)])


def claim(*, order: Order, keys: tuple[str, str]) -> None:
    """Count a new order as this client's, until it is paid or ends."""
    UnpaidClaim.objects.create(order=order, email_key=keys[0], prefix_key=keys[1])


def forget_claim(*, order: Order) -> None:
    """The order is no longer unpaid: whose it was is not needed any more, and not kept."""
    UnpaidClaim.objects.filter(order=order).delete()
