"""What tests of kept pages share: a browser's headers, a listener that hears what a test says, and patience."""

from __future__ import annotations

import time
from collections.abc import Callable

from creditstore_site.page_cache.listener import Listener

#: What a browser sends; without it nothing is compressed.
BROWSER = {"Accept-Encoding": "gzip, deflate, br, zstd"}


class Told(Listener):
    """Hears only what the test notes."""

    def __init__(self) -> None:
        super().__init__()
        self.changes.hear_until(float("inf"))

    def ensure_running(self) -> None:
        """There is nothing to start."""


def wait_until(condition: Callable[[], object], *, seconds: float = 10.0) -> None:
    """Return when ``condition`` holds; fail if it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.005)
