"""What the store says of itself."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from creditstore.api.schemas.common import Answer, Simulated, UtcTime

Health = Annotated[
    Literal["ok", "slow", "down"], Field(description="ok; slow: it works with a delay; down: it does not work now")
]


class Method(Answer):
    """One way to pay."""

    id: str
    plugin: str
    title: str
    description: str
    currencies: list[str] = Field(description="ISO 4217; empty: any")
    capabilities: list[str]
    test_mode: bool


class Registry(Answer):
    """One registry that units can be cancelled in."""

    id: str
    title: str
    scheme: str = Field(description="The grammar of its serial numbers")
    simulated: Simulated


class Format(Answer):
    """One format of certificates."""

    name: str
    plugin: str
    title: str
    media_type: str
    extension: str


class Plugins(Answer):
    """What this store offers."""

    payment_methods: list[Method]
    registries: list[Registry]
    certificate_formats: list[Format]


class TermsFacts(Answer):
    """The terms in force: an order names this version."""

    version: str
    url: str


class RegistryHealth(Answer):
    """The registry that orders are cancelled in."""

    id: str
    title: str
    state: Health
    message: str
    simulated: Simulated


class QueueHealth(Answer):
    """The work that waits: cancellations, certificates, mails."""

    state: Health
    message: str
    waiting: int
    oldest_seconds: int = Field(description="How long the oldest piece of work has been due")


class Status(Answer):
    """How the store is."""

    version: str
    terms: TermsFacts | None
    simulated: Simulated
    demo: bool = Field(description="A demonstration: sellers and prices may be invented, no real money moves")
    registry: RegistryHealth
    queue: QueueHealth
    checked_at: UtcTime
