"""Orders and payments as they are sent."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from creditstore.api.schemas.catalogue import Objection, OfferId, Quantity, Vintage
from creditstore.api.schemas.common import (
    Answer,
    Body,
    CountryCode,
    Marked,
    MoneyValue,
    SerialRange,
    Simulated,
    UtcTime,
)
from creditstore.orders.requests import NAME_LIMIT, REASON_LIMIT

Name = Annotated[str, Field(min_length=1, max_length=NAME_LIMIT)]


class ExpectedPrice(Body):
    """The price of one unit that the caller saw."""

    amount: str = Field(pattern=r"^[0-9]{1,12}(\.[0-9]{1,3})?$", examples=["2.50"])
    currency: str = Field(pattern=r"^[A-Z]{3}$", examples=["USD"])


class OrderLineIn(Body):
    """So many units of one offer; with ``expected_price`` another price is refused (409 ``price-changed``)."""

    offer: OfferId
    quantity: Quantity
    expected_price: ExpectedPrice | None = None


class BuyerIn(Body):
    """Who pays. Never published."""

    email: str = Field(max_length=254)
    name: Name
    country: CountryCode
    organisation: str = Field("", max_length=NAME_LIMIT)
    vat_id: str = Field("", max_length=40)


class BeneficiaryIn(Body):
    """For whom the units are cancelled, as it shall stand on the certificate."""

    name: Name
    country: Annotated[str, Field(max_length=2)] = ""
    identifier: str = Field("", max_length=80)


class ConsentIn(Body):
    """Both are required: the version of the terms from ``GET /status``, and that the cancellation starts at once."""

    terms: str = Field(max_length=20)
    immediate_performance: bool


class OrderIn(Body):
    """A whole order."""

    lines: list[OrderLineIn] = Field(min_length=1, max_length=100)
    buyer: BuyerIn
    beneficiary: BeneficiaryIn
    reason: str = Field("", max_length=REASON_LIMIT, description="The buyer's own words")
    visibility: Literal["full", "serials", "hidden"] = Field(
        description="What the public register shows: name, reason and serials; serials only; nothing but the fact"
    )
    consent: ConsentIn
    language: str | None = Field(
        None, max_length=20, description="Of mails and the certificate; without it the request's"
    )
    campaign: str = Field(
        "", max_length=20, description="Key of the campaign that the units count towards; an unknown one counts nowhere"
    )


class PaymentMethod(Answer):
    """One way to pay. ``test_mode``: no real money moves."""

    id: str
    title: str
    description: str
    test_mode: bool


class PlacedOrder(Answer):
    """A new order. ``token`` opens it: keep it, it is told here only (and on a repeat of the call)."""

    number: str
    token: str
    state: str
    expires_at: UtcTime = Field(description="When the units go back on sale unless the order is paid")
    total: MoneyValue
    payment_methods: list[PaymentMethod]
    url: str = Field(description="The order's page for the buyer; it carries the token")
    simulated: Simulated


class OrderMoney(Answer):
    """Money of an order. ``total`` includes ``tax``; ``paid`` is what was captured, ``refunded`` what went back."""

    total: MoneyValue
    tax: MoneyValue
    paid: MoneyValue
    refunded: MoneyValue


class Substitute(Answer):
    """Other units that are proposed because the registry refused a line. The buyer pays no more than was paid.

    ``price`` is what their seller asks for one unit now. Answer with ``POST /orders/{number}/substitute``.
    """

    proposal: int
    project: str
    project_title: str
    country: CountryCode
    vintage: Vintage
    quantity: int
    price: MoneyValue
    note: str = Field(description="Why, in the store's own words")
    expires_at: UtcTime = Field(description="Until when it can be answered")
    objections: list[Objection]


class OrderLine(Answer):
    """One line; ``ranges`` are its serial numbers once they are carved, after payment.

    ``substitute``: other units that the buyer is asked about, while that is open.
    """

    offer: str
    project: str
    project_title: str
    country: CountryCode
    vintage: Vintage
    quantity: int
    unit_price: MoneyValue
    total: MoneyValue
    state: str
    ranges: list[SerialRange]
    substitute: Substitute | None


class Instructions(Answer):
    """What the buyer has to do elsewhere, such as a transfer: ``facts`` are label and value, in order."""

    text: str
    facts: list[tuple[str, str]]


class Payment(Answer):
    """One attempt to pay."""

    id: str
    method: str
    title: str
    state: str = Field(
        description="created, pending, unknown, captured, underpaid, overpaid, declined, expired, partly_refunded, "
        "refunded, disputed"
    )
    amount: MoneyValue
    message: str
    started_at: UtcTime
    captured_at: UtcTime | None
    test_mode: bool
    instructions: Instructions | None


class Cancellation(Answer):
    """One transaction at the registry. ``completed_at`` is the registry's own time."""

    transaction: str
    registry: str
    state: str
    quantity: int
    completed_at: UtcTime | None
    ranges: list[SerialRange]
    simulated: Simulated


class OrderCertificate(Answer):
    """The order's certificate; the address carries the code that opens all of it."""

    number: str
    url: str


class Step(Answer):
    """One step of the way: done, current, waiting or failed."""

    key: str
    title: str
    at: UtcTime | None
    status: str


class Order(Answer):
    """An order as its buyer sees it. Money and registry are two axes, each with times of its own."""

    number: str
    state: str
    final: bool = Field(description="Nothing happens by itself any more")
    payable: bool = Field(description="A payment can be started now")
    placed_at: UtcTime
    expires_at: UtcTime
    times: dict[str, UtcTime] = Field(description="When the order first came into each state")
    next: str = Field(description="What happens next, in plain words")
    cancel_after: UtcTime | None = Field(
        description="Paid units are not cancelled before this time, because the payment can still be taken back"
    )
    steps: list[Step]
    seller: str
    seller_invented: Marked
    quantity: int
    lines: list[OrderLine]
    money: OrderMoney
    payment_methods: list[PaymentMethod]
    payments: list[Payment]
    cancellations: list[Cancellation]
    certificate: OrderCertificate | None
    simulated: Simulated


class PaymentIn(Body):
    """How to pay, and where the buyer comes back to (the store's own pages, or an origin that the operator allows)."""

    method: str = Field(min_length=1, max_length=80)
    return_url: str | None = Field(None, max_length=2000)


class SubstituteIn(Body):
    """The buyer's word on other units.

    ``proposal`` says which, as in ``lines[].substitute``: then nothing is accepted that was proposed after you looked.
    It may be left out while only one is open.
    """

    answer: Literal["accept", "decline"]
    proposal: int | None = Field(None, ge=1, lt=2**63)


class WithdrawIn(Body):
    """Nothing needs to be said."""


class OrderState(Answer):
    """The order after the call."""

    number: str
    state: str


class StartedPayment(Answer):
    """What became of the attempt. Only the members of this outcome are set:

    ``redirect``: send the buyer to ``url``; ``submit_form``: post ``fields`` to ``action`` from the buyer's browser;
    ``instructions``: show them; ``declined``: no money moved, pay again with a new key; ``pending`` and ``unknown``:
    the store asks the provider and never charges again, read the order to see what became of it.
    """

    outcome: Literal["paid", "pending", "redirect", "submit_form", "instructions", "declined", "unknown"]
    message: str = ""
    url: str | None = None
    action: str | None = None
    fields: dict[str, str] | None = None
    instructions: Instructions | None = None
    payment: Payment
    order: OrderState
    simulated: Simulated
