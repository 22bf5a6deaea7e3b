"""How a question that is being typed could go on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import nlargest
from typing import Final, Literal

from creditstore.catalogue import labels
from creditstore.catalogue.index import Index
from creditstore.catalogue.lexemes import country_mark, type_mark
from creditstore.catalogue.places import names
from creditstore.catalogue.question import MAX_CHARACTERS, Question, read_question
from creditstore.catalogue.results import Suggestion
from creditstore.catalogue.statements import rows_of
from creditstore.catalogue.typing_errors import meant_by
from creditstore.catalogue.words import Word, folded_words, words_in
from creditstore.core.countries import country_name

SHORTEST: Final = 2
#: How many of a kind are counted: each costs a look into the table.
_MOST: Final = {"country": 3, "type": 2, "methodology": 3, "word": 4, "project": 5}
#: The beginning of a methodology may be written as so many words ("AMS-III.A").
_LONGEST_CODE: Final = 3

Kind = Literal["country", "type", "methodology", "word"]


@dataclass(frozen=True, slots=True)
class _Candidate:
    suggestion: Suggestion
    tsquery: str


def suggest(*, text: str, index: Index, language: str, limit: int) -> list[Suggestion]:
    """Countries, types, methodologies and words that the last word begins, then projects; each with its count.

    What stands before the last word must be found as well. Whatever would find nothing is left out.
    """
    text = text[:MAX_CHARACTERS]
    typed = list(words_in(text))
    # "AMS-I" is long enough, though its last word is not.
    if sum(len(word.folded) for word in typed[-_LONGEST_CODE:]) < SHORTEST:
        return []
    before, last = text[: typed[-1].start].strip(), typed[-1].folded
    rest = read_question(before, index=index, language=language)
    candidates = list(_candidates([word.folded for word in typed], before, index, language))
    if not candidates and last.isalpha():
        meant = meant_by(last, index=index, names=names(language, index.countries, index.types))
        candidates = [_word(before, " ".join(meant), "(" + " & ".join(f"'{one}'" for one in meant) + ")")]
    found = [replace(one, rest=_rest(one, typed, text)) for one in _counted(candidates, rest)]
    found += _projects(text, last, rest, read_question(text, index=index, language=language))
    return found[:limit]


def _rest(suggestion: Suggestion, typed: Sequence[Word], text: str) -> str:
    """The words before what the suggestion stands for; a methodology may stand for several ("AMS-I")."""
    if suggestion.kind == "word":
        return ""
    count = 1
    if suggestion.kind == "methodology":
        code = "".join(filter(str.isalnum, suggestion.value)).lower()
        beginnings = {count: "".join(word.folded for word in typed[-count:]) for count in range(1, _LONGEST_CODE + 1)}
        count = max((count for count, beginning in beginnings.items() if code.startswith(beginning)), default=1)
    return text[: typed[-min(count, len(typed))].start].strip()


def _candidates(typed: list[str], before: str, index: Index, language: str) -> Iterator[_Candidate]:
    last = typed[-1]
    # The single letter of a code ("AMS-I") begins no country that anybody means.
    is_word = len(last) >= SHORTEST
    if is_word:
        yield from _some("country", _countries(last, index, language))
        yield from _some("type", _types(last, index))
    codes = {"".join(typed[-count:]) for count in range(1, _LONGEST_CODE + 1)}
    methodologies = (
        _Candidate(_suggestion("methodology", number, number), f"'{word}'")
        for word, number in index.methodology_words.items()
        if any(word.startswith(code) and code.startswith("a") for code in codes) and word in index.words
    )
    yield from _some("methodology", methodologies)
    words = [word for word in index.words_beginning(last) if is_word and word.isalpha()]
    for word in nlargest(_MOST["word"], words, key=lambda one: (index.words[one], one)):
        yield _word(before, word, f"'{word}'")


def _some(kind: Kind, candidates: Iterable[_Candidate]) -> list[_Candidate]:
    return sorted(candidates, key=lambda one: (len(one.suggestion.label), one.suggestion.label))[: _MOST[kind]]


def _countries(beginning: str, index: Index, language: str) -> Iterator[_Candidate]:
    for code in index.countries:
        name = country_name(code, language)
        if any(word.startswith(beginning) for word in folded_words(name)):
            yield _Candidate(_suggestion("country", name, code), f"'{country_mark(code)}'")


def _types(beginning: str, index: Index) -> Iterator[_Candidate]:
    for kind in index.types:
        label = labels.project_type(kind)
        if any(word.startswith(beginning) for word in folded_words(label)):
            yield _Candidate(_suggestion("type", label, kind), f"'{type_mark(kind)}'")


def _word(before: str, word: str, tsquery: str) -> _Candidate:
    question = f"{before} {word}".strip()
    return _Candidate(_suggestion("word", question, question), tsquery)


def _suggestion(kind: Kind, label: str, value: str) -> Suggestion:
    return Suggestion(kind=kind, label=label, value=value, count=0)


def _counted(candidates: list[_Candidate], rest: Question) -> list[Suggestion]:
    """The candidates that find something together with the rest of the question, with how much they find."""
    if not candidates:
        return []
    asked = [" & ".join(filter(None, (rest.tsquery, candidate.tsquery))) for candidate in candidates]
    counts = dict(
        rows_of(
            "SELECT asked.number, (SELECT count(*) FROM creditstore_catalogue_searchrow AS found"
            " WHERE found.lexemes @@ asked.words::tsquery)"
            " FROM unnest(%s::text[]) WITH ORDINALITY AS asked (words, number)",
            [asked],
        )
    )
    return [
        replace(candidate.suggestion, count=counts[number])
        for number, candidate in enumerate(candidates, start=1)
        if counts[number]
    ]


def _projects(text: str, last: str, rest: Question, whole: Question) -> list[Suggestion]:
    """Projects whose reference begins so, or that have all words, the last one as a beginning; titles first."""
    words = " & ".join(filter(None, (rest.tsquery, f"'{last}':*")))
    rows = rows_of(
        "SELECT found.ref, found.title FROM creditstore_catalogue_searchrow AS found"
        " WHERE found.lexemes @@ %s::tsquery OR found.lexemes @@ %s::tsquery OR found.ref LIKE %s"
        " ORDER BY (found.ref <> ALL(%s::text[])), (strpos(found.title_words, %s) = 0), found.ref LIMIT %s",
        [
            words,
            whole.tsquery,
            f"{last}%" if last.isascii() and last.isdigit() and text.strip() == last else "",
            list(whole.refs),
            f" {last}",
            _MOST["project"],
        ],
    )
    return [Suggestion(kind="project", label=title, value=ref, count=1) for ref, title in rows]
