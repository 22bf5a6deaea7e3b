"""The order of answers: which projects stand on a page, and the keys by which the next page goes on."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from heapq import nsmallest
from itertools import islice
from typing import Any, Final, NamedTuple

from creditstore.catalogue.index import Index
from creditstore.catalogue.live_offers import OnSale
from creditstore.catalogue.query import ProjectQuery
from creditstore.catalogue.question import Question
from creditstore.catalogue.sets import membership, places_in

#: Larger than any price; a project without one is listed after all that have one.
LARGEST: Final = 2**63 - 1
#: Which key of relevance says whether words stand outside the title.
_OUTSIDE: Final = 2

Keys = tuple[Any, ...]
#: What each order but that of titles compares, all ascending, before the reference: of a project with offers, and what
#: stands there for all projects without any. Of relevance the first key is 0 where the reference was typed, and the
#: third where all words stand in the title.
_KEYS: Final[Mapping[str, tuple[Callable[[OnSale, str], Keys], Keys]]] = {
    "relevance": (lambda sale, _currency: (1, 0, 0, -(sale.newest or 0)), (1, 1, 0, 0)),
    "price": (lambda sale, currency: (int(sale.currency != currency), sale.price), (1, LARGEST)),
    "-price": (lambda sale, currency: (int(sale.currency != currency), -sale.price), (1, 0)),
    "vintage": (lambda sale, _currency: (0, 9999 if sale.oldest is None else sale.oldest), (1, 9999)),
    "-vintage": (lambda sale, _currency: (0, -(sale.newest or 0)), (1, 0)),
    "-available": (lambda sale, _currency: (-sale.available,), (0,)),
}


class Placed(NamedTuple):
    """A project in an order: its keys, and its place, which decides between equals as references do."""

    keys: Keys
    place: int


def keys_of(sort: str) -> int:
    """How many keys an order compares before the reference."""
    return 1 if sort == "title" else len(_KEYS[sort][1])


class Order:
    """The order of one question's answers.

    Projects with offers come first in all orders but that of titles, and they are few: they are sorted. The many
    others, whose keys are all the same, stand in the order of references anyway.
    """

    def __init__(self, query: ProjectQuery, question: Question, *, index: Index, on_sale: Mapping[int, OnSale]) -> None:
        self._query, self._question, self._index, self._on_sale = query, question, index, on_sale
        self._typed = frozenset(question.refs) if query.sort == "relevance" else frozenset()

    def first(self, answers: int, *, after: Sequence[Any] | None, most: int) -> list[Placed]:
        """The first of the answers. Parameters: ``after``, keys and reference of the last one of the page before."""
        position = Placed(tuple(after[:-1]), bisect_right(self._index.refs, after[-1])) if after else None
        if self._query.sort == "title":
            return list(islice(self._by_title(answers, position), most))
        few = [Placed(self._keys(place), place) for place in self._few(answers)]
        found = nsmallest(most, (one for one in few if position is None or one >= position))
        if len(found) < most and not self._query.asks_for_offers:
            found += islice(self._others(answers, {one.place for one in few}, position), most - len(found))
        return found

    def _few(self, answers: int) -> Iterator[int]:
        """The answers that must be sorted: what is on sale, and what was named by its reference."""
        belongs = membership(answers)
        yield from filter(belongs, self._on_sale)
        for ref in self._typed:
            place = bisect_left(self._index.refs, ref)
            known = place < len(self._index.refs) and self._index.refs[place] == ref
            if known and belongs(place) and place not in self._on_sale:
                yield place

    def _keys(self, place: int) -> Keys:
        of_sale, otherwise = _KEYS[self._query.sort]
        sale = self._on_sale.get(place)
        keys = of_sale(sale, self._query.currency) if sale else otherwise
        if self._query.sort != "relevance":
            return keys
        named = self._index.refs[place] in self._typed
        return (int(not named), keys[1], int(not self._in_title(place)), keys[3])

    def _others(self, answers: int, few: set[int], position: Placed | None) -> Iterator[Placed]:
        keys = _KEYS[self._query.sort][1]
        if self._query.sort != "relevance" or not self._question.terms:
            yield from (Placed(keys, place) for place in self._from(answers, keys, position) if place not in few)
            return
        for outside in (0, 1):
            these = (*keys[:_OUTSIDE], outside, *keys[_OUTSIDE + 1 :])
            for place in self._from(answers, these, position):
                if place not in few and self._in_title(place) != bool(outside):
                    yield Placed(these, place)

    @staticmethod
    def _from(answers: int, keys: Keys, position: Placed | None) -> Iterator[int]:
        """The places of answers that all have these keys, after the position."""
        if position is None or keys > position.keys:
            return places_in(answers)
        return places_in(answers, start=position.place) if keys == position.keys else iter(())

    def _by_title(self, answers: int, position: Placed | None) -> Iterator[Placed]:
        belongs, titles = membership(answers), self._index.by_title
        start = bisect_left(titles, (position.keys[0], position.place)) if position else 0
        return (Placed((title,), place) for title, place in islice(titles, start, None) if belongs(place))

    def _in_title(self, place: int) -> bool:
        title = self._index.titles[place]
        return all(any(text in title for text in term.titles) for term in self._question.terms)
