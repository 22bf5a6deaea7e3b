"""Shapes that every part of the API shares. Answers are built by our own code; bodies come from outside."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema

from creditstore_plugins import Money


class Body(BaseModel):
    """What callers send: unknown keys and values of another type are errors, nothing is converted."""

    model_config = ConfigDict(extra="forbid", strict=True)


def _open_to_additions(schema: dict[str, Any]) -> None:
    """Answers may gain members within a version: a description that forbade them would break its readers."""
    schema.pop("additionalProperties", None)


class Answer(BaseModel):
    """What the store answers."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True, json_schema_extra=_open_to_additions)


def rfc3339(moment: datetime) -> str:
    """A time in UTC, whole seconds, ending in ``Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


UtcTime = Annotated[
    datetime,
    PlainSerializer(rfc3339, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-01-31T12:00:00Z"]}),
]
CountryCode = Annotated[str, Field(max_length=2, description="ISO 3166-1 alpha-2, in capitals", examples=["CL"])]
Marked = Annotated[bool, Field(description="Invented for a demonstration")]
Simulated = Annotated[
    bool, Field(description="The registry is a simulation: no real unit is or was cancelled through it")
]


class MoneyValue(Answer):
    """An amount as a decimal text with all the currency's decimals."""

    amount: str = Field(examples=["12.50"])
    currency: str = Field(description="ISO 4217", examples=["USD"])

    @classmethod
    def of(cls, money: Money) -> MoneyValue:
        """From the store's own amounts."""
        return cls(amount=str(money), currency=money.currency)


class Named(Answer):
    """A code and what it means; the name is empty where the source is not sure."""

    code: str
    name: str


class SerialRange(Answer):
    """A run of units, both ends in it, as the registry prints them."""

    serial_start: str
    serial_end: str


ItemT = TypeVar("ItemT")


class PageOf(Answer, Generic[ItemT]):
    """One page of a list: ``next`` is the cursor of the following page, null at the end."""

    items: list[ItemT]
    next: str | None
    total: int


LIMIT: Any = Field(25, ge=1, le=100, description="How many at a time")
CURSOR: Any = Field(None, max_length=1000, description="`next` of the page before")


class Paging(BaseModel):
    """Which page of a list."""

    limit: int = LIMIT
    cursor: str | None = CURSOR


def plain(answer: Answer) -> dict[str, Any]:
    """The answer as JSON values, as it is sent and kept."""
    return answer.model_dump(mode="json", by_alias=True)
