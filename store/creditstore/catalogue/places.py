"""Which countries and types a reader's words name, in the language of the page and in English."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from django.utils import translation

from creditstore.catalogue import labels
from creditstore.catalogue.lexemes import country_mark, type_mark
from creditstore.catalogue.place_names import OTHER_NAMES, PEOPLE, SMALL_WORDS
from creditstore.catalogue.words import folded_words
from creditstore.core.countries import country_choices, country_name

#: A word of a name stands for the country where hardly another one has it: "Korea", but not "south" or "united".
_SHARED_BY: Final = 2
_SHORTEST_PART: Final = 4

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """``marks``: the lexemes that a phrase stands for; ``words`` of all phrases, ``shown`` as they are written;
    ``small``: words that are not looked for; ``longest`` phrase."""

    marks: Mapping[Phrase, frozenset[str]]
    words: frozenset[str]
    shown: Mapping[str, str]
    small: frozenset[str]
    longest: int


@lru_cache(maxsize=64)
def names(language: str, countries: frozenset[str], types: frozenset[str]) -> Names:
    """Names of these countries and types in a language and in English."""
    marks: dict[Phrase, set[str]] = {}
    shown: dict[str, str] = {}
    small = small_words(language)
    for spoken in dict.fromkeys((language, "en")):
        with translation.override(spoken):
            named = [(text, country_mark(code)) for code in countries for text in _names_of(code, spoken)]
            kinds = [(labels.project_type(kind), type_mark(kind)) for kind in types]
        shown.update(
            (folded_words(word)[0], word.strip("(),"))
            for name, _mark in named
            for word in name.split()
            if folded_words(word)
        )
        for text, mark in named + kinds:
            phrase = tuple(word for word in folded_words(text) if word not in small)
            if phrase:
                marks.setdefault(phrase, set()).add(mark)
        # Where the word is a whole name, as Guinea is, it is that country's alone.
        whole = set(marks)
        for word, mark in _parts(spoken, countries):
            if (word,) not in whole:
                marks.setdefault((word,), set()).add(mark)
    return Names(
        marks={phrase: frozenset(found) for phrase, found in marks.items()},
        words=frozenset(word for phrase in marks for word in phrase),
        shown=shown,
        small=small,
        longest=max(map(len, marks), default=1),
    )


@lru_cache(maxsize=64)
def small_words(language: str) -> frozenset[str]:
    """Words of the language, and of English, that are not looked for."""
    found: set[str] = set()
    for spoken in (language, "en"):
        with translation.override(spoken):
            found.update(folded_words(str(SMALL_WORDS)))
    return frozenset(found)


def _names_of(code: str, language: str) -> Iterator[str]:
    # "Myanmar (Burma)" are two names.
    yield from filter(str.strip, re.split(r"[()]", country_name(code, language)))
    for table in (OTHER_NAMES, PEOPLE):
        if code in table:
            yield from str(table[code]).split(",")


def _parts(language: str, countries: Collection[str]) -> list[tuple[str, str]]:
    """Words of longer names that hardly another name of the world has, with the country's lexeme."""
    owners: dict[str, set[str]] = {}
    for code, name in country_choices(language):
        words = set(folded_words(name))
        for word in words if len(words) > 1 else ():
            owners.setdefault(word, set()).add(code)
    return [
        (word, country_mark(code))
        for word, codes in sorted(owners.items())
        if len(word) >= _SHORTEST_PART and len(codes) <= _SHARED_BY
        for code in sorted(codes)
        if code in countries
    ]
