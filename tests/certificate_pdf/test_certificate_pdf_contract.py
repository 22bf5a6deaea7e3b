"""The PDF certificate holds the contract that every certificate format must hold."""

from __future__ import annotations

from io import BytesIO

from pypdf import PdfReader

import creditstore_certificate_pdf.plugin
from creditstore_plugins.testing import CertificateFormatContract


class TestCertificatePdf(CertificateFormatContract):
    plugin = creditstore_certificate_pdf.plugin

    def text_of(self, content: bytes) -> str:
        return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
