"""Locks for what has no row to lock."""

from __future__ import annotations

import hashlib

from django.db import connection


def advisory_lock(key: str) -> None:
    """Wait for, and hold until the transaction ends, the lock that this text names: for what has no row to lock.

    Two texts share a lock once in 2**64 pairs; then one of them waits for nothing.
    """
    number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])
