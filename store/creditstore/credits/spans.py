"""Arithmetic with runs of serial numbers: plain values, no database."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from creditstore_plugins import SerialRange


class Span(NamedTuple):
    """Numbers ``start`` to ``end`` of a series; both ends belong to it."""

    series: str
    start: int
    end: int

    @property
    def quantity(self) -> int:
        """How many units it holds."""
        return self.end - self.start + 1

    def __str__(self) -> str:
        return f"{self.series} {self.start}-{self.end}"


def span_of(part: SerialRange) -> Span:
    """A plugin's range as a span."""
    return Span(part.series, part.start_number, part.end_number)


def joined(spans: Iterable[Span], *, overlapping: bool = False) -> list[Span]:
    """In order, neighbours as one: the same units cut differently compare equal.

    Parameters: ``overlapping``: units that are told twice count once; otherwise they stay told twice.
    """
    result: list[Span] = []
    for span in sorted(spans):
        last = result[-1] if result else None
        reach = 0 if last is None else span.start - last.end
        if last and last.series == span.series and (reach <= 1 if overlapping else reach == 1):
            result[-1] = Span(last.series, last.start, max(last.end, span.end))
        else:
            result.append(span)
    return result


class SpanSet:
    """Many spans, asked quickly what of another span is not in them."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self._spans: dict[str, list[Span]] = defaultdict(list)
        for span in joined(spans, overlapping=True):
            self._spans[span.series].append(span)

    def missing(self, span: Span) -> Iterator[Span]:
        """The parts of ``span`` that are in none of these spans, in order."""
        runs = self._spans.get(span.series, [])
        position = span.start
        # The last run that starts at or before the position is the first that can cover it.
        index = max(bisect_right(runs, position, key=lambda run: run.start) - 1, 0)
        while position <= span.end and index < len(runs):
            run = runs[index]
            if run.start > span.end:
                break
            if run.start > position:
                yield Span(span.series, position, run.start - 1)
            position = max(position, run.end + 1)
            index += 1
        if position <= span.end:
            yield Span(span.series, position, span.end)
