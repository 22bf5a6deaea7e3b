"""Cursor pages: a position in an order, not a number of rows, so a page stays right while rows come and go."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from creditstore.core.errors import FieldError, StoreError

ItemT = TypeVar("ItemT")
RowT = TypeVar("RowT", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[ItemT]):
    """Some items, the cursor of the next page (``None`` at the end) and how many there are in all."""

    items: Sequence[ItemT]
    next: str | None
    total: int


def encode_cursor(position: Sequence[Any]) -> str:
    """A cursor for the position after the last item: its sort values, JSON values only."""
    return base64.urlsafe_b64encode(json.dumps(list(position)).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, *, length: int) -> list[Any]:
    """The position. Errors: ``StoreError`` (bad-request) for anything that is no cursor of ``length`` values."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        position = json.loads(raw)
    except (binascii.Error, ValueError, RecursionError):
        position = None
    plain = isinstance(position, list) and len(position) == length
    if not plain or not all(value is None or isinstance(value, str | int | float) for value in position):
        raise bad_cursor()
    return list(position)


def bad_cursor() -> StoreError:
    """What to raise when a cursor, or a value in it, is none that this store made."""
    message = _("This page marker is not valid. Start again from the first page.")
    return StoreError(code="bad-request", message=message, errors=[FieldError("cursor", message)])


def newest_first(rows: QuerySet[RowT], *, by: str, cursor: str | None, limit: int) -> tuple[list[RowT], str | None]:
    """At most ``limit`` rows, the newest first, and the cursor of the next page (``None`` at the end).

    Parameters: ``by``, a field with a time that none of the rows lacks; equal times go by the key.
    Errors: ``StoreError`` (bad-request) for a cursor that this function did not make.
    """
    if cursor:
        at, key = decode_cursor(cursor, length=2)
        moment = _moment(at)
        rows = rows.filter(Q((f"{by}__lt", moment)) | Q((by, moment), pk__lt=_integer(key)))
    found = list(rows.order_by(f"-{by}", "-pk")[: limit + 1])
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    return found[:limit], encode_cursor([getattr(last, by).isoformat(), last.pk])


def _moment(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise bad_cursor() from error
    # Ours are in UTC; an odd offset would be one that PostgreSQL refuses.
    if moment.utcoffset() != timedelta(0):
        raise bad_cursor()
    return moment


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 2**63:
        raise bad_cursor()
    return value
