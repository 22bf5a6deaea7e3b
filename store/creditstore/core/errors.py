"""Errors that a caller can do something about: one shape for services, pages and API."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import psycopg
from django.db import InterfaceError, OperationalError

#: Django's and the driver's own: the job queue passes on the driver's inside an error of its own.
_AWAY: Final = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one value. ``field`` is a dotted path as in the API (``lines.0.quantity``)."""

    field: str
    message: str


class StoreError(Exception):
    """Something was asked that cannot be done, for a reason that can be told.

    Parameters: ``code``, a key of the problem catalogue (``sold-out``); ``message``, plain words, translated, that
    say what to do next; ``errors``, the values concerned.
    """

    def __init__(self, *, code: str, message: str, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.errors = tuple(errors)


def database_is_away(error: BaseException | None) -> bool:
    """Whether this was raised, by whatever on the way, because the database does not answer."""
    while error is not None:
        if isinstance(error, _AWAY):
            return True
        error = error.__cause__
    return False
