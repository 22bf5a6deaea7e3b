"""Sets of projects as whole numbers: each project has a place, and its bit is set in the sets that it belongs to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence


def bits(places: Sequence[int]) -> int:
    """The number in which the bits at these places are set."""
    marks = bytearray((max(places, default=0) >> 3) + 1)
    for place in places:
        marks[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(marks, "little")


def places_in(projects: int, *, start: int = 0) -> Iterator[int]:
    """The places of a set in their order, from ``start`` on."""
    # Written down once and looked through as a text: taking away the lowest bit would copy the number each time.
    marks = bin(projects)[:1:-1]
    place = marks.find("1", start)
    while place >= 0:
        yield place
        place = marks.find("1", place + 1)


def membership(projects: int) -> Callable[[int], bool]:
    """Whether a place belongs to the set, for asking of many places."""
    marks = projects.to_bytes((projects.bit_length() >> 3) + 1, "little")
    length = len(marks)
    return lambda place: (place >> 3) < length and bool(marks[place >> 3] >> (place & 7) & 1)
