"""Hears from PostgreSQL what other processes and machines change: one thread and one connection per web process."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any

import psycopg
from django.db import connections
from psycopg import sql

from creditstore_site.page_cache.changes import Changes
from creditstore_site.page_cache.triggers import CHANNEL, missing_triggers

logger = logging.getLogger(__name__)

#: The connection is tried this often while nothing happens.
HEARTBEAT_SECONDS = 3.0
#: Heard from the server within this time, it still tells; above the heartbeat with room for a busy moment.
LEASE_SECONDS = 10.0
RETRY_SECONDS = (1.0, 2.0, 5.0, 10.0, 30.0)


class Listener:
    """Keeps ``changes`` up to date. ``heard`` are called, in the listener's thread, after every change."""

    def __init__(self) -> None:
        self.changes = Changes()
        self.heard: list[Callable[[], None]] = []
        self._stop = Event()
        self._thread: Thread | None = None
        self._process = 0
        self._lock = Lock()

    def ensure_running(self) -> None:
        """Start the thread in this process, unless it runs: a forked child has none of its parent's."""
        if self._process == os.getpid():
            return
        with self._lock:
            if self._process != os.getpid():
                self.changes.lose()
                self._stop.clear()
                self._thread = Thread(target=self._run, name="page-cache-listener", daemon=True)
                self._thread.start()
                self._process = os.getpid()

    def stop(self) -> None:
        """End the thread, and wait for it; for tests."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=HEARTBEAT_SECONDS + 10)
        self._process, self._thread = 0, None

    def _run(self) -> None:
        failures = 0
        while not self._stop.is_set():
            try:
                self._listen()
                failures = 0
            except (psycopg.Error, OSError) as error:
                logger.warning("Pages are not kept: changes cannot be heard (%s).", str(error).strip() or type(error))
            except NotTold as error:
                logger.warning("Pages are not kept: %s", error)
            finally:
                self.changes.lose()
            self._stop.wait(RETRY_SECONDS[min(failures, len(RETRY_SECONDS) - 1)])
            failures += 1

    def _listen(self) -> None:
        with psycopg.connect(**_parameters()) as connection:
            connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL)))
            if missing := missing_triggers(connection):
                raise NotTold(f"the database does not tell of changes in {', '.join(sorted(missing))}; run migrate.")
            # Only now: what changed while nobody listened was not heard.
            self._note()
            while not self._stop.is_set():
                asked = monotonic()
                connection.execute("SELECT 1")
                self.changes.hear_until(asked + LEASE_SECONDS)
                for _notification in connection.notifies(timeout=HEARTBEAT_SECONDS):
                    self._note()
                    if self._stop.is_set():
                        return

    def _note(self) -> None:
        self.changes.note()
        for call in self.heard:
            call()


class NotTold(Exception):
    """The database would not tell of every change."""


def _parameters() -> dict[str, Any]:
    """The store's own connection, such that a dead server is noticed within the lease."""
    known = connections["default"].get_connection_params()
    dropped = ("cursor_factory", "context", "prepare_threshold", "pool")
    return {
        **{name: value for name, value in known.items() if name not in dropped},
        "autocommit": True,
        "application_name": "creditstore page cache",
        "connect_timeout": 5,
        "keepalives": 1,
        "keepalives_idle": 5,
        "tcp_user_timeout": 5000,
    }


#: This process's.
listener = Listener()
