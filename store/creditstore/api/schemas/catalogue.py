"""Projects, offers and quotes as they are sent."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from creditstore.api.schemas.common import (
    Answer,
    Body,
    CountryCode,
    Marked,
    MoneyValue,
    Named,
    PageOf,
    Simulated,
    UtcTime,
)

#: More than any issuance holds; what is really available is the offer's business.
MOST_UNITS = 1_000_000_000_000

Quantity = Annotated[int, Field(ge=1, le=MOST_UNITS, description="Units, one for each tonne of CO2 equivalent")]
OfferId = Annotated[str, Field(min_length=1, max_length=40, description="`id` of an offer")]


class Vintage(Answer):
    """The monitoring period in which the reductions were made."""

    from_: date | None = Field(alias="from")
    to: date | None


class SellerFacts(Answer):
    """Who sells."""

    id: str
    name: str
    country: CountryCode
    about: str
    invented: Marked


class Objection(Answer):
    """What others decided or found about a kind of units; no verdict on the single project."""

    code: str = Field(examples=["large-hydro"])
    label: str = Field(description="A few words, to be shown beside the price")
    text: str
    source_title: str
    source_url: str


class Offer(Answer):
    """One seller's price and quantity for part of one issuance."""

    id: str
    project: str = Field(description="`ref` of the project")
    project_title: str
    seller: SellerFacts
    price: MoneyValue = Field(description="Of one unit")
    price_invented: Marked
    available: int
    min: int = Field(description="The smallest quantity of one order")
    max: int | None = Field(description="The largest quantity of one order; null: what is available")
    vintage: Vintage
    period: int = Field(description="Commitment period, 1 or 2")
    unit_type: str = Field(examples=["CER"])
    unit_name: str
    objections: list[Objection] = Field(description="Known objections to these units")
    state: str = Field(description="live, paused, sold_out or withdrawn; only live offers can be ordered")
    simulated: Simulated


class TextPart(Answer):
    """A piece of a text, and whether the question matched it. Plain text, no markup."""

    text: str
    matched: bool


class Correction(Answer):
    """A word that stands nowhere in the catalogue, and the one that was looked for instead."""

    typed: str
    meant: str


class ProjectItem(Answer):
    """One project in a list. Price, units and vintages are those of its live offers that meet the question."""

    ref: str = Field(description="The CDM's reference, text, as it prints it", examples=["0009"])
    title: str
    countries: list[CountryCode]
    type: str
    scopes: list[str]
    methodologies: list[str]
    scale: str
    activity: str = Field(description="PA: project activity, PoA: programme of activities")
    registered_on: date | None
    price_from: MoneyValue | None
    price_invented: Marked
    available: int
    vintage_from: int | None = Field(description="A year")
    vintage_to: int | None = Field(description="A year")
    title_parts: list[TextPart] = Field(description="The title in pieces; joined they are the title")
    subtype: str
    goals: list[int] = Field(
        description="Sustainable Development Goals: entered with a source, or inferred from the type"
    )
    least_developed: bool = Field(description="A host is a least developed country")
    installed_capacity_mw: float | None
    url: str
    simulated: Simulated


class ProjectList(PageOf[ProjectItem]):
    """One page of projects, and what was taken for typing errors in `q`."""

    corrections: list[Correction] = []


class Suggestion(Answer):
    """How the question could go on."""

    kind: Literal["country", "type", "methodology", "word", "project"]
    label: str
    value: str = Field(
        description="For the parameter of that name; for a project its `ref`, for a word the whole new `q`"
    )
    rest: str = Field(description="The `q` to ask beside a filter: the words before it; empty for words and projects")
    count: int = Field(description="Projects that have this and all words before it")


class Suggestions(Answer):
    """Best first; none for less than two letters."""

    items: list[Suggestion]


class Party(Answer):
    """A country that takes part: as host, or otherwise."""

    code: CountryCode | None
    name: str
    role: Literal["host", "other"]


class CreditingPeriod(Answer):
    """For how long reductions may be credited, over all periods."""

    start: date | None
    end: date | None
    type: str


class CreditingTerm(Answer):
    """One crediting period of a project that may have several."""

    start: date | None
    end: date | None
    expected_reductions: int | None = Field(description="Tonnes of CO2 equivalent a year, as estimated")


class Goal(Answer):
    """A Sustainable Development Goal, or a co-benefit without one, and on what basis it is named."""

    goal: int | None = Field(description="1 to 17; null for a co-benefit")
    name: str
    basis: Literal["entered", "inferred"] = Field(
        description="entered: by an editor, with a source; inferred: from the type of project alone"
    )
    text: str
    source_title: str
    source_url: str


class VintageUnits(Answer):
    """The units of one vintage by what became of them. `issued` is the sum of cancelled and outstanding ones."""

    year: int | None = Field(description="First year of the monitoring period; null: not known")
    issued: int
    cancelled_un_store: int = Field(description="Cancelled, sold by the UN store")
    cancelled_elsewhere: int = Field(description="Cancelled otherwise")
    cancelled_here: int = Field(description="Cancelled through this store")
    outstanding: int
    available: int = Field(description="Of the outstanding ones, for sale here now")


class Coordinates(Answer):
    """Where the project stands, in degrees."""

    latitude: float
    longitude: float


class Document(Answer):
    """Where to read more."""

    title: str
    url: str
    kind: Literal["page", "documents"] = Field(description="The registry's page of the project, or its documents")


class Project(Answer):
    """Everything the store knows of one project. ``issued`` = ``cancelled`` + ``outstanding``."""

    ref: str
    title: str
    countries: list[CountryCode]
    type: str
    subtype: str
    scopes: list[str]
    methodologies: list[str]
    sectors: list[Named] = Field(description="`scopes` with their names")
    methodology_titles: list[Named] = Field(description="`methodologies` with their titles")
    scale: str
    activity: str
    status: str = Field(description="registered, deregistered or unclear; only units of registered projects are sold")
    status_note: str = Field(description="What the source says of the status")
    unfccc_id: str
    registered_on: date | None
    parties: list[Party]
    region: str
    subnational_region: str
    least_developed: bool = Field(description="A host is on today's list of least developed countries")
    small_island: bool = Field(description="A host is on today's list of small island developing States")
    methodology_versions: list[str]
    crediting_period: CreditingPeriod
    crediting_periods: list[CreditingTerm]
    expected_reductions: int | None = Field(description="Tonnes of CO2 equivalent a year")
    installed_capacity_mw: float | None
    validated_by: str
    coordinates: Coordinates | None
    documents: list[Document]
    goals: list[Goal]
    objections: list[Objection] = Field(description="To the kind of project, and to what of it is for sale")
    source: str = Field(description="Where these facts come from")
    issued: int
    cancelled: int
    cancelled_here: int = Field(description="Of the cancelled ones, those cancelled through this store")
    outstanding: int = Field(description="Not known to be cancelled; they may lie in another registry")
    available: int = Field(description="For sale here now")
    vintages: list[VintageUnits] = Field(description="The same units by vintage, oldest first")
    price_from: MoneyValue | None
    price_invented: Marked
    offers: list[Offer]
    url: str
    simulated: Simulated


class FacetValue(Answer):
    """One value of a filter, and how many projects it would leave."""

    value: str
    label: str
    count: int
    selected: bool


class QuoteLineIn(Body):
    """So many units of one offer."""

    offer: OfferId
    quantity: Quantity


class QuoteIn(Body):
    """What to price. Buyer's country, type and VAT id decide on tax where a seller charges any."""

    lines: list[QuoteLineIn] = Field(min_length=1, max_length=100)
    buyer_country: CountryCode | None = None
    buyer_type: Literal["consumer", "business"] | None = None
    vat_id: str | None = Field(None, max_length=40)


class MethodAmounts(Answer):
    """What a payment method takes, and what then reaches the seller."""

    method: str
    payment_fee: MoneyValue = Field(description="0 as long as payment plugins declare no fees")
    to_seller: MoneyValue


class Amounts(Answer):
    """Prices taken apart. ``total`` is what the buyer pays: fees are borne inside it, never added on top."""

    price: MoneyValue
    tax: MoneyValue
    total: MoneyValue
    platform_fee: MoneyValue = Field(description="0: this store takes no brokerage fee")
    payment_fee: list[MethodAmounts] = Field(description="For each payment method")
    to_seller: MoneyValue = Field(description="Total less tax, platform fee and the smallest payment fee")


class QuoteLine(Answer):
    """One line of a quote."""

    offer: str
    project: str
    quantity: int
    unit_price: MoneyValue
    price_invented: Marked
    amounts: Amounts


class Quote(Answer):
    """What the lines cost now. Nothing is held: an order may still find another price or fewer units."""

    seller: SellerFacts
    lines: list[QuoteLine]
    total: Amounts
    expires_at: UtcTime = Field(description="Ask again after this time")
    simulated: Simulated
