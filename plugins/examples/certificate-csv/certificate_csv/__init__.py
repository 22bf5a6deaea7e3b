"""Certificates as a table: one row for each range of serials, with the facts of the certificate in every row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import ClassVar

from creditstore_plugins import (
    CertificateDocument,
    CertificateFormat,
    CertificateFormatInfo,
    Finding,
    NoSettings,
    PluginContext,
    hookimpl,
)


class CsvCertificate(CertificateFormat):
    """RFC 4180, UTF-8."""

    info: ClassVar[CertificateFormatInfo] = CertificateFormatInfo(
        title="Table (CSV)", name="csv", media_type="text/csv; charset=utf-8", extension="csv"
    )

    def __init__(self, context: PluginContext[NoSettings]) -> None:
        """There is nothing to set."""

    def render(self, document: CertificateDocument, *, digest: str) -> bytes:
        """The file."""
        shared = {
            "certificate": document.number,
            "issued_at": f"{document.issued_at:%Y-%m-%dT%H:%M:%SZ}",
            "issuer": document.issuer,
            "beneficiary": document.beneficiary,
            "reason": document.reason,
            "certificate_quantity": document.quantity,
            "unit_type": document.unit_type,
            "kind": document.kind,
            "note": "SIMULATED: no real unit was cancelled" if document.simulated else "",
            "verification": document.verification_url,
            "facts_sha256": digest,
        }
        rows = [
            {
                **shared,
                "serial_start": part.serial_start,
                "serial_end": part.serial_end,
                "quantity": part.quantity,
                "project": part.project_ref,
                "project_title": part.project_title,
                "host_country": part.host_country_code,
                "registry": part.registry,
                "transaction": part.transaction,
                "completed_at": f"{part.completed_at:%Y-%m-%dT%H:%M:%SZ}",
            }
            for part in document.ranges
        ]
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
        return text.getvalue().encode()

    def check(self) -> Iterable[Finding]:
        """Nothing can be wrong here."""
        return ()


@hookimpl
def certificate_formats() -> Sequence[type[CertificateFormat]]:
    """This plugin's one format."""
    return (CsvCertificate,)
