"""What the demo says on the terminal: one line per step, with the seconds it took."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def say(text: str = "") -> None:
    """Print a line now, also into a pipe."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


@contextmanager
def step(what: str, *, done: str = "ready") -> Iterator[None]:
    """Name a step when it begins and add ``done`` and the seconds when it ends, or say that it was not done."""
    started = time.monotonic()
    sys.stdout.write(f"{what} ... ")
    sys.stdout.flush()
    try:
        yield
    except BaseException:
        say("not done")
        raise
    say(f"{done} ({time.monotonic() - started:.1f} s)")


def last_lines(log: Path, *, count: int = 15) -> str:
    """The end of a log file, set in from the margin."""
    if not log.exists():
        return "    (no log)"
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:]
    return "\n".join(f"    {line}" for line in lines) or "    (nothing was logged)"
