"""A format of certificates: plain text. Change what it makes; the tests tell what must be in it.

The facts are complete: ask nobody, read no clock, so that the same facts give the same bytes in seven years.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar

from creditstore_plugins import (
    CertificateDocument,
    CertificateFormat,
    CertificateFormatInfo,
    Finding,
    PluginContext,
    hookimpl,
)

from scaffold_package.settings import ScaffoldSettings


class ScaffoldFormat(CertificateFormat):
    """One line per fact."""

    info: ClassVar[CertificateFormatInfo] = CertificateFormatInfo(
        title="Scaffold Title",
        # The word in addresses, unique in a store.
        name="scaffold-name",
        media_type="text/plain",
        extension="txt",
        settings_model=ScaffoldSettings,
    )

    def __init__(self, context: PluginContext[ScaffoldSettings]) -> None:
        self._heading = context.settings.heading

    def render(self, document: CertificateDocument, *, digest: str) -> bytes:
        """The file."""
        return "\n".join(self._lines(document, digest)).encode()

    def check(self) -> Iterable[Finding]:
        """Nothing can be wrong here."""
        return ()

    def _lines(self, document: CertificateDocument, digest: str) -> Iterator[str]:
        yield self._heading
        if document.simulated:
            yield "SIMULATED: no real unit was cancelled."
        yield f"Number: {document.number}"
        yield f"Issued: {document.issued_at:%Y-%m-%d} by {document.issuer}"
        yield f"{document.quantity} units ({document.unit_type}, {document.unit_name}), {document.kind}"
        yield f"For: {document.beneficiary}"
        if document.reason:
            yield f"Reason, in the buyer's words: {document.reason}"
        for part in document.ranges:
            yield f"{part.serial_start} to {part.serial_end} ({part.quantity})"
            yield f"  Project {part.project_ref}, {part.project_title}, {part.host_country}"
            yield f"  {part.registry}, transaction {part.transaction}, {part.completed_at:%Y-%m-%d %H:%M} UTC"
        if not document.corresponding_adjustment:
            yield "There is no corresponding adjustment."
        yield f"Verify: {document.verification_url}"
        yield f"SHA-256 of the facts: {digest}"


@hookimpl
def certificate_formats() -> Sequence[type[CertificateFormat]]:
    """This plugin's one format."""
    return (ScaffoldFormat,)
