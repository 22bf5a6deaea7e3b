"""The certificate's words in its language: the standard library's gettext with this package's own ``locale/``.

English is the language of the source texts. A language without a catalogue is printed in English and says so in
``Texts.language``, so that a reading aid never pronounces English as something else.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path

from creditstore_certificate_pdf.words import english_words

DOMAIN = "certificate_pdf"
LOCALE_DIR = Path(__file__).parent / "locale"

_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"})
_RIGHT_TO_LEFT_SCRIPTS = frozenset({"adlm", "arab", "hebr", "nkoo", "rohg", "syrc", "thaa"})


def _mark(text: str) -> str:
    """Marks a text for translation that is looked up later."""
    return text


_MONTHS = (
    _mark("January"),
    _mark("February"),
    _mark("March"),
    _mark("April"),
    _mark("May"),
    _mark("June"),
    _mark("July"),
    _mark("August"),
    _mark("September"),
    _mark("October"),
    _mark("November"),
    _mark("December"),
)


class Texts:
    """Translations and the forms of dates and numbers in one language."""

    def __init__(self, *, language: str, catalogue: gettext.NullTranslations) -> None:
        self.language = language
        self.gettext: Callable[[str], str] = catalogue.gettext
        self.ngettext: Callable[[str, str, int], str] = catalogue.ngettext
        self.pgettext: Callable[[str, str], str] = catalogue.pgettext

    @property
    def direction(self) -> str:
        """``rtl`` or ``ltr``: the direction in which the language is written."""
        first, *rest = self.language.lower().split("-")
        scripts = {part for part in rest if len(part) == 4}
        if scripts:
            return "rtl" if scripts & _RIGHT_TO_LEFT_SCRIPTS else "ltr"
        return "rtl" if first in _RIGHT_TO_LEFT else "ltr"

    def number(self, number: int) -> str:
        """The number in digits, in groups of three."""
        return f"{number:,}".replace(",", self.pgettext("thousands separator", ","))

    def number_in_words(self, number: int) -> str:
        """The number in words where this plugin can spell them (English), otherwise an empty text."""
        return english_words(number) if self.language.split("-")[0] == "en" else ""

    def day(self, day: date) -> str:
        """A day with the month in words, so that 3 April is never read as 4 March."""
        pattern = self.gettext("{day} {month} {year}")
        return pattern.format(day=day.day, month=self.gettext(_MONTHS[day.month - 1]), year=day.year)

    def moment(self, moment: datetime) -> str:
        """A moment in UTC, to the second."""
        moment = moment.astimezone(UTC)
        return self.gettext("{date}, {time} UTC").format(date=self.day(moment.date()), time=f"{moment:%H:%M:%S}")


@lru_cache(maxsize=64)
def texts_for(language: str, *, locale_dir: Path = LOCALE_DIR) -> Texts:
    """The texts for a BCP 47 language tag: the nearest catalogue there is, or English."""
    if _TAG.fullmatch(language):
        parts = language.split("-")
        for length in range(len(parts), 0, -1):
            found = gettext.find(DOMAIN, str(locale_dir), ["_".join(parts[:length])])
            if found:
                # gettext itself falls back from "ar_EG" to "ar": the folder says which it took.
                language = Path(found).parent.parent.name.replace("_", "-")
                with Path(found).open("rb") as file:
                    return Texts(language=language, catalogue=gettext.GNUTranslations(file))
        if parts[0].lower() == "en":
            return Texts(language=language, catalogue=gettext.NullTranslations())
    return Texts(language="en", catalogue=gettext.NullTranslations())
