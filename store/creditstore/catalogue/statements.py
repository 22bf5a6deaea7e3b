"""What the statements of the search have in common. What a reader typed is only ever a parameter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

UNITS_LEFT: Final = "offer.offered - offer.reserved - offer.sold - offer.frozen"
#: Live, and units left. ``Offer.available`` says the same of one offer.
IS_LIVE: Final = "offer.state = 'live' AND offer.offered > offer.reserved + offer.sold + offer.frozen"


@dataclass(frozen=True)
class Sql:
    """A statement with its parameters, in order."""

    text: str
    params: tuple[Any, ...] = ()


def rows_of(statement: Sql) -> list[tuple[Any, ...]]:
    """Run it."""
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.params)
        return list(cursor.fetchall())
