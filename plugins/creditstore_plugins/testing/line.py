"""The line between a plugin and the service it speaks to, with faults that a test puts into it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Final

from creditstore_plugins import HttpClient, HttpResponse, HttpTimeout, HttpUnreachable


class Fault(Enum):
    """What can happen to one exchange.

    ``UNREACHABLE``: the request never arrives. ``SILENT``: it may have, and nothing happens. ``LOST``: it has its
    effect, and the answer is lost. All others: it has its effect, and the answer is broken.
    """

    UNREACHABLE = "unreachable"
    SILENT = "silent"
    LOST = "lost"
    SERVER_ERROR = "server error"
    BAD_GATEWAY = "bad gateway"
    EMPTY = "empty"
    TRUNCATED = "truncated"
    NOT_JSON = "not JSON"
    NOT_TEXT = "not text"
    WRONG_SHAPE = "wrong shape"
    NULL = "null"
    DEEP = "deeply nested"


#: Nobody can tell from these whether the request had its effect.
UNCLEAR: Final = tuple(fault for fault in Fault if fault is not Fault.UNREACHABLE)

_BROKEN: Final[Mapping[Fault, Callable[[HttpResponse], tuple[int, bytes]]]] = {
    Fault.SERVER_ERROR: lambda _answer: (500, b"<h1>Internal Server Error</h1>"),
    Fault.BAD_GATEWAY: lambda _answer: (502, b""),
    Fault.EMPTY: lambda answer: (answer.status, b""),
    Fault.TRUNCATED: lambda answer: (answer.status, answer.body[: len(answer.body) // 2]),
    Fault.NOT_JSON: lambda answer: (answer.status, b"<html><body>OK</body></html>"),
    Fault.NOT_TEXT: lambda answer: (answer.status, bytes(range(128, 256))),
    Fault.WRONG_SHAPE: lambda answer: (answer.status, b'[{"state": ["captured"]}]'),
    Fault.NULL: lambda answer: (answer.status, b"null"),
    Fault.DEEP: lambda answer: (answer.status, b"[" * 100_000),
}


class Line:
    """Passes requests on to ``service``, but for those that a test broke. May be used from several threads.

    ``requests`` are the methods and addresses that were asked for, in order.
    """

    def __init__(self, service: HttpClient) -> None:
        self.service = service
        self.requests: list[tuple[str, str]] = []
        self._faults: dict[int, Fault] = {}
        self._always: Fault | None = None
        self._lock = threading.Lock()

    def break_next(self, fault: Fault, *, after: int = 0) -> None:
        """Let the fault happen to the next exchange, or to the one ``after`` so many more."""
        self._faults[len(self.requests) + after] = fault

    def break_all(self, fault: Fault | None) -> None:
        """Let the fault happen to every exchange from now on; None mends the line."""
        self._always = fault

    def request(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> HttpResponse:
        """As ``creditstore_plugins.HttpClient``."""
        with self._lock:
            fault = self._faults.pop(len(self.requests), self._always)
            self.requests.append((method, url))
        if fault is Fault.UNREACHABLE:
            raise HttpUnreachable("no connection")
        if fault is Fault.SILENT:
            raise HttpTimeout("no complete answer")
        answer = self.service.request(method, url, headers=headers, body=body)
        if fault is None:
            return answer
        if fault is Fault.LOST:
            raise HttpTimeout("no complete answer")
        status, content = _BROKEN[fault](answer)
        return HttpResponse(status=status, headers={"content-type": "text/html"}, body=content)


class Nobody:
    """A service for plugins that ask nobody: any request is a mistake."""

    def request(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> HttpResponse:
        """Fails. Errors: ``AssertionError``."""
        raise AssertionError(f"the plugin asked {method} {url}, which it must not do here")
