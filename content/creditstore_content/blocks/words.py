"""How values of the store are written for editors and in the content API, in the language at hand."""

from __future__ import annotations

from typing import Final

from django.utils.translation import get_language

from creditstore.core.written import money_words
from creditstore_plugins import Money

#: In place of a number that there is none of.
NOTHING: Final = "\u2013"


def language() -> str:
    """The language at hand."""
    return get_language() or "en"


def price_words(price: Money | None) -> str:
    """``2.50 USD``; a dash for no price."""
    return NOTHING if price is None else money_words(price)
