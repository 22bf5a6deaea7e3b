"""How much of everything a plugin is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

#: How long each method may take, in seconds. A buyer waits for ``start``; all else runs in the worker.
SECONDS: Mapping[str, float] = {
    "start": 10.0,
    "fetch": 15.0,
    "refund": 20.0,
    "captures": 30.0,
    "parse_webhook": 5.0,
    "verify_webhook": 15.0,
    "submit": 30.0,
    "status": 15.0,
    "totals": 30.0,
    "blocks": 30.0,
    "records": 30.0,
    "parse_notification": 5.0,
    "render": 60.0,
    "decide": 5.0,
    "check": 10.0,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Isolation:
    """How plugins are kept apart.

    Parameters: ``load_seconds``, how long a plugin may take to load; ``call_seconds``, how long each method may;
    ``memory_bytes``, the most one runner may hold;
    ``http_seconds``, the longest exchange of a plugin over HTTP; ``quiet``, whether what plugins print is thrown away.
    """

    load_seconds: float = 20.0
    call_seconds: Mapping[str, float] = field(default_factory=lambda: SECONDS)
    memory_bytes: int = 1024 * 1024 * 1024
    http_seconds: float = 8.0
    quiet: bool = True
