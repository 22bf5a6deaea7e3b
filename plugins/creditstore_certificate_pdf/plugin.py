"""The plugin itself. WeasyPrint (and with it Pango) is imported at the first rendering, not at load: a machine
without Pango then gets a plain finding instead of a plugin that cannot be imported."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from creditstore_certificate_pdf.facts import canonical_facts
from creditstore_plugins import (
    CertificateDocument,
    CertificateFormat,
    CertificateFormatInfo,
    Finding,
    PluginContext,
    RenderFailed,
    Severity,
    hookimpl,
)

PANGO_MISSING = (
    "Certificates cannot be rendered: the Pango text library is missing. "
    "On Debian install libpango-1.0-0, libpangoft2-1.0-0 and libharfbuzz-subset0."
)


class PdfCertificate:
    """Certificates as PDF/A-3a, tagged, with the canonical facts attached as ``certificate.json``."""

    info: ClassVar[CertificateFormatInfo] = CertificateFormatInfo(
        title="PDF", name="pdf", media_type="application/pdf", extension="pdf"
    )

    def __init__(self, context: PluginContext[Any]) -> None:
        self.context = context

    def render(self, document: CertificateDocument, *, digest: str) -> bytes:
        """The PDF; the same document gives the same bytes.

        Errors: ``RenderFailed`` when ``digest`` is not the SHA-256 of the canonical facts, when a character has no
        glyph in any installed font, or when Pango is missing.
        """
        facts = canonical_facts(document, digest=digest)
        try:
            from creditstore_certificate_pdf.render import render_pdf
        except OSError as error:
            raise RenderFailed(PANGO_MISSING) from error
        return render_pdf(document, digest=digest, facts=facts)

    def check(self) -> Iterable[Finding]:
        """Set a sample of each script with the fonts of this machine, and say what is missing."""
        try:
            from creditstore_certificate_pdf.health import missing_fonts
        except OSError:
            return [Finding(severity=Severity.ERROR, message=PANGO_MISSING)]
        return [Finding(severity=Severity.ERROR, message=message) for message in missing_fonts()]


@hookimpl
def certificate_formats() -> Sequence[type[CertificateFormat]]:
    """This plugin's one format."""
    return (PdfCertificate,)
