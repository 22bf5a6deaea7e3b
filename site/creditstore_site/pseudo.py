"""Pseudo languages for checks: one wraps every translated text in brackets, one lays pages out from right to left.

A text without brackets has not gone through gettext; a page that breaks from right to left uses physical directions.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils.translation import trans_real

BRACKETED = "en-xa"
RIGHT_TO_LEFT = "ar-xb"
#: The smallest catalogue that gettext reads: no entries. Django offers a language only if it has one.
EMPTY_CATALOGUE = bytes.fromhex("de120495 00000000 00000000 1c000000 1c000000 00000000 1c000000".replace(" ", ""))


def write_catalogues(directory: Path) -> Path:
    """Put an empty catalogue of each pseudo language below ``directory``, for ``LOCALE_PATHS``."""
    for locale in ("en_XA", "ar_XB"):
        path = directory / locale / "LC_MESSAGES" / "django.mo"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(EMPTY_CATALOGUE)
    return directory


class BracketedTranslation(trans_real.DjangoTranslation):
    """Every text as the default language has it, in brackets. Django's plural rules stay."""

    def gettext(self, message: str) -> str:
        return _bracketed(super().gettext(message))

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return _bracketed(super().ngettext(msgid1, msgid2, n))

    def pgettext(self, context: str, message: str) -> str:
        return _bracketed(super().pgettext(context, message))

    def npgettext(self, context: str, msgid1: str, msgid2: str, n: int) -> str:
        return _bracketed(super().npgettext(context, msgid1, msgid2, n))


def _bracketed(text: str) -> str:
    return f"⟦{text}⟧" if text.strip() else text


def install() -> None:
    """Make Django use the bracketed translation for its pseudo language."""
    translations: dict[str, Any] = trans_real._translations  # type: ignore[attr-defined]
    translations[BRACKETED] = BracketedTranslation(BRACKETED)
