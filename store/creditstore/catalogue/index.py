"""The small tables that every search needs, kept in the process until their stamp changes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db import connection

from creditstore.catalogue.models import DIMENSIONS, Methodology, SearchStamp, SearchValue, SectoralScope

#: Which filter looks at which dimension.
DIMENSION_OF: Final[Mapping[str, str]] = {
    "country": "place",
    "region": "place",
    "ldc": "place",
    "type": "technology",
    "sdg": "technology",
    "methodology": "method",
    "scope": "method",
    "scale": "shape",
    "activity": "shape",
}
AnswerT = TypeVar("AnswerT")


class UnknownValue(Exception):
    """A row leads to a value that this index has not: the tables changed while they were being read."""


@dataclass(eq=False)
class Index:
    """What is kept: values of dimensions by number, the vocabulary, names of scopes and titles of methodologies."""

    stamp: UUID | None
    values: Mapping[int, Mapping[str, Any]]
    numbers: Mapping[str, Sequence[int]]
    words: Mapping[str, int]
    scopes: Mapping[str, str]
    methodologies: Mapping[str, str]
    #: What has been worked out from this index, by whoever did.
    memory: dict[Any, Any] = field(default_factory=dict)

    def facts(self, number: int) -> Mapping[str, Any]:
        """The facts behind a number of a dimension. Errors: ``UnknownValue``."""
        try:
            return self.values[number]
        except KeyError:
            raise UnknownValue from None

    @cached_property
    def sorted_words(self) -> list[str]:
        """The vocabulary in the order of its letters."""
        return sorted(self.words)

    @cached_property
    def words_by_length(self) -> Mapping[int, Sequence[str]]:
        """Words made of letters only, by their number of letters: nothing else is ever meant by a typing error."""
        found: dict[int, list[str]] = {}
        for word in self.words:
            if word.isalpha():
                found.setdefault(len(word), []).append(word)
        return found

    @cached_property
    def countries(self) -> frozenset[str]:
        """Codes of the countries that host a project."""
        return frozenset(code for number in self.numbers["place"] for code in self.values[number]["country"])

    @cached_property
    def types(self) -> frozenset[str]:
        """Types that a project has."""
        return frozenset(kind for number in self.numbers["technology"] for kind in self.values[number]["type"])

    @cached_property
    def methodology_words(self) -> Mapping[str, str]:
        """Methodologies as one word (``amsid``), with their number as it is printed."""
        known = {*self.methodologies, *(n for at in self.numbers["method"] for n in self.values[at]["methodology"])}
        return {"".join(filter(str.isalnum, number)).lower(): number for number in sorted(known)}

    def words_beginning(self, beginning: str) -> Iterator[str]:
        """Words of the vocabulary that begin so, in the order of their letters."""
        for position in range(bisect_left(self.sorted_words, beginning), len(self.sorted_words)):
            if not self.sorted_words[position].startswith(beginning):
                return
            yield self.sorted_words[position]

    def remember(self, key: Any, work_out: Callable[[], AnswerT], *, most: int = 5_000) -> AnswerT:
        """What is kept under the key, worked out once; everything is forgotten when there is too much of it."""
        if key not in self.memory:
            if len(self.memory) >= most:
                self.memory.clear()
            self.memory[key] = work_out()
        found: AnswerT = self.memory[key]
        return found


_kept: Index | None = None


def current_index() -> Index:
    """The index as the tables are now: one small query, and more only after a change."""
    global _kept  # noqa: PLW0603
    stamp = SearchStamp.objects.values_list("stamp", flat=True).first()
    if _kept is None or _kept.stamp != stamp or stamp is None:
        _kept = _load(stamp)
    return _kept


def with_index(work: Callable[[Index], AnswerT]) -> AnswerT:
    """Do what needs the index; once more with a new one where the tables changed in between."""
    try:
        return work(current_index())
    except UnknownValue:
        return work(current_index())


def _load(stamp: UUID | None) -> Index:
    values: dict[int, Mapping[str, Any]] = {}
    numbers: dict[str, list[int]] = {dimension: [] for dimension in DIMENSIONS}
    for number, dimension, facts in SearchValue.objects.values_list("pk", "dimension", "facts"):
        values[number] = facts
        numbers[dimension].append(number)
    # Some 20,000 rows: a plain cursor is quicker than a query set.
    with connection.cursor() as cursor:
        cursor.execute("SELECT word, projects FROM creditstore_catalogue_searchword")
        words = dict(cursor.fetchall())
    return Index(
        stamp=stamp,
        values=values,
        numbers=numbers,
        words=words,
        scopes=dict(SectoralScope.objects.values_list("code", "name")),
        methodologies=dict(Methodology.objects.values_list("number", "title")),
    )
