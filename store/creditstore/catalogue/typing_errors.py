"""Which word was meant by one that stands nowhere: Damerau-Levenshtein over the catalogue's own vocabulary."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from creditstore.catalogue.index import Index
from creditstore.catalogue.places import Names

#: Shorter words are not corrected, words from ``TWO_FROM`` letters on may have two slips.
SHORTEST: Final = 3
TWO_FROM: Final = 8
#: A part of a word written as one ("solarpower") has so many letters, and stands in so many projects.
_SHORTEST_PART: Final = 4


def meant_by(word: str, *, index: Index, names: Names) -> tuple[str, ...]:
    """What was probably meant by a word that stands nowhere: another word, two that were written as one, or itself.

    A slip is a letter too many, too few, or wrong, or two neighbours exchanged.
    """
    if len(word) < SHORTEST:
        return (word,)
    return (
        _likely_word(word, index=index, names=names, most=1)
        or _parts_of(word, index.words)
        or (len(word) >= TWO_FROM and _likely_word(word, index=index, names=names, most=2))
        or (word,)
    )


def _likely_word(word: str, *, index: Index, names: Names, most: int) -> tuple[str, ...]:
    """Of the words with the fewest slips the one with the same first letter, then the one in most projects."""
    candidates = [*names.words]
    for length in range(len(word) - most, len(word) + most + 1):
        candidates += index.words_by_length.get(length, ())
    # In C, and without a limit: it would only sort what is compared by more than slips below.
    found = process.extract(word, candidates, scorer=OSA.distance, score_cutoff=most, limit=None)
    ranked = [
        (slips, word[0] != candidate[0], -index.words.get(candidate, 1), candidate)
        for candidate, slips, _position in found
        if len(word) > SHORTEST or _may_be_short_for(word, candidate)
    ]
    return (min(ranked)[3],) if ranked else ()


def _may_be_short_for(word: str, candidate: str) -> bool:
    # Of three letters one may be missing, or two exchanged; with one wrong it could be anything.
    return len(candidate) == SHORTEST + 1 or sorted(word) == sorted(candidate)


def _parts_of(word: str, vocabulary: Collection[str]) -> tuple[str, ...]:
    """The two words of the vocabulary that were written as one, if there are such."""
    for cut in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
        if word[:cut] in vocabulary and word[cut:] in vocabulary:
            return word[:cut], word[cut:]
    return ()


def related_words(word: str, vocabulary: Collection[str]) -> list[str]:
    """Singular and plural of an English word, as far as they stand in the vocabulary."""
    if len(word) < 4 or not word.isalpha():
        return []
    forms = [f"{word}s", f"{word}es"]
    if word.endswith("y"):
        forms.append(f"{word[:-1]}ies")
    if word.endswith("ies"):
        forms.append(f"{word[:-3]}y")
    if word.endswith("es"):
        forms.append(word[:-2])
    if word.endswith("s") and not word.endswith("ss"):
        forms.append(word[:-1])
    return [form for form in forms if form in vocabulary]
