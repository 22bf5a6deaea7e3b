"""What a list shows of a project, whatever is asked: read when it is first shown, and kept with the index."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from creditstore.catalogue.index import Index, UnknownValue
from creditstore.catalogue.statements import rows_of
from creditstore.catalogue.words import Word, words_in

#: Some 2 kB each.
_KEPT: Final = 10_000
_STATEMENT: Final = (
    "SELECT found.project_id, found.title, found.place, found.technology, found.method, found.shape,"
    " found.registered_on, found.installed_capacity_mw, found.latitude, found.longitude"
    " FROM creditstore_catalogue_searchrow AS found WHERE found.project_id = ANY(%s::bigint[])"
)


class ProjectRow(NamedTuple):
    """A project's facts, in the order of the statement's columns. The four numbers lead to ``Index.facts``.

    ``words``: those of the title, as it is searched.
    """

    title: str
    place: int
    technology: int
    method: int
    shape: int
    registered_on: date | None
    installed_capacity_mw: Decimal | None
    latitude: Decimal | None
    longitude: Decimal | None
    words: tuple[Word, ...]


def project_rows(index: Index, places: Sequence[int]) -> list[ProjectRow]:
    """The rows at these places: no query where all are known, else one. Errors: ``UnknownValue`` when one is gone."""
    # One look each: between two, another thread may have made room.
    found: dict[int, ProjectRow] = {place: row for place in places if (row := index.rows.get(place)) is not None}
    if len(found) < len(places):
        missing = [index.projects[place] for place in places if place not in found]
        for project, title, *facts in rows_of(_STATEMENT, [missing]):
            found[index.places[project]] = ProjectRow._make((title, *facts, tuple(words_in(title))))
        if len(index.rows) + len(missing) > _KEPT:
            index.rows.clear()
        index.rows.update(found)
    try:
        return [found[place] for place in places]
    except KeyError:
        raise UnknownValue from None
