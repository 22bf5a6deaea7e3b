"""From the page to PDF/A-3a. Importing this module imports WeasyPrint, and fails with ``OSError`` without Pango.

Equal documents give equal bytes: the file's identifier is the digest of the facts, its dates are those of issue, and
the fonts are named one by one. WeasyPrint's font map is costly to make and not safe to share between threads, so each
process makes one and a lock guards it.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from weasyprint import CSS, HTML, Attachment
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from creditstore_certificate_pdf.fonts_list import BUNDLED_FAMILY, font_rules
from creditstore_certificate_pdf.page import Page
from creditstore_certificate_pdf.texts import texts_for
from creditstore_plugins import CertificateDocument, RenderFailed

PACKAGE = Path(__file__).parent
FONT_RULES = PACKAGE / "fonts.conf"
_LOCK = Lock()


class PackageFetcher(URLFetcher):  # type: ignore[misc]
    """Opens ``data:`` addresses and the files of this package, and nothing else, above all nothing on a network."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols={"data", "file"}, allow_redirects=False)

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        """The content of the address. Errors: ``ValueError`` for any address outside the package."""
        if url.startswith("data:"):
            return super().fetch(url, headers)
        path = Path(url.removeprefix("file://")).resolve()
        if not url.startswith("file:///") or PACKAGE not in path.parents:
            raise ValueError("a certificate loads nothing from outside its own package")
        return URLFetcherResponse(url, path.read_bytes())


@contextmanager
def _own_font_rules() -> Iterator[None]:
    """For this while fontconfig reads this package's ``fonts.conf`` in place of the machine's rules."""
    before = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(FONT_RULES)
    try:
        yield
    finally:
        if before is None:
            del os.environ["FONTCONFIG_FILE"]
        else:
            os.environ["FONTCONFIG_FILE"] = before


class Engine:
    """The font map and the style sheet, made once, and the fonts that the last rendering used."""

    def __init__(self) -> None:
        self.fetcher = PackageFetcher()
        with _own_font_rules():
            self.fonts = FontConfiguration()
        sheet = (PACKAGE / "style.css").read_text(encoding="utf-8") + font_rules()
        self.style = CSS(
            string=sheet, base_url=f"{PACKAGE.as_uri()}/", url_fetcher=self.fetcher, font_config=self.fonts
        )

    def pdf(self, html: str, *, identifier: bytes, attachments: list[Attachment]) -> tuple[bytes, frozenset[str]]:
        """The file, and the characters that no font could draw: with any of those it is not PDF/A."""
        missing: set[str] = set()

        def finish(document: Any, pdf: Any) -> None:
            families = {font.family for font in document.fonts.values()}
            if BUNDLED_FAMILY not in families:
                raise RenderFailed("the font that comes with the certificate plugin could not be loaded")
            missing.update(chr(code) for font in document.fonts.values() for code in font.missing)
            if associated := pdf.catalog.get("AF"):
                # WeasyPrint names each attachment twice: once for the list of names, once for its object.
                associated[:] = list(dict.fromkeys(associated))

        page = HTML(string=html, base_url=f"{PACKAGE.as_uri()}/", url_fetcher=self.fetcher)
        content: bytes = page.write_pdf(
            font_config=self.fonts,
            stylesheets=[self.style],
            finisher=finish,
            pdf_variant="pdf/a-3a",
            pdf_identifier=identifier,
            attachments=attachments,
        )
        return content, frozenset(missing)


@lru_cache(maxsize=1)
def _engine() -> Engine:
    return Engine()


def render_pdf(document: CertificateDocument, *, digest: str, facts: bytes) -> bytes:
    """The certificate as PDF/A-3a with ``facts`` attached as ``certificate.json``.

    Characters that no font can be expected to have (private use, not assigned, ideographs beyond the first plane) are
    printed as their numbers.
    Errors: ``RenderFailed`` when another character has no glyph on this machine, naming the characters.
    """
    texts = texts_for(document.language)
    unprintable: frozenset[str] = frozenset()
    for _attempt in range(2):
        try:
            html = Page(document, texts=texts, digest=digest, unprintable=unprintable).html()
        except ValueError as error:
            raise RenderFailed("the verification address does not fit into a QR code") from error
        attachment = Attachment(
            string=facts.decode("utf-8"),
            name="certificate.json",
            description=texts.gettext("The facts of this certificate as canonical JSON (RFC 8785)"),
            created=document.issued_at,
            modified=document.issued_at,
            relationship="Source",
        )
        with _LOCK:
            content, missing = _engine().pdf(html, identifier=bytes.fromhex(digest)[:16], attachments=[attachment])
        if not missing:
            return content
        unprintable = frozenset(character for character in missing if _may_lack(character))
        if unprintable != missing:
            break
    codes = ", ".join(f"U+{ord(character):04X}" for character in sorted(missing))
    raise RenderFailed(f"no installed font has a glyph for {codes}")


def _may_lack(character: str) -> bool:
    """Whether the usual fonts together may lack this character, so that waiting for a better machine is in vain."""
    return unicodedata.category(character) in ("Co", "Cn") or ord(character) >= 0x20000
