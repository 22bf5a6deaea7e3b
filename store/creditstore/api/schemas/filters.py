"""Query parameters. They are texts; the services read them, so that pages and API take the same."""

from __future__ import annotations

from pydantic import BaseModel, Field

from creditstore.api.schemas.common import CURSOR, LIMIT


class ProjectFilters(BaseModel):
    """Which projects. A list parameter may be repeated: any of its values will do."""

    q: str = Field("", max_length=200, description="Words from title, reference, country, methodology")
    country: list[str] = Field([], description="ISO 3166-1 alpha-2, such as CL")
    region: list[str] = []
    ldc: str | None = Field(None, description="1: only projects hosted by a least developed country")
    scope: list[str] = Field([], description="Sectoral scope, such as 1")
    methodology: list[str] = Field([], description="Such as ACM0002")
    type: list[str] = Field([], description="Such as Wind")
    sdg: list[str] = Field(
        [], description="Sustainable Development Goal, 1 to 17: entered with a source or inferred from the type"
    )
    period: list[str] = Field([], description="Commitment period, 1 or 2")
    vintage_from: str | None = Field(
        None, description="A year: offers from monitoring periods that begin in it or later"
    )
    vintage_to: str | None = Field(None, description="A year: offers from monitoring periods that end in it or earlier")
    price_max: str | None = Field(None, description="The most that one unit may cost, in `currency`", examples=["2.50"])
    currency: str | None = Field(None, description="ISO 4217; without it the store's own")
    scale: list[str] = Field([], description="large, small")
    activity: list[str] = Field([], description="PA, PoA")
    seller: list[str] = Field([], description="`id` of a seller")
    available_min: str | None = Field(None, description="How many units must be for sale")


class ProjectListing(ProjectFilters):
    """Which projects, in which order, which page."""

    sort: str = Field("relevance", description="relevance, price, -price, vintage, -vintage, -available, title")
    limit: int = LIMIT
    cursor: str | None = CURSOR


class SuggestionRequest(BaseModel):
    """A question that is being typed."""

    q: str = Field("", max_length=200, description="What has been typed so far")
    limit: int = Field(8, ge=1, le=20, description="How many at most")


class RegisterListing(BaseModel):
    """Which entries of the public register."""

    serial: str = Field("", max_length=80, description="Entries whose range holds this unit")
    project: str = Field("", max_length=20, description="`ref` of a project")
    country: str = Field("", max_length=2, description="Host country, ISO 3166-1 alpha-2")
    date_from: str = Field("", alias="from", max_length=10, description="A day, UTC", examples=["2026-01-31"])
    date_to: str = Field("", alias="to", max_length=10, description="A day, UTC, included")
    q: str = Field("", max_length=200, description="Words from published names")
    limit: int = LIMIT
    cursor: str | None = CURSOR


class CertificateCode(BaseModel):
    """What opens a certificate below full visibility."""

    code: str = Field("", max_length=100, description="From the QR or the certificate's address")
