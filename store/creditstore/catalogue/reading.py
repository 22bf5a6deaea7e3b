"""Reading facts files: CSV, plain or packed with gzip, each row with the file and line that a refusal names."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Generic, TypeVar

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
    """One row that cannot be taken in, and why."""

    place: Place
    reason: str

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


class RowFault(ValueError):
    """What is wrong with one row; its text is the reason of a refusal."""


@dataclass(frozen=True, slots=True)
class Placed(Generic[PlacedT_co]):
    """A row that could be read, and where it stood."""

    row: PlacedT_co
    place: Place


class Refusals:
    """What has been refused so far. ``refs``: the projects concerned; what only follows from a refusal is none."""

    def __init__(self) -> None:
        self.found: list[Refusal] = []
        self.refs: set[str] = set()

    def add(self, place: Place, reason: str, *, ref: str = "") -> None:
        """Note one."""
        self.found.append(Refusal(place, reason))
        if ref:
            self.refs.add(ref)


class Fields:
    """One row's texts, read as what they should be. Every method raises ``RowFault`` naming the column."""

    def __init__(self, row: Mapping[str, str]) -> None:
        self._row = row

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
        """A list joined by semicolons, in the source's order; empty when the field is."""
        value = self.text(column)
        items = value.split(";") if value else []
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
    *, path: Path, columns: Sequence[str], parse: Callable[[Fields], RowT], refusals: Refusals
) -> list[Placed[RowT]]:
    """Every row of a file that can be read; the others, and a file that cannot be read at all, go to ``refusals``."""
    try:
        packed = path.read_bytes()
        data = gzip.decompress(packed) if path.suffix == ".gz" else packed
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        refusals.add(Place(path, error.object[: error.start].count(b"\n") + 1), "this is not UTF-8")
        return []
    except (OSError, EOFError, zlib.error) as error:
        refusals.add(Place(path, 0), f"the file cannot be read: {error}")
        return []
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    rows: list[Placed[RowT]] = []
    try:
        missing = [column for column in columns if column not in (reader.fieldnames or ())]
        if missing:
            refusals.add(Place(path, 1), f"the columns {', '.join(missing)} are missing")
            return []
        for row in reader:
            place = Place(path, reader.line_num)
            try:
                if None in row or None in row.values():
                    raise RowFault(f"the row has not as many fields as the header, {len(reader.fieldnames or ())}")
                rows.append(Placed(parse(Fields(row)), place))
            except RowFault as fault:
                refusals.add(place, str(fault), ref=row.get("ref") or "")
    except csv.Error as error:
        refusals.add(Place(path, reader.line_num), f"this is not CSV: {error}")
    return rows
