"""How amounts and years are written, in the reader's language: on pages, in the admin and in the content API alike."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache

from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from creditstore_plugins import Money
from creditstore_plugins.types.money import minor_unit_exponent


def grouped(number: int) -> str:
    """``1,240``."""
    return _grouped(number, get_language())


def grouping() -> Callable[[int], str]:
    """``grouped`` for many numbers in a row: which language the reader has is asked once."""
    language = get_language()
    return lambda number: _grouped(number, language)


@lru_cache(maxsize=16_384)
def _grouped(number: int, _language: str | None) -> str:
    """A page has a hundred numbers, mostly those of the page before, and writing one takes longer than its line."""
    return number_format(number, force_grouping=True)


def amount_words(money: Money) -> str:
    """``1,240.50``: without the currency."""
    return number_format(money.decimal, decimal_pos=minor_unit_exponent(money.currency), force_grouping=True)


def money_words(money: Money) -> str:
    """``1,240.50 USD``."""
    return f"{amount_words(money)} {money.currency}"


def years_words(start: date | int | None, end: date | int | None) -> str:
    """``2013 to 2014``, or one year; dates count by their year. Empty where neither is known."""
    years = sorted({day.year if isinstance(day, date) else day for day in (start, end) if day})
    if len(years) == 2:
        return _("%(start)s to %(end)s") % {"start": years[0], "end": years[1]}
    return str(years[0]) if years else ""
