"""Reading facts files: CSV, plain or packed with gzip, each row with the file and line that a refusal names."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Generic, Protocol, TypeVar

RowT = TypeVar("RowT")
PlacedT_co = TypeVar("PlacedT_co", covariant=True)

# Digits are spelled out: \d and int() would take those of other scripts too.
_WHOLE = re.compile(r"-?[0-9]{1,30}")
_DECIMAL = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands: the file as it was named, and the line, counted from 1 (0: the file as a whole)."""

    file: Path
    line: int

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}" if self.line else str(self.file)


@dataclass(frozen=True, slots=True)
class Refusal:
    """One row that cannot be taken in, and why.

    ``ref``: the project concerned, as the row names it. ``final``: the import cannot go on without this row.
    """

    place: Place
    reason: str
    ref: str = ""
    final: bool = False

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Remark:
    """The same thing said of some lines of a file, none of them a reason to refuse anything."""

    file: Path
    lines: tuple[int, ...]
    text: str

    def __str__(self) -> str:
        return f"{self.file}, {lines_in_words(self.lines)}: {self.text}"


class RowFault(ValueError):
    """What is wrong with one row; its text is the reason of a refusal."""


@dataclass(frozen=True, slots=True)
class Placed(Generic[PlacedT_co]):
    """A row that could be read, and where it stood."""

    row: PlacedT_co
    place: Place


class Refusals:
    """What has been refused so far.

    ``causes``: the projects concerned, each with the place of the first refusal that concerns it. What only follows
    from that is no refusal of its own.
    """

    def __init__(self) -> None:
        self.found: list[Refusal] = []
        self.causes: dict[str, Place] = {}

    def add(self, place: Place, reason: str, *, ref: str = "", final: bool = False) -> None:
        """Note one."""
        self.found.append(Refusal(place, reason, ref, final))
        if ref:
            self.causes.setdefault(ref, place)


class Remarks:
    """Remarks by file and text, so that what is said of five hundred lines is said once."""

    def __init__(self) -> None:
        self._lines: dict[tuple[Path, str], list[int]] = defaultdict(list)

    def add(self, place: Place, text: str) -> None:
        """Note one line."""
        self._lines[place.file, text].append(place.line)

    @property
    def found(self) -> tuple[Remark, ...]:
        """All of them in the order in which each was first made."""
        return tuple(Remark(file, tuple(sorted(lines)), text) for (file, text), lines in self._lines.items())


class Progress(Protocol):
    """Hands on what it is given, one by one, and may show on the way how far that has come."""

    def __call__(self, items: Iterable[RowT], *, step: str, total: int) -> Iterable[RowT]:
        """``step``: what is going on, in a few words; ``total``: about how many items there are."""


def no_progress(items: Iterable[RowT], *, step: str, total: int) -> Iterable[RowT]:
    """For callers that have nobody to show anything to."""
    return items


def lines_in_words(lines: Sequence[int]) -> str:
    """Line numbers in order, neighbours joined: ``lines 3, 7-9``."""
    runs: list[list[int]] = []
    for line in lines:
        if runs and line == runs[-1][-1] + 1:
            runs[-1][1:] = [line]
        else:
            runs.append([line])
    printed = ", ".join("-".join(map(str, run)) for run in runs)
    return f"line {printed}" if len(lines) == 1 else f"lines {printed}"


class Fields:
    """One row's texts, read as what they should be. Every method raises ``RowFault`` naming the column."""

    def __init__(self, row: Mapping[str, str], *, place: Place, remarks: Remarks) -> None:
        self._row = row
        self._place = place
        self._remarks = remarks

    def remark(self, text: str) -> None:
        """Say of this row what was done with a value that is of no use but no reason to refuse the row."""
        self._remarks.add(self._place, text)

    def text(self, column: str, *, limit: int = 2000, required: bool = False) -> str:
        """A text of at most ``limit`` characters, without control characters."""
        value = self._row[column]
        if _CONTROL.search(value):
            raise RowFault(f"{column} contains control characters")
        if len(value) > limit:
            raise RowFault(f"{column} is longer than {limit} characters")
        if required and not value.strip():
            raise RowFault(f"{column} is empty")
        return value

    def items(self, column: str, *, limit: int = 200) -> list[str]:
        """A list joined by semicolons, with or without a space, in the source's order; empty when the field is."""
        value = self.text(column)
        items = [item.removeprefix(" ") for item in value.split(";")] if value else []
        if any(not item.strip() or len(item) > limit for item in items):
            raise RowFault(f"{column}: {value[:60]!r} is not a list joined by semicolons")
        return items

    def one_of(self, column: str, allowed: Sequence[str]) -> str:
        """One of the values listed."""
        value = self._row[column]
        if value not in allowed:
            raise RowFault(f"{column}: {value[:60]!r} is none of {', '.join(repr(one) for one in allowed)}")
        return value

    def whole(self, column: str, *, lowest: int, highest: int = 2**63 - 1) -> int:
        """A whole number between the bounds."""
        value = self._row[column]
        if not _WHOLE.fullmatch(value) or not lowest <= int(value) <= highest:
            raise RowFault(f"{column}: {value[:60]!r} is not a whole number from {lowest} to {highest}")
        return int(value)

    def whole_or_none(self, column: str, *, lowest: int) -> int | None:
        """A whole number, or nothing."""
        return self.whole(column, lowest=lowest) if self._row[column] else None

    def decimal_or_none(self, column: str, *, lowest: int, highest: int) -> Decimal | None:
        """A decimal number between the bounds, or nothing."""
        value = self._row[column]
        if not value:
            return None
        if not _DECIMAL.fullmatch(value) or not lowest <= Decimal(value) <= highest:
            raise RowFault(f"{column}: {value[:60]!r} is not a number from {lowest} to {highest}")
        return Decimal(value)

    def day_or_none(self, column: str) -> date | None:
        """A date such as 2016-05-31, or nothing."""
        value = self._row[column]
        if not value:
            return None
        try:
            if _DAY.fullmatch(value):
                return date.fromisoformat(value)
        except ValueError:
            pass
        raise RowFault(f"{column}: {value[:60]!r} is not a date such as 2016-05-31")

    def moment(self, column: str) -> datetime:
        """A time in UTC such as 2016-05-31T08:15:00Z."""
        value = self._row[column]
        try:
            if _MOMENT.fullmatch(value):
                return datetime.fromisoformat(value).astimezone(UTC)
        except ValueError:
            pass
        raise RowFault(f"{column}: {value[:60]!r} is not a time such as 2016-05-31T08:15:00Z")


def read_table(
    *,
    path: Path,
    columns: Sequence[str],
    parse: Callable[[Fields], RowT],
    refusals: Refusals,
    remarks: Remarks | None = None,
    only: Collection[str] | None = None,
    progress: Progress = no_progress,
) -> list[Placed[RowT]]:
    """Every row of a file that can be read; the others, and a file that cannot be read at all, go to ``refusals``.

    Parameters: ``columns``, those that must be there; ``only``, the projects (column ``ref``) whose rows are wanted:
    the others are passed over unread.
    """
    remarks = remarks or Remarks()
    text = _text_of(path, refusals=refusals)
    if text is None:
        return []
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    rows: list[Placed[RowT]] = []
    try:
        missing = [column for column in columns if column not in (reader.fieldnames or ())]
        if missing:
            refusals.add(Place(path, 1), f"the columns {', '.join(missing)} are missing", final=True)
            return []
        for row in progress(reader, step=f"Reading {path.name}", total=text.count("\n") - 1):
            if only is not None and row["ref"] not in only:
                continue
            place = Place(path, reader.line_num)
            try:
                if None in row or None in row.values():
                    raise RowFault(f"the row has not as many fields as the header, {len(reader.fieldnames or ())}")
                rows.append(Placed(parse(Fields(row, place=place, remarks=remarks)), place))
            except RowFault as fault:
                refusals.add(place, str(fault), ref=row.get("ref") or "")
    except csv.Error as error:
        # Where the next row begins is anybody's guess.
        refusals.add(Place(path, reader.line_num), f"this is not CSV: {error}", final=True)
    return rows


def _text_of(path: Path, *, refusals: Refusals) -> str | None:
    try:
        packed = path.read_bytes()
        data = gzip.decompress(packed) if path.suffix == ".gz" else packed
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        refusals.add(Place(path, error.object[: error.start].count(b"\n") + 1), "this is not UTF-8", final=True)
    except (OSError, EOFError, zlib.error) as error:
        refusals.add(Place(path, 0), f"the file cannot be read: {error}", final=True)
    return None
