"""A reader's question, taken apart: what must be found, what was a typing error, what to mark in a title."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from creditstore.catalogue.index import Index
from creditstore.catalogue.lexemes import ref_mark
from creditstore.catalogue.places import Names, names
from creditstore.catalogue.results import Correction
from creditstore.catalogue.typing_errors import meant_by, related_words
from creditstore.catalogue.words import words_in

#: No question needs more; what is longer is cut here, so that any input stays cheap.
MAX_CHARACTERS: Final = 200
MAX_WORDS: Final = 24
MAX_TERMS: Final = 12
#: A shorter beginning of a word is the beginning of too many.
SHORTEST_BEGINNING: Final = 3
_REFERENCE: Final = re.compile(r"(?:cdm)?([0-9]{1,8})")
#: Words around a reference ("CDM project no. 0009") that say nothing.
_AROUND_A_REFERENCE: Final = frozenset(
    {"cdm", "project", "projects", "ref", "reference", "number", "no", "nr", "activity", "pa", "poa"}
)
_LONGEST_METHODOLOGY: Final = 4


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that must be found. ``tsquery``: as PostgreSQL reads it. ``text``: as it was typed.

    ``titles``: what the folded title contains if the term stands in it, any of them.
    """

    text: str
    tsquery: str
    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked: every term must be found. ``refs``: references that may have been meant by a number."""

    terms: tuple[Term, ...] = ()
    refs: tuple[str, ...] = ()
    corrections: tuple[Correction, ...] = ()
    #: Folded words to mark in a title, and beginnings of such.
    marked: frozenset[str] = frozenset()
    beginnings: tuple[str, ...] = ()

    @property
    def tsquery(self) -> str:
        """All of it as one ``tsquery``; empty when nothing was asked."""
        return " & ".join(f"({term.tsquery})" for term in self.terms)


@dataclass
class _Word:
    """A word on its way: as typed, as it is looked for, and whether it is only the beginning of one."""

    typed: str
    folded: str
    beginning: bool = False


@dataclass
class _Found:
    terms: list[Term] = field(default_factory=list)
    refs: list[str] = field(default_factory=list)
    marked: set[str] = field(default_factory=set)
    beginnings: list[str] = field(default_factory=list)

    def add(self, text: str, tsquery: str, titles: Iterable[str], *, marked: Iterable[str] = ()) -> None:
        self.marked.update(marked)
        self.terms.append(Term(text, tsquery, tuple(dict.fromkeys(titles))))


def read_question(text: str, *, index: Index, language: str) -> Question:
    """Take a question apart. Any text will do; one without words asks for everything."""
    return index.remember(("question", text, language), lambda: _read(text, index, language))


def _read(text: str, index: Index, language: str) -> Question:
    text = text[:MAX_CHARACTERS]
    typed = [_Word(text[word.start : word.end], word.folded) for word in words_in(text)][:MAX_WORDS]
    known = names(language, index.countries, index.types)
    words, corrections = _correct(_worth_looking_for(typed, known), index, known)
    found = _Found()
    position = 0
    while position < len(words) and len(found.terms) < MAX_TERMS:
        position += _take(words[position:], found, index, known)
    return Question(
        # The same thing asked twice is asked once.
        terms=tuple({term.tsquery: term for term in found.terms}.values()),
        refs=tuple(dict.fromkeys(found.refs)),
        corrections=corrections,
        marked=frozenset(found.marked),
        beginnings=tuple(found.beginnings),
    )


def _worth_looking_for(typed: list[_Word], known: Names) -> list[_Word]:
    words = [word for word in typed if word.folded not in known.small] or typed
    numbers = [word for word in words if _REFERENCE.fullmatch(word.folded)]
    if len(numbers) == 1 and all(word in numbers or word.folded in _AROUND_A_REFERENCE for word in words):
        return numbers
    return words


def _correct(words: list[_Word], index: Index, known: Names) -> tuple[list[_Word], tuple[Correction, ...]]:
    """Replace words that stand nowhere by the ones that were probably meant; say which."""
    corrected: list[_Word] = []
    corrections: list[Correction] = []
    of_methodologies = _positions_of_methodologies(words, index)
    for position, word in enumerate(words):
        meant: tuple[str, ...] = (word.folded,)
        is_part = position in of_methodologies or _is_part_of_one_word(words, position, index)
        if not is_part and not _stands_somewhere(word.folded, index, known):
            if len(word.folded) >= SHORTEST_BEGINNING and any(index.words_beginning(word.folded)):
                word.beginning = True
            else:
                meant = meant_by(word.folded, index=index, names=known)
        if meant == (word.folded,):
            corrected.append(word)
        else:
            corrected += [_Word(word.typed, one) for one in meant]
            corrections.append(Correction(word.typed, " ".join(known.shown.get(one, one) for one in meant)))
    return corrected, tuple(corrections)


def _stands_somewhere(word: str, index: Index, known: Names) -> bool:
    # Neither a number nor a code with a digit in it is ever taken for another one.
    return not word.isalpha() or word in index.words or word in known.words or bool(related_words(word, index.words))


def _is_part_of_one_word(words: Sequence[_Word], position: int, index: Index) -> bool:
    """Whether it makes a known word with a neighbour: "hydro-electric" where titles have "hydroelectric"."""
    pairs = zip(
        words[max(position - 1, 0) : position + 1], words[max(position - 1, 0) + 1 : position + 2], strict=False
    )
    return any(first.folded + second.folded in index.words for first, second in pairs)


def _positions_of_methodologies(words: Sequence[_Word], index: Index) -> set[int]:
    found: set[int] = set()
    for start in range(len(words)):
        length = _methodology_length(words[start:], index)
        found.update(range(start, start + length))
    return found


def _methodology_length(words: Sequence[_Word], index: Index) -> int:
    """How many of the first words make a methodology: "AMS", "I", "D" are one."""
    for length in range(min(_LONGEST_METHODOLOGY, len(words)), 0, -1):
        joined = "".join(word.folded for word in words[:length])
        if joined in index.methodology_words and joined in index.words:
            return length
    return 0


def _take(words: Sequence[_Word], found: _Found, index: Index, known: Names) -> int:
    """Make a term of the first words, of as many as belong together; say how many they were."""
    first = words[0]
    if length := _methodology_length(words, index):
        code = "".join(word.folded for word in words[:length])
        found.add(_typed(words[:length]), _quoted(code), [f" {code} "], marked=[code])
        return length
    for length in range(min(known.longest, len(words)), 0, -1):
        phrase = tuple(word.folded for word in words[:length])
        if phrase in known.marks:
            _add_name(words[:length], phrase, known.marks[phrase], found, index)
            return length
    if number := _REFERENCE.fullmatch(first.folded):
        digits = number.group(1)
        found.refs += [digits.zfill(4), digits, (digits.lstrip("0") or "0").zfill(4)]
        alternatives = [_quoted(first.folded), _quoted(ref_mark(digits))]
        found.add(first.typed, " | ".join(alternatives), [f" {first.folded} "], marked=[first.folded])
        return 1
    if first.beginning:
        found.beginnings.append(first.folded)
        found.add(first.typed, f"{_quoted(first.folded)}:*", [f" {first.folded}"])
        return 1
    if len(words) > 1 and (joined := first.folded + words[1].folded) in index.words and not words[1].beginning:
        # "Hydro-electric", "hydro electric" and "hydroelectric" are one.
        pair = [_either(word.folded, index) for word in words[:2]]
        titles = [f" {joined} ", f" {first.folded} {words[1].folded} "]
        marked = (joined, first.folded, words[1].folded)
        found.add(_typed(words[:2]), f"{_quoted(joined)} | (({pair[0]}) & ({pair[1]}))", titles, marked=marked)
        return 2
    forms = [first.folded, *related_words(first.folded, index.words)]
    found.add(first.typed, _either(first.folded, index), [f" {form} " for form in forms], marked=forms)
    return 1


def _add_name(
    words: Sequence[_Word], phrase: tuple[str, ...], marks: Iterable[str], found: _Found, index: Index
) -> None:
    alternatives = [_quoted(mark) for mark in sorted(marks)]
    if len(phrase) == 1:
        alternatives.append(_either(phrase[0], index))
    elif all(word in index.words for word in phrase):
        # Next to each other in the title: the words alone may stand there for many reasons.
        alternatives.append("(" + " <-> ".join(map(_quoted, phrase)) + ")")
    found.add(_typed(words), " | ".join(alternatives), [f" {' '.join(phrase)} "], marked=phrase)


def _either(word: str, index: Index) -> str:
    return " | ".join(map(_quoted, [word, *related_words(word, index.words)]))


def _typed(words: Iterable[_Word]) -> str:
    return " ".join(dict.fromkeys(word.typed for word in words))


def _quoted(lexeme: str) -> str:
    # Letters, digits, and the colon and hyphen of marks: nothing in a lexeme ends a quotation.
    return f"'{lexeme}'"


def words_left_out(question: Question) -> Iterator[tuple[str, Question]]:
    """The question without each of its terms, one after the other, with what was left out as it was typed."""
    for term in question.terms if len(question.terms) > 1 else ():
        yield term.text, Question(terms=tuple(other for other in question.terms if other is not term))
