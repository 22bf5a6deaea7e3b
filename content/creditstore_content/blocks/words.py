"""How values of the store are written for editors and in the content API, in the language at hand."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from creditstore_plugins import Money
from creditstore_plugins.types.money import minor_unit_exponent

#: In place of a number that there is none of.
NOTHING: Final = "\u2013"


def language() -> str:
    """The language at hand."""
    return get_language() or "en"


def price_words(price: Money | None) -> str:
    """``2.50 USD``; a dash for no price."""
    if price is None:
        return NOTHING
    digits = minor_unit_exponent(price.currency)
    return f"{number_format(price.decimal, decimal_pos=digits, force_grouping=True)} {price.currency}"


def years_words(start: date | None, end: date | None) -> str:
    """``2014 to 2017``, one year, or nothing where neither is known."""
    years = sorted({day.year for day in (start, end) if day})
    if len(years) == 2:
        return _("%(start)s to %(end)s") % {"start": years[0], "end": years[1]}
    return str(years[0]) if years else ""
