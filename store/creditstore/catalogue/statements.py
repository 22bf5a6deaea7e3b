"""What the statements of the search have in common. What a reader typed is only ever a parameter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.db import connection

UNITS_LEFT: Final = "offer.offered - offer.reserved - offer.sold - offer.frozen"
#: Live, and units left. ``Offer.available`` says the same of one offer.
IS_LIVE: Final = "offer.state = 'live' AND offer.offered > offer.reserved + offer.sold + offer.frozen"


def rows_of(statement: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Run it with its parameters, in order."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())
