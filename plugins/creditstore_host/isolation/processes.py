"""The store's side of isolation: keeps runners, sends calls, and gives up at the deadline."""

from __future__ import annotations

import os
import select
import threading
import time
import weakref
from contextlib import suppress
from dataclasses import replace
from typing import Any

from creditstore_host.isolation.limits import Isolation
from creditstore_host.isolation.wardens import wardens
from creditstore_host.isolation.wire import (
    Answer,
    Call,
    ConnectionEnded,
    Failure,
    Load,
    Loaded,
    RunnerFailure,
    receive_answer,
    send,
)
from creditstore_host.network import Deadline
from creditstore_plugins import RenderFailed
from creditstore_plugins.conformance import BadAnswer

#: How many calls of one plugin may run at once in one process of the store; others wait, within their deadlines.
MOST_RUNNERS = 4
#: A runner is replaced after so many calls: what a plugin leaks goes with it.
MOST_CALLS = 1_000
#: A runner that was idle for so long is ended when any plugin is called next; a new one is there in milliseconds.
IDLE_SECONDS = 300.0
_LEAST_LOAD_SECONDS = 2.0
_SOMETHING_ELSE = "its process said something that was not asked"


class _ProcessEnded(BadAnswer):
    """A runner is gone, by its own doing or with the warden."""


class _Runner:
    def __init__(self, load: Load, *, quiet: bool) -> None:
        self._warden, self._number, self._connection = wardens.fork(quiet=quiet)
        self._begun = Deadline(load.seconds)
        self._calls = 0
        self._ended = False
        self.idle_since = time.monotonic()
        # When it is dead already, whoever waits for its word will find that out.
        with suppress(ConnectionEnded, TimeoutError):
            send(self._connection, load, deadline=self._begun)

    def loaded(self) -> Loaded:
        """What the plugin said when it was loaded. Errors: ``BadAnswer``; the runner is then dead."""
        answer = self._answer(self._begun, "it took too long to load")
        if isinstance(answer, Loaded):
            return answer
        self.end()
        raise RunnerFailure(answer) if isinstance(answer, Failure) else BadAnswer(_SOMETHING_ELSE)

    def call(self, call: Call, *, deadline: Deadline) -> Any:
        """What the call returned. Errors: ``BadAnswer``, ``RenderFailed``."""
        self._calls += 1
        call = replace(call, number=self._calls)
        try:
            send(self._connection, call, deadline=deadline)
        except (ConnectionEnded, TimeoutError):
            self.end()
            raise BadAnswer("its process has ended") from None
        answer = self._answer(deadline, f"no answer within {call.seconds:g} seconds")
        # A plugin that forked answers twice: the second one must not be taken for that of the next call.
        if not isinstance(answer, Answer | Failure) or answer.number != call.number:
            self.end()
            raise BadAnswer(_SOMETHING_ELSE)
        if isinstance(answer, Answer):
            return answer.value
        raise RenderFailed(answer.text) if answer.error == RenderFailed.__name__ else RunnerFailure(answer)

    def _answer(self, deadline: Deadline, too_late: str) -> object:
        try:
            return receive_answer(self._connection, deadline=deadline)
        except TimeoutError:
            self.end()
            raise BadAnswer(too_late) from None
        except ConnectionEnded:
            self.end()
            raise _ProcessEnded("its process ended") from None
        except BadAnswer:
            self.end()
            raise

    @property
    def time_left(self) -> float:
        """Seconds left to load."""
        return self._begun.left

    @property
    def warden_lives(self) -> bool:
        """Whether what started it still runs: when not, it did not end by itself.

        Waits a little: a warden's runners are told of its death before the store is.
        """
        return self._warden.outlives(0.3)

    @property
    def alive(self) -> bool:
        """Whether an idle runner still listens: it says nothing by itself, so what can be read is its end."""
        poll = select.poll()  # select() itself knows no more than 1,024 open files
        poll.register(self._connection, select.POLLIN)
        return not poll.poll(0)

    def end(self) -> None:
        self._connection.close()
        self._warden.kill(self._number)
        self._ended = True

    def forget(self) -> None:
        self._connection.close()

    @property
    def usable(self) -> bool:
        return not self._ended and self._calls < MOST_CALLS


class Runners:
    """The runners of one plugin; used from any thread."""

    def __init__(self, load: Load, *, isolation: Isolation) -> None:
        self._load = load
        self._quiet = isolation.quiet
        self._idle: list[_Runner] = []
        self._count = 0
        self._changed = threading.Condition()
        _all_runners.add(self)

    def begin(self, load: Load | None = None) -> None:
        """Start the first runner; it loads the plugin meanwhile. Errors: ``OSError`` when no process can be started."""
        runner = _Runner(load or self._load, quiet=self._quiet)
        with self._changed:
            self._count += 1
            self._idle.append(runner)

    def loaded(self) -> Loaded:
        """What the runner that ``begin`` started says. Errors: ``BadAnswer``; there is no runner left then."""
        (runner,) = self._idle
        try:
            return self._told_by(runner)
        except _ProcessEnded:
            if runner.warden_lives:
                raise
        # Another plugin killed the warden, and all that were loading with it: once more, now alone, in the time left.
        self.begin(replace(self._load, seconds=max(runner.time_left, _LEAST_LOAD_SECONDS)))
        (runner,) = self._idle
        return self._told_by(runner)

    def _told_by(self, first: _Runner) -> Loaded:
        try:
            return first.loaded()
        except BadAnswer:
            self.close()
            raise

    def call(self, call: Call) -> Any:
        """Send a call to a free runner, a new one if need be, and wait for the answer no longer than it may take.

        Errors: ``BadAnswer``, ``RenderFailed``.
        """
        deadline = Deadline(call.seconds)
        runner = self._take(deadline, call.seconds)
        try:
            return runner.call(call, deadline=deadline)
        finally:
            self._give_back(runner)

    def close(self) -> None:
        """End the idle runners."""
        with self._changed:
            for runner in self._idle:
                runner.end()
            self._count -= len(self._idle)
            self._idle.clear()

    def forget(self) -> None:
        """In a forked process the runners belong to the parent."""
        for runner in self._idle:
            runner.forget()
        self._idle, self._count, self._changed = [], 0, threading.Condition()

    def _take(self, deadline: Deadline, seconds: float) -> _Runner:
        with self._changed:
            while not self._idle and self._count >= MOST_RUNNERS:
                if not self._changed.wait(max(deadline.left, 0)):
                    raise BadAnswer(f"{MOST_RUNNERS} earlier calls did not end within {seconds:g} seconds")
            while self._idle:
                runner = self._idle.pop()
                if runner.alive:
                    return runner
                runner.end()
                self._count -= 1
            self._count += 1
        try:
            runner = _Runner(replace(self._load, seconds=min(self._load.seconds, deadline.left)), quiet=self._quiet)
            runner.loaded()
        except BaseException as error:
            with self._changed:
                self._count -= 1
                self._changed.notify()
            if isinstance(error, OSError):
                raise BadAnswer("no process could be started for it") from error
            raise
        return runner

    def _give_back(self, runner: _Runner) -> None:
        with self._changed:
            if runner.usable:
                runner.idle_since = time.monotonic()
                self._idle.append(runner)
            else:
                runner.end()
                self._count -= 1
            self._changed.notify()
        for runners in list(_all_runners):
            runners.end_idle()

    def end_idle(self) -> None:
        """End runners that nobody used for a while."""
        with self._changed:
            while self._idle and time.monotonic() - self._idle[0].idle_since > IDLE_SECONDS:
                self._idle.pop(0).end()
                self._count -= 1


_all_runners: weakref.WeakSet[Runners] = weakref.WeakSet()


def _forget_all() -> None:
    for runners in list(_all_runners):
        runners.forget()
    wardens.forget()


os.register_at_fork(after_in_child=_forget_all)
