"""Certificate formats: the facts of one certificate, and the file a format makes of them.

The facts are complete: a format asks nobody and reads no clock, so the same document gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any, ClassVar, Protocol

from creditstore_plugins.settings import PluginSettings
from creditstore_plugins.types.common import Finding, NoSettings, PluginContext


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRange:
    """One run of cancelled units with everything an auditor asks of it.

    ``host_country`` is the name in the certificate's language, ``host_country_code`` ISO 3166-1 alpha-2;
    ``scopes`` are "code name" texts; ``completed_at`` is the registry's own time, UTC.
    """

    serial_start: str
    serial_end: str
    quantity: int
    project_ref: str
    project_title: str
    host_country: str
    host_country_code: str
    scopes: tuple[str, ...]
    methodologies: tuple[str, ...]
    monitoring_start: date | None
    monitoring_end: date | None
    commitment_period: int
    registry: str
    transaction: str
    completed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateDocument:
    """Everything a certificate says. Times are aware UTC; quantities are units, one per tonne of CO2 equivalent.

    ``reason`` is the buyer's own words and must be marked so. ``unit_type`` is the field's short name (CER), spelled
    out in ``unit_name``. ``verification_url`` already carries the code that the QR needs. ``language`` is BCP 47.
    """

    number: str
    revision: int
    language: str
    order_number: str
    ordered_at: datetime
    issued_at: datetime
    issuer: str
    seller: str
    beneficiary: str
    beneficiary_country: str
    reason: str
    quantity: int
    unit_type: str
    unit_name: str
    kind: str
    corresponding_adjustment: bool
    simulated: bool
    ranges: tuple[CertificateRange, ...]
    verification_url: str

    def __post_init__(self) -> None:
        if not self.ranges or sum(part.quantity for part in self.ranges) != self.quantity:
            raise ValueError("the ranges of a certificate must sum to its quantity")
        times = (self.ordered_at, self.issued_at, *(part.completed_at for part in self.ranges))
        if any(moment.tzinfo is None for moment in times):
            raise ValueError("the times of a certificate must know their time zone")

    def facts(self) -> dict[str, Any]:
        """The facts as JSON values, ready for canonical JSON (RFC 8785): times RFC 3339 UTC, no floats.

        The verification address is left out: it carries the secret code, and may move while the facts stay.
        """

        def plain(value: Any) -> Any:
            if isinstance(value, datetime):
                return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            if isinstance(value, date):
                return value.isoformat()
            if isinstance(value, dict):
                return {key: plain(item) for key, item in value.items()}
            if isinstance(value, list | tuple):
                return [plain(item) for item in value]
            return value

        facts: dict[str, Any] = plain(asdict(self))
        del facts["verification_url"]
        return facts


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFormatInfo:
    """What a format says of itself. ``name`` is the word in addresses (``pdf``), ``extension`` that of the file."""

    title: str
    name: str
    media_type: str
    extension: str
    settings_model: type[PluginSettings] = NoSettings


class CertificateFormat(Protocol):
    """A format of certificates. Rendering is pure: same document, same digest, same bytes."""

    info: ClassVar[CertificateFormatInfo]

    def __init__(self, context: PluginContext[Any]) -> None:
        """Keep the context; do no I/O here."""

    def render(self, document: CertificateDocument, *, digest: str) -> bytes:
        """The file. ``digest`` is the SHA-256 of the canonical facts, in hexadecimal, to be printed.

        Errors: ``RenderFailed`` when a faithful file cannot be made.
        """

    def check(self) -> Iterable[Finding]:
        """Health, in plain words; empty when all is well."""
