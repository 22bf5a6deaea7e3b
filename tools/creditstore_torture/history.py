"""The registry's real history, as the facts files tell it: what was issued and what was cancelled, in order of time."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from creditstore.catalogue.importing import CANCELLATIONS, ISSUANCES
from creditstore.catalogue.reading import Refusals, read_table
from creditstore.catalogue.rows import (
    CANCELLATION_COLUMNS,
    ISSUANCE_COLUMNS,
    CancellationRow,
    IssuanceRow,
    parse_cancellation,
    parse_issuance,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """An issuance. ``number`` counts issuances in order of time; ``sold``: units are cancelled from it later."""

    at: datetime
    number: int
    row: IssuanceRow
    sold: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    """A cancellation. ``issuance``: the number of the issuance that its units come from."""

    at: datetime
    number: int
    row: CancellationRow
    issuance: int


def read_history(*, cancellations: int = 0) -> list[Issued | Cancelled]:
    """Everything in order of time; what is issued at the moment of a cancellation comes first.

    Parameters: ``cancellations``: the first so many only, with the issuances that they come from; 0 for all.
    Errors: ``ValueError`` when a row cannot be read or a cancellation lies in no issuance.
    """
    refusals = Refusals()
    issuances = sorted(_rows(ISSUANCES, ISSUANCE_COLUMNS, parse_issuance, refusals), key=lambda row: row.issued_at)
    cancelled = sorted(
        _rows(CANCELLATIONS, CANCELLATION_COLUMNS, parse_cancellation, refusals), key=lambda row: row.cancelled_at
    )
    if refusals.found:
        raise ValueError(str(refusals.found[0]))
    by_series: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for number, row in enumerate(issuances):
        by_series[row.series].append((row.start, row.end, number))
    for spans in by_series.values():
        spans.sort()
    cancelled = cancelled[: cancellations or None]
    origins = [_origin(row, by_series[row.series]) for row in cancelled]
    sold = set(origins)
    history: list[Issued | Cancelled] = [
        Issued(at=row.issued_at, number=number, row=row, sold=number in sold)
        for number, row in enumerate(issuances)
        if not cancellations or number in sold
    ]
    history += [
        Cancelled(at=row.cancelled_at, number=number, row=row, issuance=origin)
        for number, (row, origin) in enumerate(zip(cancelled, origins, strict=True))
    ]
    # Sorting keeps the order of equals, and issuances stand first.
    return sorted(history, key=lambda event: event.at)


def _rows(path: Path, columns: tuple[str, ...], parse: Callable[..., Any], refusals: Refusals) -> list[Any]:
    return [placed.row for placed in read_table(path=path, columns=columns, parse=parse, refusals=refusals)]


def _origin(row: CancellationRow, spans: list[tuple[int, int, int]]) -> int:
    place = bisect_right(spans, (row.start, 2**63, 0)) - 1
    # The span that begins at or before the first unit.
    for start, end, number in spans[max(0, place) : max(0, place) + 1]:
        if start <= row.start and row.end <= end:
            return number
    raise ValueError(f"{row.series} {row.start}-{row.end} lies in no issuance")
