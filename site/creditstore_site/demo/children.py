"""Programs that run beside each other: each in a process group of its own, with a log, stopped together."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

POLL_SECONDS = 0.1
PR_SET_PDEATHSIG = 1  # from <linux/prctl.h>
_libc = ctypes.CDLL(None)


class ChildEnded(Exception):
    """A program that should go on has ended."""

    def __init__(self, child: Child) -> None:
        super().__init__(f"The {child.name} ended unexpectedly ({describe_exit(child.exit_status())}).")
        self.child = child


class NotReady(Exception):
    """A program runs but does not get ready in time."""

    def __init__(self, child: Child, *, seconds: float) -> None:
        super().__init__(f"The {child.name} runs but is not ready after {seconds:.0f} seconds; see {child.log}.")
        self.child = child


class StopRequested(Exception):
    """Somebody pressed Ctrl-C or sent a signal."""


class StopSignals:
    """Remembers that somebody wants the whole thing to stop, and lets waits notice.

    The handlers only set a flag: what must be cleaned up decides itself where it can be interrupted.
    """

    def __init__(self) -> None:
        self.requested = False
        # Below make, make's death is a request as well: nobody would be left to press Ctrl-C on.
        self._make = os.getppid() if os.environ.get("MAKELEVEL") else None

    def install(self) -> None:
        """Listen to Ctrl-C, TERM and the closing of the terminal (unless nohup asked to ignore that)."""
        signal.signal(signal.SIGINT, self._on_signal)
        signal.signal(signal.SIGTERM, self._on_signal)
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
            signal.signal(signal.SIGHUP, self._on_signal)

    def check(self) -> None:
        """Raise ``StopRequested`` if anybody asked to stop."""
        if self.requested or (self._make is not None and os.getppid() != self._make):
            raise StopRequested

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.requested = True


@dataclass
class Child:
    """One program. ``name`` is used in sentences; ``ready`` says whether it can do its work."""

    name: str
    command: Sequence[str | Path]
    log: Path
    environment: dict[str, str]
    directory: Path
    ready: Callable[[], bool] = lambda: True
    to_terminal: bool = False
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Start it. A group of its own keeps the terminal's Ctrl-C away: stopping is done in order, by ``stop``."""
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                self.command,
                cwd=self.directory,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=None if self.to_terminal else log,
                stderr=log,
                process_group=0,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 (the supervisor has one thread)
            )

    @property
    def pid(self) -> int | None:
        """Its process number, None before it was started."""
        return None if self._process is None else self._process.pid

    def exit_status(self) -> int | None:
        """How it ended, None while it runs: a negative number is a signal's."""
        return None if self._process is None else self._process.poll()

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the program and whatever it started, if anything of it is left."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)


def describe_exit(status: int | None) -> str:
    """An exit status in words."""
    if status is not None and status < 0:
        return f"killed by {signal.Signals(-status).name}"
    return f"exit status {status}"


def wait_ready(child: Child, *, beside: Sequence[Child], signals: StopSignals, seconds: float) -> None:
    """Return when ``child`` is ready.

    Raises ``ChildEnded`` if it or one of ``beside`` ends before, ``NotReady`` after so many seconds, ``StopRequested``.
    """
    deadline = time.monotonic() + seconds
    while not child.ready():
        check_alive([child, *beside], signals=signals)
        if time.monotonic() > deadline:
            raise NotReady(child, seconds=seconds)
        time.sleep(POLL_SECONDS)


def wait_done(child: Child, *, signals: StopSignals) -> None:
    """Return when ``child`` has ended well. Raises ``ChildEnded`` if it ended otherwise, ``StopRequested``."""
    while child.exit_status() is None:
        signals.check()
        time.sleep(POLL_SECONDS)
    if child.exit_status() != 0:
        raise ChildEnded(child)


def watch(children: Sequence[Child], *, signals: StopSignals) -> None:
    """Wait until something ends it: raises ``ChildEnded`` or ``StopRequested``, never returns."""
    while True:
        check_alive(children, signals=signals)
        time.sleep(POLL_SECONDS)


def check_alive(children: Sequence[Child], *, signals: StopSignals) -> None:
    """Raise ``StopRequested`` or ``ChildEnded`` if there is reason to."""
    signals.check()
    for child in children:
        if child.exit_status() is not None:
            raise ChildEnded(child)


def stop_all(children: Sequence[Child], *, patience: float = 4.0) -> None:
    """Ask all to stop, and kill what has not stopped after ``patience`` seconds, with everything they started."""
    for child in children:
        child.signal(signal.SIGTERM)
    deadline = time.monotonic() + patience
    for child in children:
        if child._process is None:
            continue
        with suppress(subprocess.TimeoutExpired):
            child._process.wait(timeout=max(0.0, deadline - time.monotonic()))
        # Also what a program that has ended left behind in its group.
        child.signal(signal.SIGKILL)
        child._process.wait()


def _end_with_parent() -> None:
    # Runs in the child before the program: if we are killed, it is told to stop instead of holding its port for ever.
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
