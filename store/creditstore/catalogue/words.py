"""Words as search compares them: without accents, without a difference between capitals and small letters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

#: No word needs more; a longer run of letters is cut, so that no input grows without end.
LONGEST: Final = 40

#: A run of letters and digits. An apostrophe inside belongs to the word (Xi'an, d'Ivoire), as do combining accents.
_RUN: Final = re.compile("(?:[^\\W_]|[\u0300-\u036f'\u2019\u02bc`\u00b4])+")
_PLAIN_RUN: Final = re.compile("[a-z0-9]+")
_APOSTROPHES: Final = dict.fromkeys(map(ord, "'\u2019\u02bc`\u00b4"))
#: Letters that Unicode does not take apart into a letter and an accent. A Turkish dotless i is an i here.
_LETTERS: Final = str.maketrans(
    {"\u0131": "i", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "æ": "ae", "œ": "oe", "þ": "th", "ŋ": "n"}
)
_HYPHENS: Final = frozenset("-\u2010\u2011\u2013")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: as it is compared, and where it stands (``start`` and ``end`` of a slice)."""

    folded: str
    start: int
    end: int


def fold(text: str) -> str:
    """The text as it is compared: ``Lüderitz`` and ``LUDERITZ`` are one, and an i is an i with and without its dot."""
    if text.isascii():
        # Most texts are, and this is called for every word of a title.
        return text.lower().translate(_APOSTROPHES)
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS))
    # Only now: NFKD of a compatibility letter may hold capitals again.
    return "".join(char for char in parts.casefold() if not unicodedata.combining(char)).translate(_APOSTROPHES)


def words_in(text: str) -> Iterator[Word]:
    """The words of a text, in its order."""
    for run in _RUN.finditer(text):
        folded = "".join(filter(str.isalnum, fold(run.group())))[:LONGEST]
        if folded:
            yield Word(folded, run.start(), run.end())


@lru_cache(maxsize=4096)
def folded_words(text: str) -> tuple[str, ...]:
    """The words of a text as they are compared, in its order."""
    if text.isascii():
        # The same, quicker: an import folds every title, and most are plain.
        return tuple(word[:LONGEST] for word in _PLAIN_RUN.findall(fold(text)))
    return tuple(word.folded for word in words_in(text))


def compounds(text: str) -> Iterator[tuple[int, str]]:
    """Words joined by a hyphen (``hydro-electric``), as one word with the number of the first of them."""
    if not _HYPHENS.intersection(text):
        return
    before: Word | None = None
    for number, word in enumerate(words_in(text)):
        if before is not None and text[before.end : word.start] in _HYPHENS:
            yield number - 1, (before.folded + word.folded)[:LONGEST]
        before = word
