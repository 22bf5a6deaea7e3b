"""Pledges as the API takes and sends them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, Field

from creditstore.api.schemas.common import CURSOR, LIMIT, Answer, Body, CountryCode, UtcTime

Kind = Literal["person", "organisation", "event"]
Step = Literal["measure", "reduce", "contribute"]


class PledgeListing(BaseModel):
    """Which public pledges."""

    q: str = Field("", max_length=200, description="Words of the name, in any case and without accents")
    kind: str = Field("", max_length=12, description="person, organisation, event")
    country: str = Field("", max_length=2, description="ISO 3166-1 alpha-2")
    limit: int = LIMIT
    cursor: str | None = CURSOR


class PublicPledge(Answer):
    """A pledge that its signer wants to be seen, and that a moderator has looked at."""

    id: str
    kind: Kind
    name: str | None = Field(description="null where the signer shows no name")
    country: CountryCode
    steps: list[Step]
    state: Literal["active", "lapsed"]
    text_version: int
    pledged_at: UtcTime
    lapsed_at: UtcTime | None
    url: str


Level = Literal["bronze", "silver", "gold"]


class Target(Answer):
    """A straight path from the emissions of one year to those that shall be left in another, in kg CO2e."""

    base_year: int
    base_kg: Decimal
    target_year: int
    target_kg: Decimal
    allowed_kg: Decimal | None = Field(
        description="What the path leaves for the year told of; null up to the base year"
    )


class ReportContribution(Answer):
    """Cancelled units: of a certificate of this store, or, not checked by it, elsewhere."""

    units: int
    certificate: str | None = Field(description="Number; null for one elsewhere, and for one that its buyer hides")
    simulated: bool = Field(description="No registry has cancelled anything: a demonstration's")
    registry: str | None
    reference: str | None
    url: str | None


class ReportLevels(Answer):
    """Of each step by itself; null where none is reached, or the step was not pledged."""

    measure: Level | None
    reduce: Level | None
    contribute: Level | None


class YearReport(Answer):
    """A year as the signer tells it: measured, reduced, contributed, none taken from another. null: not told.

    Nobody here checked the figures; a person read them before they were shown.
    """

    year: int
    ended_on: date = Field(description="Last day of the twelve months, or of the event")
    published_at: UtcTime
    measured_kg: Decimal | None = Field(description="The whole footprint in kg CO2e, before any contribution")
    scope1_kg: Decimal | None
    scope2_kg: Decimal | None
    scope3_kg: Decimal | None
    boundary: str
    method: str
    complete: bool = Field(description="Nothing that matters is left out but `exclusions`, as the signer says")
    exclusions: str
    verified_by: str
    verification_url: str
    target: Target | None
    plan: str
    plan_url: str
    contributions: list[ReportContribution]
    statement: str
    levels: ReportLevels
    rules: str = Field(description="Version of the level rules, see GET /pledges/levels")


class PledgeRecord(PublicPledge):
    """A public pledge with its published years, the newest first; a pledge without a name shows none."""

    reports: list[YearReport]


class LevelMeaning(Answer):
    """What one level of one step asks for, beside all that the levels before it ask for."""

    step: Step
    level: Level
    asks: list[str]


class Levels(Answer):
    """The operator's rules for levels."""

    version: str
    levels: list[LevelMeaning]


class Counts(Answer):
    """Confirmed pledges in force, also those that are not shown one by one."""

    persons: int
    organisations: int
    events: int
    countries: int


class StepWords(Answer):
    """What each step means."""

    measure: str
    reduce: str
    contribute: str


class Text(Answer):
    """The words that are signed now: the introduction, those of each step that the signer chooses, and the closing."""

    version: int
    language: str
    title: str
    introduction: str
    steps: StepWords
    closing: str
    published_at: UtcTime


class Signer(Body):
    """Who signs for an organisation or an event."""

    name: str = Field(max_length=200)
    role: str = Field("", max_length=200)


class PledgeIn(Body):
    """A signature. ``name`` is the person, the organisation or the event that pledges."""

    kind: Kind
    name: str = Field(max_length=200)
    signer: Signer | None = Field(None, description="Required for organisations and events")
    country: CountryCode
    email: str = Field(max_length=254, description="Gets the link that confirms the pledge")
    steps: list[Step] = Field(max_length=3)
    listing: Literal["named", "anonymous", "none"] = Field(
        description="What the public list may show, once a moderator has looked at it"
    )
    text_version: int = Field(description="`version` of GET /pledges/text, which the signer has read and agrees to")
    language: str | None = Field(None, max_length=20, description="Of the mails; without it that of the request")
    invitation: str = Field("", max_length=32, description="Code of the invitation that led here")


class Signed(Answer):
    """The same answer for every address, known or not: only its owner learns more, by mail."""

    state: Literal["unconfirmed"]
    confirm_within_hours: int
