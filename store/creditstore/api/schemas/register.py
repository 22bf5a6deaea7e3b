"""The public register, single units and certificates as they are sent."""

from __future__ import annotations

from pydantic import Field

from creditstore.api.schemas.common import Answer, CountryCode, SerialRange, Simulated, UtcTime


class Entry(Answer):
    """One cancelled range of the public register; names only as the buyer published them."""

    number: str
    serial_start: str
    serial_end: str
    quantity: int
    project: str
    project_title: str
    country: CountryCode
    completed_at: UtcTime
    registry: str
    transaction: str
    kind: str
    beneficiary: str | None
    reason: str | None
    certificate: str | None
    simulated: Simulated


class Issuance(Answer):
    """Where the unit comes from."""

    project: str
    project_title: str
    issued_at: UtcTime | None


class SerialOffer(Answer):
    """The offer that holds the unit."""

    id: str
    state: str


class SerialHistory(Answer):
    """What happened to one unit: unknown, outstanding, on_offer, assigned or cancelled.

    Of a hidden cancellation only the fact and its time are told.
    """

    serial: str
    state: str
    issuance: Issuance | None
    block: SerialRange | None
    offer: SerialOffer | None
    cancelled_at: UtcTime | None
    cancelled_through: str | None
    cancellation: Entry | None
    certificate: str | None
    simulated: Simulated


class CertificateFile(Answer):
    """One file of a certificate."""

    name: str
    title: str
    media_type: str
    url: str


class Certificate(Answer):
    """A certificate. Below full visibility and without the code names, reason and files are left out."""

    number: str
    revision: int
    state: str = Field(description="issued or superseded")
    disclosed: bool = Field(description="Everything is shown")
    issued_at: UtcTime
    digest: str | None = Field(description="SHA-256 of the canonical facts (RFC 8785), where all of them are shown")
    facts: dict[str, object] = Field(description="What the certificate says")
    formats: list[CertificateFile]
    url: str
    simulated: Simulated


class ReconciliationStage(Answer):
    """One comparison of the last reconciliation: payments, orders, totals, blocks or records."""

    stage: str
    outcome: str = Field(description="matched, differs, not_needed, not_offered or not_told")
    compared: int = Field(description="Records; units for totals and blocks")
    differing: int = Field(description="How many of them do not match")


class Reconciliation(Answer):
    """How the store's records match those of the registry and of payment providers."""

    state: str = Field(description="never (none was made yet), late (the last one is too old) or current")
    last_run_at: UtcTime | None
    full: bool = Field(description="The last one compared everything from the beginning")
    unmatched: int = Field(description="What does not match and is not explained, now")
    oldest_at: UtcTime | None = Field(description="When the oldest of it was first seen")
    stages: list[ReconciliationStage]
    simulated: Simulated
