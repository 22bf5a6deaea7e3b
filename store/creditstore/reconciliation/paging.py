"""Reading what another side tells in pages, to the end or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, Protocol, TypeVar

from creditstore_plugins import NotTold

#: A list that never ends is not believed.
_MOST_PAGES: Final = 100_000


class Page(Protocol):
    """One page; ``next`` is where the following one begins, empty on the last."""

    @property
    def next(self) -> str:
        """The cursor of the following page."""


PageT = TypeVar("PageT", bound=Page)


class Untold(Exception):
    """The other side gave no (further) answer that can be trusted. The text is for staff."""


def pages(ask: Callable[[str], PageT | NotTold], *, what: str) -> Iterator[PageT]:
    """Every page, in order. Parameters: ``ask``, for the page at a cursor; ``what``, is listed. Errors: ``Untold``."""
    cursor = ""
    for _page in range(_MOST_PAGES):
        told = ask(cursor)
        if isinstance(told, NotTold):
            raise Untold(told.reason)
        yield told
        cursor = told.next
        if not cursor:
            return
    raise Untold(f"the list of {what} has no end")
