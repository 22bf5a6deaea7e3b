"""Prices without holding anything."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from creditstore.api.application import ApiRouter
from creditstore.api.idempotency import HEADER, fingerprint_of, once, optional_key
from creditstore.api.limits import client_address
from creditstore.api.routes.catalogue import seller_answer
from creditstore.api.schemas import catalogue as out
from creditstore.api.schemas.common import MoneyValue, plain
from creditstore.cancellation.services import registry_is_simulated
from creditstore.catalogue.facts_of import seller_facts
from creditstore.checkout.quotes import Amounts, Quote, quote
from creditstore.orders.requests import LineRequest

router = ApiRouter(tags=["Buying"])


def key_parameter(*, required: bool) -> dict[str, object]:
    """The header in the description; it is read by our own code, which has better words for what is wrong."""
    return {
        "parameters": [
            {
                "in": "header",
                "name": HEADER,
                "required": required,
                "description": "1 to 200 visible ASCII characters; a repeat with the same key and body acts once",
                "schema": {"type": "string", "minLength": 1, "maxLength": 200},
            }
        ]
    }


@router.post(
    "/quotes",
    response=out.Quote,
    operation_id="create_quote",
    summary="Price some lines",
    openapi_extra=key_parameter(required=False),
)
def create_quote(request: HttpRequest, body: out.QuoteIn) -> HttpResponse | out.Quote:
    """What the lines cost now, taken apart. Nothing is held. No seller charges tax yet, and no plugin a fee."""

    def act() -> tuple[int, dict[str, object]]:
        return 200, plain(_answer(body))

    key = optional_key(request)
    if key is None:
        return _answer(body)
    scope = f"quotes:{client_address(request)}"
    return once(scope=scope, key=key, fingerprint=fingerprint_of(body.model_dump()), act=act).response()


def _answer(body: out.QuoteIn) -> out.Quote:
    lines = [LineRequest(offer_code=line.offer, quantity=line.quantity) for line in body.lines]
    found: Quote = quote(lines=lines, buyer_country=body.buyer_country or "")
    return out.Quote(
        seller=seller_answer(seller_facts(found.seller, language=get_language() or "en")),
        lines=[
            out.QuoteLine(
                offer=line.offer.code,
                project=line.offer.issuance.project.ref,
                quantity=line.quantity,
                unit_price=MoneyValue.of(line.unit_price),
                price_invented=line.offer.price_invented,
                amounts=_amounts(line.amounts),
            )
            for line in found.lines
        ],
        total=_amounts(found.total),
        expires_at=found.expires_at,
        simulated=registry_is_simulated(),
    )


def _amounts(amounts: Amounts) -> out.Amounts:
    return out.Amounts(
        price=MoneyValue.of(amounts.price),
        tax=MoneyValue.of(amounts.tax),
        total=MoneyValue.of(amounts.total),
        platform_fee=MoneyValue.of(amounts.platform_fee),
        payment_fee=[
            out.MethodAmounts(
                method=share.method,
                payment_fee=MoneyValue.of(share.payment_fee),
                to_seller=MoneyValue.of(share.to_seller),
            )
            for share in amounts.methods
        ],
        to_seller=MoneyValue.of(amounts.to_seller),
    )
