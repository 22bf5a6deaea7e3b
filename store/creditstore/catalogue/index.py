"""The small tables that every search needs, kept in the process until their stamp changes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce
from operator import and_
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db import connection

from creditstore.catalogue.models import DIMENSIONS, TITLE_KEY, Methodology, SearchValue, SectoralScope
from creditstore.catalogue.sets import bits

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
#: Terms whose projects an index remembers; each takes as many bits as there are projects.
_MATCHES: Final = 1_000
#: Pages and counts that a moment remembers.
_REMEMBERED: Final = 40
#: What ``SaleStamp`` is now, as a text.
SALES: Final = (
    "(SELECT count(*)::text || ' ' || coalesce(bit_xor(stamp), 0)::text FROM creditstore_catalogue_salestamp)"
)
AnswerT = TypeVar("AnswerT")


class UnknownValue(Exception):
    """A row leads to a value that this index has not: the tables changed while they were being read."""


@dataclass(eq=False)
class Index:
    """What is kept: values of dimensions by number, the vocabulary, names of scopes and titles of methodologies.

    Each project has a place, in the order of references; ``sets`` says what sets of them are.
    """

    stamp: UUID | None
    values: Mapping[int, Mapping[str, Any]]
    numbers: Mapping[str, Sequence[int]]
    words: Mapping[str, int]
    scopes: Mapping[str, str]
    methodologies: Mapping[str, str]
    #: Key, reference and folded title of each project, by its place.
    projects: Sequence[int]
    refs: Sequence[str]
    titles: Sequence[str]
    #: By filter and value (as a text), the projects that have it.
    having: Mapping[str, Mapping[str, int]]
    #: What has been worked out from this index, by whoever did.
    memory: dict[Any, Any] = field(default_factory=dict)
    #: What ``rows`` has read.
    rows: dict[int, Any] = field(default_factory=dict)
    #: What has been worked out of what is for sale, with the state of sales that it is of.
    present: dict[Any, Any] = field(default_factory=dict)
    _matches: dict[str, int] = field(default_factory=dict)

    def facts(self, number: int) -> Mapping[str, Any]:
        """The facts behind a number of a dimension. Errors: ``UnknownValue``."""
        try:
            return self.values[number]
        except KeyError:
            raise UnknownValue from None

    @cached_property
    def places(self) -> Mapping[int, int]:
        """The place of each project, by its key."""
        return {project: place for place, project in enumerate(self.projects)}

    @property
    def everything(self) -> int:
        """The set of all projects."""
        return (1 << len(self.projects)) - 1

    def set_of(self, projects: Iterable[int]) -> int:
        """The set of these projects, by their keys. Errors: ``UnknownValue``."""
        try:
            return bits([self.places[project] for project in projects])
        except KeyError:
            raise UnknownValue from None

    def matching(self, terms: Sequence[str]) -> int:
        """The projects whose row matches every one of these ``tsquery``; all projects for none."""
        # One look each: between two, another thread may have made room.
        found = {term: projects for term in terms if (projects := self._matches.get(term)) is not None}
        if missing := [term for term in dict.fromkeys(terms) if term not in found]:
            looked = (
                "(SELECT array_agg(found.project_id) FROM creditstore_catalogue_searchrow AS found"
                " WHERE found.lexemes @@ %s::tsquery)"
            )
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT {', '.join([looked] * len(missing))}", missing)
                found.update(zip(missing, (self.set_of(projects or ()) for projects in cursor.fetchone()), strict=True))
            if len(self._matches) + len(missing) > _MATCHES:
                self._matches.clear()
            self._matches.update((term, found[term]) for term in missing)
        return reduce(and_, found.values(), self.everything)

    @cached_property
    def by_title(self) -> Sequence[tuple[str, int]]:
        """What titles are compared by, and the places, in the order of titles."""
        return sorted((title[:TITLE_KEY], place) for place, title in enumerate(self.titles))

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
        """What is kept under the key, worked out once; everything is forgotten when there is too much of it.

        ``work_out`` never returns ``None``.
        """
        found: AnswerT | None = self.memory.get(key)
        if found is None:
            found = work_out()
            if len(self.memory) >= most:
                self.memory.clear()
            self.memory[key] = found
        return found


@dataclass(frozen=True, slots=True)
class Moment:
    """What a search goes by: the index, and ``sales``, which is another text after every change of offers or sellers.

    What is worked out afterwards may be newer than its moment, never older: so it may be remembered for as long as the
    moment is the present.
    """

    index: Index
    sales: str

    def remember(self, key: Any, work_out: Callable[[], AnswerT]) -> AnswerT:
        """What is kept under the key until something is sold or changed. There is room for few."""
        memory = self.index.present
        if memory.get("sales") != self.sales or len(memory) > _REMEMBERED:
            self.index.present = memory = {"sales": self.sales}
        found: AnswerT | None = memory.get(key)
        if found is None:
            found = memory[key] = work_out()
        return found


_kept: Index | None = None


def present() -> Moment:
    """The index as the tables are now, and the state of sales: one small query, and more only after a change."""
    global _kept  # noqa: PLW0603
    # A query set would take longer to put the question together than the database to answer.
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT (SELECT stamp FROM creditstore_catalogue_searchstamp), {SALES}")
        stamp, sales = cursor.fetchone()
    index = _kept
    if index is None or index.stamp != stamp or stamp is None:
        _kept = index = _load(stamp)
    return Moment(index, sales)


def at_present(work: Callable[[Moment], AnswerT]) -> AnswerT:
    """Do what needs the index; once more with a new one where the tables changed in between."""
    try:
        return work(present())
    except UnknownValue:
        return work(present())


def _load(stamp: UUID | None) -> Index:
    values: dict[int, Mapping[str, Any]] = {}
    numbers: dict[str, list[int]] = {dimension: [] for dimension in DIMENSIONS}
    for number, dimension, facts in SearchValue.objects.values_list("pk", "dimension", "facts"):
        values[number] = facts
        numbers[dimension].append(number)
    # Some 20,000 rows, and as many as there are projects: a plain cursor is quicker than a query set.
    with connection.cursor() as cursor:
        cursor.execute("SELECT word, projects FROM creditstore_catalogue_searchword")
        words = dict(cursor.fetchall())
        cursor.execute(
            f"SELECT project_id, ref, title_words, {', '.join(DIMENSIONS)} FROM creditstore_catalogue_searchrow"
            ' ORDER BY ref COLLATE "C"'
        )
        rows = cursor.fetchall()
    return Index(
        stamp=stamp,
        values=values,
        numbers=numbers,
        words=words,
        scopes=dict(SectoralScope.objects.values_list("code", "name")),
        methodologies=dict(Methodology.objects.values_list("number", "title")),
        projects=[row[0] for row in rows],
        refs=[row[1] for row in rows],
        titles=[row[2] for row in rows],
        having=_having([row[3:] for row in rows], values),
    )


def _having(rows: Sequence[Sequence[int]], values: Mapping[int, Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """By filter and value, the projects in whose facts it stands. Errors: ``UnknownValue``."""
    places: dict[int, list[int]] = {}
    for place, numbers in enumerate(rows):
        for number in numbers:
            places.setdefault(number, []).append(place)
    if not places.keys() <= values.keys():
        raise UnknownValue
    sets = {number: bits(found) for number, found in places.items()}
    having: dict[str, dict[str, int]] = {name: {} for name in DIMENSION_OF}
    for number, projects in sets.items():
        facts = values[number]
        for name in having.keys() & facts.keys():
            for value in facts[name]:
                text = str(value)
                having[name][text] = having[name].get(text, 0) | projects
    return having
