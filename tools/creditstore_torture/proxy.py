"""A bad line to the registry: ``python -m creditstore_torture.proxy PORT REGISTRY_PORT SEED FILE``.

It stands between the store and the simulator and delays, loses, repeats and reorders what passes. What it does to a
message follows from the seed, the message's key and how often that key was asked about. At its end it writes into the
file how often it did what.
"""

from __future__ import annotations

import http.client
import json
import random
import signal
import socket
import sys
import threading
import time
from collections import Counter, defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

from creditstore_site.demo.ports import HOST

#: What is done, and how many of a hundred messages it is done to. The rest pass as they are.
FAULTS = {
    "request lost": 8,
    "answer lost": 9,
    "answer delayed": 9,
    "request repeated": 8,
    "answer overtaken": 8,
    "old answer repeated": 6,
}
#: Longer than the store waits, so that some delayed answers come too late.
_LONGEST_DELAY = 3.0
#: How long an answer waits to be overtaken when nothing else passes.
_LONGEST_WAIT = 1.5
Answer = tuple[int, bytes]


class Line:
    """The line and its memory, shared by all messages on it."""

    def __init__(self, *, registry_port: int, seed: str) -> None:
        self._registry_port, self._seed = registry_port, seed
        self._lock = threading.Condition()
        self._asked: Counter[str] = Counter()
        self._passed = 0
        self._last: dict[str, Answer] = {}
        self.done: dict[str, int] = defaultdict(int)

    def carry(self, method: str, path: str, body: bytes) -> Answer | None:
        """The answer, or nothing when it is lost."""
        name = f"{method} {path if method == 'GET' else json.loads(body).get('key')}"
        with self._lock:
            self._asked[name] += 1
            chance = random.Random(f"{self._seed}:{name}:{self._asked[name]}")  # noqa: S311  (must be repeatable)
        kinds = [*FAULTS, "passed"]
        (kind,) = chance.choices(kinds, weights=[*FAULTS.values(), 100 - sum(FAULTS.values())])
        if kind == "old answer repeated" and name not in self._last:
            kind = "passed"
        self.done[kind] += 1
        if kind == "request lost":
            return None
        if kind == "old answer repeated":
            return self._last[name]
        answer = self._forward(method, path, body)
        if kind == "request repeated":
            answer = self._forward(method, path, body)
        if kind == "answer delayed":
            time.sleep(chance.uniform(0.2, _LONGEST_DELAY))
        if kind == "answer overtaken":
            self._let_pass()
        if answer is not None and answer[0] == http.client.OK:
            # Only what was true once: an invented answer would be another registry, not a bad line to this one.
            self._last[name] = answer
        with self._lock:
            self._passed += 1
            self._lock.notify_all()
        return None if kind == "answer lost" else answer

    def _let_pass(self) -> None:
        with self._lock:
            before = self._passed
            self._lock.wait_for(lambda: self._passed > before, timeout=_LONGEST_WAIT)

    def _forward(self, method: str, path: str, body: bytes) -> Answer | None:
        connection = http.client.HTTPConnection(HOST, self._registry_port, timeout=10)
        try:
            headers = {"Content-Type": "application/json"} if body else {}
            connection.request(method, path, body=body or None, headers=headers)
            found = connection.getresponse()
            return found.status, found.read()
        except (OSError, http.client.HTTPException):
            self.done["registry was down"] += 1
            return None
        finally:
            connection.close()


class Handler(BaseHTTPRequestHandler):
    """One message."""

    protocol_version = "HTTP/1.1"
    line: ClassVar[Line]

    def do_GET(self) -> None:
        self._carry("GET", b"")

    def do_POST(self) -> None:
        self._carry("POST", self.rfile.read(int(self.headers.get("Content-Length", "0"))))

    def _carry(self, method: str, body: bytes) -> None:
        self.close_connection = True
        answer = self.line.carry(method, self.path, body)
        if answer is None:
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        status, content = answer
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """Many messages at once; a client that gave up is nothing to speak of."""

    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """Most are answers that nobody waits for any more."""


def main() -> None:
    """Carry messages until SIGTERM."""
    port, registry_port, seed, result = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], Path(sys.argv[4])
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    Handler.line = Line(registry_port=registry_port, seed=seed)
    server = Server((HOST, port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    result.write_text(json.dumps(Handler.line.done), encoding="utf-8")


if __name__ == "__main__":
    main()
