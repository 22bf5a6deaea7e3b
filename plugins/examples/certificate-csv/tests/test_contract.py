"""It holds what every certificate format must hold."""

from __future__ import annotations

import csv
import io

import certificate_csv
from creditstore_plugins.testing import CertificateFormatContract


class TestContract(CertificateFormatContract):
    plugin = certificate_csv

    def text_of(self, content: bytes) -> str:
        rows = csv.reader(io.StringIO(content.decode("utf-8"), newline=""))
        return "\n".join(" | ".join(row) for row in rows)
