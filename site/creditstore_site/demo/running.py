"""One demo per clone at a time."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class AlreadyRunning(Exception):
    """Another process runs the demo of this clone; the message names it."""


@contextmanager
def only_one(lock: Path, *, note: str) -> Iterator[None]:
    """Hold ``lock`` for the time of the block. ``note`` tells whoever comes second what is going on.

    The lock ends with the process, however it ends, so nothing stale is ever left behind. Raises ``AlreadyRunning``.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise AlreadyRunning(file.read().strip() or "The demo is just starting in another process.") from error
        file.truncate(0)
        file.write(f"{note} (process {os.getpid()})")
        file.flush()
        yield
        file.truncate(0)
