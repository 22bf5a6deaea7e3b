"""A certificate's facts, changed as a test needs, and the PDF made of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
import rfc8785

from creditstore_certificate_pdf.plugin import PdfCertificate
from creditstore_plugins import CertificateDocument, CertificateRange, NoSettings, PluginContext


class NoNetwork:
    """The host's HTTP client and clock in one; a certificate has no use for either."""

    def request(self, *args: Any, **kwargs: Any) -> Any:
        raise AssertionError("a certificate asks nobody")

    def now(self) -> datetime:
        raise AssertionError("a certificate reads no clock")


@pytest.fixture(scope="session")
def pdf_format() -> PdfCertificate:
    return PdfCertificate(PluginContext(settings=NoSettings(), http=NoNetwork(), clock=NoNetwork()))


@pytest.fixture(scope="session")
def make_range() -> Callable[..., CertificateRange]:
    def build(*, quantity: int = 12, first: int = 11657456, **changes: Any) -> CertificateRange:
        facts: dict[str, Any] = {
            "serial_start": f"ID-5-{first}-1-1-0-526",
            "serial_end": f"ID-5-{first + quantity - 1}-1-1-0-526",
            "quantity": quantity,
            "project_ref": "0526",
            "project_title": "Darajat Unit III Geothermal Project",
            "host_country": "Indonesia",
            "host_country_code": "ID",
            "scopes": ("1 Energy industries",),
            "methodologies": ("ACM0002",),
            "monitoring_start": date(2008, 1, 1),
            "monitoring_end": date(2008, 12, 31),
            "commitment_period": 1,
            "registry": "CDM registry simulator",
            "transaction": "SIM-2026-0000042",
            "completed_at": datetime(2026, 11, 23, 14, 5, 9, tzinfo=UTC),
        }
        return CertificateRange(**(facts | changes))

    return build


@pytest.fixture(scope="session")
def make_document(make_range: Callable[..., CertificateRange]) -> Callable[..., CertificateDocument]:
    def build(**changes: Any) -> CertificateDocument:
        facts: dict[str, Any] = {
            "number": "CCS-2026-000042",
            "revision": 1,
            "language": "en",
            "order_number": "100042",
            "ordered_at": datetime(2026, 11, 22, 23, 58, 1, tzinfo=UTC),
            "issued_at": datetime(2026, 11, 23, 14, 6, 30, tzinfo=UTC),
            "issuer": "Example Operator Ltd",
            "seller": "Invented Seller GmbH",
            "beneficiary": "Müller & Søn Bakery",
            "beneficiary_country": "DK",
            "reason": "Electricity of our three shops in 2025.\nThank you to everyone who cycles to work.",
            "quantity": 12,
            "unit_type": "CER",
            "unit_name": "Certified Emission Reductions",
            "kind": "voluntary_cancellation",
            "corresponding_adjustment": False,
            "simulated": True,
            "ranges": (make_range(),),
            "verification_url": "https://store.example/certificates/CCS-2026-000042/?code=k3Jx9QvT0aLrWm2nZbYc8A",
        }
        return CertificateDocument(**(facts | changes))

    return build


@pytest.fixture(scope="session")
def render(pdf_format: PdfCertificate) -> Callable[[CertificateDocument], bytes]:
    def build(document: CertificateDocument) -> bytes:
        digest = hashlib.sha256(rfc8785.dumps(document.facts())).hexdigest()
        return pdf_format.render(document, digest=digest)

    return build
