"""Whether what this process keeps is still true: a number that grows with every change, while changes are heard."""

from __future__ import annotations

from threading import Lock
from time import monotonic


class Changes:
    """The last change that this process heard of. Knowing it is a lease: who hears nothing for long knows nothing."""

    def __init__(self) -> None:
        self._number = 0
        self._known_until = 0.0
        self._lock = Lock()

    def current(self) -> int | None:
        """The number of the last change, None while changes may go unheard: then nothing kept may be used."""
        # Read before the lease, so that a loss between the two reads cannot make an old number look good.
        number = self._number
        return number if monotonic() < self._known_until else None

    def note(self) -> None:
        """Something that pages show has changed."""
        with self._lock:
            self._number += 1

    def hear_until(self, moment: float) -> None:
        """Changes are certain to be heard until then, in monotonic seconds."""
        self._known_until = moment

    def lose(self) -> None:
        """From now on changes may go unheard. What was kept before is never used again."""
        self._known_until = 0.0
        self.note()
