"""A runner's life: load one plugin, then answer one call after the other, until the store hangs up.

Whatever happens here stays here: an exception, ``sys.exit`` or too much memory is an answer like another, an endless
loop is ended by the kernel's timer even when nobody is left to kill it.
"""

from __future__ import annotations

import dataclasses
import logging
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from traceback import format_exception
from typing import Any

from creditstore_host.clock import SystemClock
from creditstore_host.faults import MOST_FINDINGS, Fault, attempt
from creditstore_host.http import HostHttpClient
from creditstore_host.isolation.wire import (
    Answer,
    Call,
    ConnectionEnded,
    Failure,
    Load,
    Loaded,
    LoadedPart,
    receive,
    send,
)
from creditstore_host.loading import Described, LoadedPlugin, build, describe
from creditstore_host.network import Deadline
from creditstore_host.plugin_settings import hidden
from creditstore_host.reasons import reason_of
from creditstore_plugins import NoSettings, RenderFailed
from creditstore_plugins.conformance import BadAnswer

_LONGEST_TRACEBACK = 20_000
#: The store gives up at the deadline; this much later the kernel ends a runner that nobody killed.
_GRACE_SECONDS = 2.0
#: What the plugin's HTTP exchange leaves of the time that its call has, to make an answer of; at most a tenth of it.
_SPARE_SECONDS = 0.5


class _CallTime:
    """How long the present call still has to wait for others."""

    def __init__(self) -> None:
        self._deadline = Deadline(0)

    def left(self) -> float:
        return self._deadline.left

    @contextmanager
    def given(self, seconds: float) -> Iterator[None]:
        self._deadline = Deadline(seconds - min(_SPARE_SECONDS, seconds / 10))
        signal.setitimer(signal.ITIMER_REAL, seconds + _GRACE_SECONDS)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)


def main(connection: socket.socket) -> None:
    """Serve the store over ``connection`` until it hangs up."""
    with suppress(ConnectionEnded):
        first: Load = receive(connection)
        _prepare(first)
        time = _CallTime()
        with time.given(first.seconds):
            plugin = _load(connection, first, time)
        while plugin is not None:
            call: Call = receive(connection)
            with time.given(call.seconds):
                _answer(connection, call, plugin)


def _prepare(first: Load) -> None:
    sys.path[:] = first.path
    os.environ.update(first.environment)
    resource.setrlimit(resource.RLIMIT_DATA, (first.memory_bytes, first.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    logging.basicConfig(format="plugin: %(name)s %(levelname)s %(message)s")


def _load(connection: socket.socket, first: Load, time: _CallTime) -> LoadedPlugin | None:
    """The plugin, ready for calls; None when it cannot be loaded. Either way the store is told."""
    described: Described | Fault = _attempt(lambda: describe(first.plugin))
    if isinstance(described, Fault):
        send(connection, _load_failure(described, first))
        return None
    http = HostHttpClient(timeout_seconds=first.http_seconds, left=time.left)
    loaded: LoadedPlugin | Fault = _attempt(
        lambda: build(described, settings=first.settings, http=http, clock=SystemClock())
    )
    if isinstance(loaded, Fault):
        send(connection, _load_failure(loaded, first, schema=described.schema))
        return None
    send(connection, _told(loaded))
    return loaded


def _told(plugin: LoadedPlugin) -> Loaded:
    parts = tuple(
        LoadedPart(
            kind=part.kind,
            info=dataclasses.replace(part.info, settings_model=NoSettings),
            simulated=part.simulated,
        )
        for part in plugin.parts
    )
    return Loaded(hooks=plugin.hooks, parts=parts, schema=plugin.schema)


def _answer(connection: socket.socket, call: Call, plugin: LoadedPlugin) -> None:
    def answer() -> None:
        instance = next(part.instance for part in plugin.parts if part.kind == call.kind)
        value = getattr(instance, call.method)(*call.arguments, **call.keywords)
        if call.method == "check":
            value = tuple(islice(value, MOST_FINDINGS))
        send(connection, Answer(number=call.number, value=value))

    result = _attempt(answer)
    if isinstance(result, Fault):
        if isinstance(result.error, ConnectionEnded):
            raise result.error
        send(connection, _call_failure(result, call))


def _attempt(call: Callable[[], Any]) -> Any:
    """As ``attempt``; in here Ctrl-C is no person's either."""
    try:
        return attempt(call)
    except KeyboardInterrupt as error:
        return Fault(error)


def _call_failure(fault: Fault, call: Call) -> Failure:
    # A foreign exception's text may hold a secret or a name; ours name types and fields only.
    own = isinstance(fault.error, BadAnswer | RenderFailed)
    text = str(fault.error) if own else ""
    return Failure(number=call.number, error=type(fault.error).__name__, text=text, places=fault.places)


def _load_failure(fault: Fault, first: Load, *, schema: str = "") -> Failure:
    traceback = hidden("".join(format_exception(fault.error)), first.settings)
    return Failure(
        error=type(fault.error).__name__,
        text=reason_of(fault.error, first.settings),
        places=fault.places,
        traceback=traceback[-_LONGEST_TRACEBACK:],
        schema=schema,
    )
