"""What the catalogue's search finds, as Wagtail's lists want it: with a length, and cut into numbered pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import overload

from creditstore.catalogue.search import MAX_LIMIT, ProjectHit, ProjectQuery, search_projects
from creditstore.core.paging import Page


class FoundProjects(Sequence[ProjectHit]):
    """Every project that answers a question, in its order.

    The search itself knows only what comes after a place. To reach a late page, what stands before it is read a
    hundred at a time; the first pages, which is where people choose from, cost one query.
    """

    def __init__(self, query: ProjectQuery) -> None:
        self._query = query

    @cached_property
    def _first(self) -> Page[ProjectHit]:
        return search_projects(query=self._query, limit=MAX_LIMIT)

    def __len__(self) -> int:
        return self._first.total

    def __iter__(self) -> Iterator[ProjectHit]:
        page = self._first
        yield from page.items
        while page.next:
            page = search_projects(query=self._query, cursor=page.next, limit=MAX_LIMIT)
            yield from page.items

    @overload
    def __getitem__(self, wanted: int) -> ProjectHit: ...
    @overload
    def __getitem__(self, wanted: slice) -> list[ProjectHit]: ...
    def __getitem__(self, wanted: int | slice) -> ProjectHit | list[ProjectHit]:
        """One, or a run of them; offers that sell meanwhile may shift a project from one page to the next."""
        if isinstance(wanted, slice):
            start, stop, step = wanted.indices(len(self))
            return list(self._upto(stop))[start:stop:step]
        if not -len(self) <= wanted < len(self):
            raise IndexError(wanted)
        position = wanted % len(self)
        return list(self._upto(position + 1))[position]

    def _upto(self, stop: int) -> Iterator[ProjectHit]:
        for position, hit in enumerate(self):
            if position >= stop:
                return
            yield hit
