"""Django's backend for PostgreSQL with fewer round trips for a page: the engine of ``settings.DATABASES``.

``prepared_cursor`` is for the few statements that are long and always the same text.
"""

from __future__ import annotations

from typing import Any, cast

from django.db import connection
from django.db.backends.utils import CursorWrapper


def prepared_cursor() -> CursorWrapper:
    """A cursor whose statements the server plans once for each connection, not each time. Use it in ``with``.

    Worth it where planning takes longer than running. The statement's text must not vary.
    """
    backend: Any = connection
    return cast("CursorWrapper", backend.prepared_cursor())
