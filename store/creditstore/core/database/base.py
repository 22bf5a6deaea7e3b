"""Where Django looks for the engine's ``DatabaseWrapper``."""

from __future__ import annotations

import select
from time import monotonic
from typing import Any, Final

import psycopg
from django.db.backends.postgresql import base
from django.db.backends.utils import CursorWrapper

#: For so long a connection that answered is taken to be alive while the server says nothing on it.
TRUSTED_SECONDS: Final = 10.0


class DatabaseWrapper(base.DatabaseWrapper):
    """As Django's, but for the two things below."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._asked: tuple[object, float] = (None, 0.0)

    def is_usable(self) -> bool:
        """Whether the connection is alive, asked before a request's first query.

        A server that ends a connection, because it stops or was told to, says so on it, and then something can be read.
        Only a network that falls silent does not: so the server is asked all the same when the last time is long ago.
        """
        connection, at = self._asked
        if connection is self.connection and monotonic() < at + TRUSTED_SECONDS and self._nothing_to_read():
            return True
        usable: bool = super().is_usable()
        self._asked = (self.connection, monotonic()) if usable else (None, 0.0)
        return usable

    def prepared_cursor(self) -> CursorWrapper:
        """See ``creditstore.core.database.prepared_cursor``."""
        self.close_if_health_check_failed()
        self.ensure_connection()
        with self.wrap_database_errors:
            cursor: CursorWrapper = self._prepare_cursor(_Preparing(self.connection))  # type: ignore[attr-defined]
        return cursor

    def _nothing_to_read(self) -> bool:
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return not poll.poll(0)


class _Preparing(psycopg.Cursor[Any]):
    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        return super().execute(query, params, prepare=True, **options)
