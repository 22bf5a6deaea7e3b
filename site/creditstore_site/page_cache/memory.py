"""The pages that one process keeps: the least recently used go when the room is full."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from threading import Lock

#: What an entry costs beside its body and headers.
_OVERHEAD = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """One answer, as it was sent. ``change``: the change of data after which it was made; ``until``: monotonic time."""

    change: int
    until: float
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def cost(self) -> int:
        """Bytes that it takes, about."""
        return _OVERHEAD + len(self.body) + sum(len(name) + len(value) for name, value in self.headers)


class Memory:
    """Entries by key, up to ``room`` bytes in all. Safe for threads. One entry takes at most an eighth of the room."""

    def __init__(self, room: int) -> None:
        self.room = room
        self._entries: OrderedDict[Hashable, Entry] = OrderedDict()
        self._used = 0
        self._lock = Lock()

    def get(self, key: Hashable, *, change: int, now: float) -> Entry | None:
        """The entry, if no change came after it and its time is not over; else it goes."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return None
            if entry.change != change or entry.until <= now:
                self._drop(key)
                return None
            self._entries.move_to_end(key)
            return entry

    def put(self, key: Hashable, entry: Entry) -> None:
        """Keep an entry, and let go of the ones that were not asked for longest."""
        if entry.cost > self.room // 8:
            return
        with self._lock:
            if key in self._entries:
                self._drop(key)
            self._entries[key] = entry
            self._used += entry.cost
            while self._used > self.room:
                self._drop(next(iter(self._entries)))

    @property
    def used(self) -> int:
        """Bytes that the entries take, about."""
        return self._used

    def __len__(self) -> int:
        return len(self._entries)

    def _drop(self, key: Hashable) -> None:
        self._used -= self._entries.pop(key).cost
