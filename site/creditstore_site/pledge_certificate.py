"""The certificate of a pledge, as PDF: what was pledged, by whom and since when. Facts, and no judgement.

WeasyPrint's font map is costly to make and not safe to share between threads: each process makes one, and one thread
at a time uses it.
"""

from __future__ import annotations

import atexit
from base64 import b64encode
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any, Final

import segno
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from creditstore.core.errors import StoreError
from creditstore_content.pledge.links import record_address
from creditstore_content.pledge.models import Pledge, PublicListing
from creditstore_content.pledge.texts import signed_words

_FONTS: Final = Path(__file__).parent / "static" / "creditstore" / "fonts"
_LOCK: Final = Lock()


def certificate_pdf(*, pledge: Pledge) -> bytes:
    """The certificate of a confirmed pledge, tagged (PDF/UA), in the reader's language.

    The QR leads to the public record, where there is one. Errors: ``StoreError`` (unavailable) on a machine without
    Pango.
    """
    listing = PublicListing.objects.filter(pledge=pledge, state="shown").first()
    record = record_address(pledge.public_id) if listing is not None else ""
    html = render_to_string(
        "pledge/certificate.html",
        {
            "pledge": pledge,
            "words": signed_words(text=pledge.text, steps=pledge.steps),
            "record": record,
            "qr": _qr(record) if record else "",
            "store_name": settings.CREDITSTORE_NAME,
            "operator": settings.CREDITSTORE_OPERATOR,
            "demo": settings.CREDITSTORE_DEMO,
        },
    )
    try:
        with _LOCK:
            return _made(html)
    except OSError as error:
        message = _("Certificates of pledges cannot be made at the moment. Try again later.")
        raise StoreError(code="unavailable", message=message) from error


def _made(html: str) -> bytes:
    from weasyprint import HTML

    fetcher, fonts, styles = _engine()
    page = HTML(string=html, url_fetcher=fetcher)
    made: bytes = page.write_pdf(font_config=fonts, stylesheets=styles, pdf_variant="pdf/ua-1")
    return made


@lru_cache(maxsize=1)
def _engine() -> tuple[Any, Any, list[Any]]:
    # Not at the top: without Pango the import fails, and nothing else of the site needs it.
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

    # Its fonts clean up after themselves, which they cannot once the interpreter has taken its modules apart.
    atexit.register(_engine.cache_clear)
    fetcher = URLFetcher(allowed_protocols={"data", "file"}, allow_redirects=False)
    fonts = FontConfiguration()
    sheet = render_to_string("pledge/certificate.css", {"fonts": _FONTS.as_uri()})
    return fetcher, fonts, [CSS(string=sheet, url_fetcher=fetcher, font_config=fonts)]


def _qr(text: str) -> str:
    picture = BytesIO()
    segno.make_qr(text, error="m").save(picture, kind="svg", border=4, xmldecl=False, omitsize=True)
    return "data:image/svg+xml;base64," + b64encode(picture.getvalue()).decode("ascii")
