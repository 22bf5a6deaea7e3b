"""Ordering, paying, withdrawing, and seeing how an order stands."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Body

from creditstore.accounts.confirmation import send_confirmation
from creditstore.accounts.models import ApiKey
from creditstore.api.answers import order_answer, payment_answer, payment_methods
from creditstore.api.application import NAMESPACE, ApiRouter
from creditstore.api.auth import OptionalApiKey, OrderToken, caller_of
from creditstore.api.idempotency import fingerprint_of, once, required_key
from creditstore.api.limits import client_address, network_of
from creditstore.api.routes.quotes import key_parameter
from creditstore.api.schemas import orders as out
from creditstore.api.schemas.common import MoneyValue, plain
from creditstore.core.errors import FieldError, StoreError
from creditstore.orders.limits import CODE as TOO_MANY
from creditstore.orders.limits import Client
from creditstore.orders.links import order_link
from creditstore.orders.models import Order
from creditstore.orders.requests import Beneficiary, Buyer, LineRequest, OrderRequest
from creditstore.orders.services import order_token, place_order, withdraw
from creditstore.orders.substitution import accept_substitute, decline_substitute, open_proposal
from creditstore.payments.services import return_url_allowed, start_payment
from creditstore_plugins import Money

router = ApiRouter(tags=["Buying"])
_SAFE_URL = re.compile(r"[\x21-\x7e]+")


@router.post(
    "/orders",
    response={201: out.PlacedOrder},
    auth=OptionalApiKey(scope="orders"),
    operation_id="place_order",
    summary="Reserve units and place an order",
    openapi_extra=key_parameter(required=True) | {"security": [{}, {"OptionalApiKey": []}]},
)
def create_order(request: HttpRequest, body: out.OrderIn) -> HttpResponse:
    """One order from one seller. The units are reserved until ``expires_at``; nothing is charged yet.

    Without an API key or a confirmed e-mail address little may be reserved at once (409 ``too-many-unpaid``).
    """
    key = required_key(request)
    known = request.auth  # type: ignore[attr-defined]
    caller = f"key:{known.pk}" if isinstance(known, ApiKey) else client_address(request)
    client = Client(prefix=network_of(request), known=isinstance(known, ApiKey))
    asked = _order_request(body)

    def act() -> tuple[int, dict[str, Any]]:
        # The order knows its key, too: however often this runs, and after any crash, there is one order.
        placement_key = f"api:{hashlib.sha256(f'{caller} {key}'.encode()).hexdigest()}"
        order = place_order(request=asked, placement_key=placement_key, client=client).order
        answer = plain(_placed(order))
        # Tokens are never stored: they are computed anew whenever this is answered.
        return 201, {name: value for name, value in answer.items() if name not in ("token", "url")}

    # What callers sent before they could name a campaign must still be known as the same when they repeat it.
    fingerprint = fingerprint_of(body.model_dump(exclude=None if body.campaign else {"campaign"}))
    try:
        kept = once(scope=f"orders:{caller}", key=key, fingerprint=fingerprint, act=act)
    except StoreError as error:
        if error.code == TOO_MANY:
            # After the order's own transaction, which is rolled back.
            send_confirmation(email=asked.buyer.email, language=asked.language)
        raise
    order = Order.objects.get(number=kept.body["number"])
    response = kept.response(token=order_token(order), url=order_link(order))
    response["Location"] = reverse(f"{NAMESPACE}:get_order", kwargs={"number": order.number})
    return response


def _placed(order: Order) -> out.PlacedOrder:
    return out.PlacedOrder(
        number=order.number,
        token="",
        state=order.state,
        expires_at=order.expires_at,
        total=MoneyValue.of(order.due),
        payment_methods=payment_methods(order.currency),
        url="",
        simulated=order.simulated,
    )


def _order_request(body: out.OrderIn) -> OrderRequest:
    return OrderRequest(
        lines=tuple(
            LineRequest(
                offer_code=line.offer,
                quantity=line.quantity,
                expected_price=_price(line.expected_price, f"lines.{index}.expected_price"),
            )
            for index, line in enumerate(body.lines)
        ),
        buyer=Buyer(**body.buyer.model_dump()),
        beneficiary=Beneficiary(**body.beneficiary.model_dump()),
        reason=body.reason,
        visibility=body.visibility,
        terms_version=body.consent.terms,
        immediate_performance=body.consent.immediate_performance,
        language=_language(body.language),
        campaign=body.campaign,
    )


def _price(price: out.ExpectedPrice | None, field: str) -> Money | None:
    if price is None:
        return None
    try:
        return Money.parse(price.amount, price.currency)
    except ValueError as error:
        message = _("Give a price with no more decimals than the currency has, such as 2.50.")
        raise StoreError(code="invalid", message=message, errors=[FieldError(field, message)]) from error


def _language(asked: str | None) -> str:
    if asked is None:
        return get_language() or settings.LANGUAGE_CODE
    if asked not in dict(settings.LANGUAGES):
        message = _("Choose one of: %(choices)s.") % {"choices": ", ".join(dict(settings.LANGUAGES))}
        raise StoreError(code="invalid", message=message, errors=[FieldError("language", message)])
    return asked


@router.get(
    "/orders/{number}", response=out.Order, auth=OrderToken(), operation_id="get_order", summary="How an order stands"
)
def get_order(request: HttpRequest, number: str) -> out.Order:
    """State and times, lines with their serial numbers, payments, cancellations, certificate."""
    return order_answer(_authorized(request))


@router.post(
    "/orders/{number}/payments",
    response=out.StartedPayment,
    auth=OrderToken(),
    operation_id="start_payment",
    summary="Pay an order",
    openapi_extra=key_parameter(required=True),
)
def create_payment(request: HttpRequest, number: str, body: out.PaymentIn) -> HttpResponse:
    """Start an attempt to pay. An order that is paid already answers ``paid``: nothing is charged again."""
    order = _authorized(request)
    key = required_key(request)
    return_url = body.return_url
    if return_url is not None and not (_SAFE_URL.fullmatch(return_url) and return_url_allowed(return_url)):
        message = _("This address is not on the list of those a buyer may be sent back to.")
        raise StoreError(code="invalid", message=message, errors=[FieldError("return_url", message)])

    def act() -> tuple[int, dict[str, Any]]:
        started = start_payment(order=order, method_id=body.method, return_url=return_url or order_link(order))
        return 200, plain(payment_answer(order=order, started=started))

    scope = f"payments:{caller_of(order)}"
    return once(scope=scope, key=key, fingerprint=fingerprint_of(body.model_dump()), act=act).response()


@router.post(
    "/orders/{number}/withdraw",
    response=out.Order,
    auth=OrderToken(),
    operation_id="withdraw_order",
    summary="Give up an unpaid order",
    openapi_extra=key_parameter(required=True),
)
def withdraw_order(
    request: HttpRequest,
    number: str,
    body: Body[out.WithdrawIn | None] = None,
) -> HttpResponse:
    """Its units go back on sale at once. An order that is paid, or being paid, cannot be withdrawn."""
    order = _authorized(request)
    key = required_key(request)

    def act() -> tuple[int, dict[str, Any]]:
        withdraw(order=order)
        order.refresh_from_db()
        return 200, plain(order_answer(order))

    scope = f"withdraw:{caller_of(order)}"
    return once(scope=scope, key=key, fingerprint=fingerprint_of({}), act=act).response()


@router.post(
    "/orders/{number}/substitute",
    response=out.Order,
    auth=OrderToken(),
    operation_id="answer_substitute",
    summary="Accept or decline other units",
    openapi_extra=key_parameter(required=True),
)
def answer_substitute(request: HttpRequest, number: str, body: out.SubstituteIn) -> HttpResponse:
    """The buyer's word on what stands in ``lines[].substitute``, for good.

    Accepting takes the units and asks the registry for them; declining sends the line's money back. A proposal that is
    over, taken back or answered otherwise is 409 ``conflict``; units that are gone meanwhile are 409 ``sold-out``.
    """
    order = _authorized(request)
    key = required_key(request)

    def act() -> tuple[int, dict[str, Any]]:
        proposal_id = body.proposal or open_proposal(order=order)
        decide = accept_substitute if body.answer == "accept" else decline_substitute
        decide(number=order.number, token=order_token(order), proposal_id=proposal_id)
        order.refresh_from_db()
        return 200, plain(order_answer(order))

    scope = f"substitute:{caller_of(order)}"
    return once(scope=scope, key=key, fingerprint=fingerprint_of(body.model_dump()), act=act).response()


def _authorized(request: HttpRequest) -> Order:
    order: Order = request.auth  # type: ignore[attr-defined]
    return order
