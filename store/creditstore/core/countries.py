"""Countries by ISO 3166-1 alpha-2 code, named in the reader's language by CLDR (through Babel)."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale, UnknownLocaleError

#: Territory codes of CLDR that are no countries of ISO 3166-1.
_NOT_COUNTRIES = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"})


@lru_cache(maxsize=32)
def _territories(language: str) -> dict[str, str]:
    try:
        locale = Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        locale = Locale.parse("en")
    return {
        code: name
        for code, name in locale.territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES
    }


def is_country(code: str) -> bool:
    """Whether this is an ISO 3166-1 alpha-2 code, in capitals."""
    return code in _territories("en")


def country_name(code: str, language: str = "en") -> str:
    """The country's name in the language; the code itself when it is not known."""
    return _territories(language).get(code, code)


def country_choices(language: str = "en") -> list[tuple[str, str]]:
    """Code and name of every country, sorted by name."""
    return sorted(_territories(language).items(), key=lambda item: item[1])
