"""Orders that need somebody, so that staff can try their queue: bought with test money, refused by the simulator on
purpose. Made once, by the worker, when the store has started.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.conf import settings

from creditstore.accounts.models import User
from creditstore.core.jobs import defer, defer_later
from creditstore.credits.models import Offer
from creditstore.desk.actions import refund_line
from creditstore.orders.models import Order
from creditstore.orders.requests import Beneficiary, Buyer, LineRequest, OrderRequest
from creditstore.orders.services import current_terms, place_order
from creditstore.payments.services import start_payment
from creditstore_host.http import HostHttpClient

TASK = "creditstore_site.demo.make_waiting_orders"
_KEY = "demo:waiting:"
#: What the simulated registry is made to say: the seller's account does not hold these units.
_NOT_HELD = 7027
_AGAIN_SECONDS = 3
#: After so many looks it is left as it is: a demo without waiting orders works all the same.
_MOST = 40


@dataclass(frozen=True, slots=True)
class _Waiting:
    """One order to make. ``large``: its refund takes two, and the shop's manager asks for it."""

    key: str
    quantity: int
    large: bool


_ORDERS = (_Waiting("small", 3, large=False), _Waiting("large", 400, large=True))


def ask_for_waiting_orders() -> None:
    """Let the worker make them, unless they are there."""
    if Order.objects.filter(placement_key__startswith=_KEY).count() < len(_ORDERS):
        defer(TASK, attempt=0)


def make_waiting_orders(*, attempt: int) -> bool:
    """Go one step on: order, wait for the refusal, order the next, ask for the refund. True when all is done."""
    if not settings.CREDITSTORE_DEMO:
        return True
    for waiting in _ORDERS:
        order = Order.objects.filter(placement_key=f"{_KEY}{waiting.key}").first()
        line = order.lines.get() if order else None
        if line is None:
            _order(waiting)
        elif line.state == "refused":
            if waiting.large and not line.approvals.exists():
                manager = User.objects.get(email="shop@example.org")
                refund_line(line=line, user=manager, reason="Demonstration: the seller cannot say when it holds them.")
            continue
        elif line.state not in ("reserved", "paid", "cancelling"):
            continue
        if attempt < _MOST:
            defer_later(TASK, in_seconds=_AGAIN_SECONDS, attempt=attempt + 1)
        return False
    return True


def _order(waiting: _Waiting) -> None:
    """Buy, after the simulator was asked to refuse what comes next."""
    offer = _offer(quantity=waiting.quantity)
    request = OrderRequest(
        lines=(LineRequest(offer_code=offer.code, quantity=waiting.quantity),),
        buyer=Buyer(email="demonstration@example.org", name="Demonstration buyer", country="CH"),
        beneficiary=Beneficiary(name="Demonstration, so that staff can try the queue"),
        reason="An order that the demo made itself.",
        visibility="hidden",
        terms_version=current_terms().version,
        immediate_performance=True,
        language="en",
    )
    order = place_order(request=request, placement_key=f"{_KEY}{waiting.key}").order
    HostHttpClient().request(
        "POST",
        f"{settings.CREDITSTORE_PLUGIN_SETTINGS['registry_cdm']['base_url']}/v1/faults",
        headers={"Content-Type": "application/json"},
        body=json.dumps({"kind": "refuse_next", "code": _NOT_HELD}).encode(),
    )
    start_payment(order=order, method_id="pay_sandbox", return_url=f"{settings.SITE_URL}/")


def _offer(*, quantity: int) -> Offer:
    """A cheap offer of a seller who has others, so that there is something to propose instead."""
    offers = Offer.objects.filter(state="live", seller__invented=True).order_by("price_minor", "code")
    fitting = [offer for offer in offers if offer.available >= quantity * 2 and offer.minimum <= quantity]
    return next(offer for offer in fitting if sum(1 for other in fitting if other.seller_id == offer.seller_id) > 1)
