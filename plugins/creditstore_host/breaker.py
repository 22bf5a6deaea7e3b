"""Stops asking a part of a plugin that fails again and again, and tries it again after a rest."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

#: So many faults in a row open the circuit.
FAULTS = 3
#: The first rest, in seconds; each that follows is twice as long as the one before, up to the longest.
FIRST_REST = 30.0
LONGEST_REST = 600.0


class Breaker:
    """The circuit of one part; used from any thread.

    Parameters: ``clock``, seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._in_a_row = 0
        self._rest = FIRST_REST
        self._open_until: float | None = None
        self._trying = False

    def enter(self) -> bool:
        """Whether the part may be called now. After a rest one caller may, the others wait for how that goes."""
        with self._lock:
            if self._open_until is None:
                return True
            if self._trying or self._clock() < self._open_until:
                return False
            self._trying = True
            return True

    def succeeded(self) -> None:
        """A call ended well: the circuit is closed."""
        with self._lock:
            self._in_a_row, self._rest, self._open_until, self._trying = 0, FIRST_REST, None, False

    def failed(self) -> bool:
        """A call ended badly. Returns whether that opened the circuit."""
        with self._lock:
            self._in_a_row += 1
            opens = self._trying or (self._in_a_row >= FAULTS and self._open_until is None)
            if opens:
                self._open_until = self._clock() + self._rest
                self._rest = min(self._rest * 2, LONGEST_REST)
            self._trying = False
            return opens

    @property
    def resting(self) -> bool:
        """Whether it would be of no use to offer the part to anybody now."""
        with self._lock:
            return self._open_until is not None and (self._trying or self._clock() < self._open_until)
