"""The client, a program of its own: keeps some connections busy with GETs and times every answer.

``python -m creditstore_bench.load PORT CONNECTIONS SECONDS < addresses`` asks for the addresses (one a line) in turn
for so many seconds; with 0 seconds for each exactly once, until a minute is over. Prints JSON. One thread on bare
sockets, so that it takes as little as possible of the processors that it shares with the servers.
"""

from __future__ import annotations

import json
import re
import selectors
import socket
import sys
import time

HOST = "127.0.0.1"
#: A run is bounded, however slow what it measures is: then fewer answers are timed.
LONGEST_SECONDS = 60.0
#: What a browser sends that matters here.
HEADERS = f"Host: {HOST}\r\nAccept: text/html\r\nAccept-Encoding: gzip, deflate, br\r\nConnection: keep-alive\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Link:
    """One connection and the answer that it waits for."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection((HOST, port), timeout=120)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.started = 0.0
        self.answer = b""
        self.wanted = -1

    def ask(self, address: str) -> None:
        """Send one request."""
        self.answer, self.wanted = b"", -1
        self.started = time.perf_counter()
        self.socket.sendall(f"GET {address} HTTP/1.1\r\n{HEADERS}".encode())

    def receive(self) -> bool:
        """Read what is there; whether the answer is complete. Errors: ``ConnectionError``."""
        piece = self.socket.recv(262_144)
        if not piece:
            raise ConnectionError("the server closed the connection")
        self.answer += piece
        if self.wanted < 0 and (end := self.answer.find(b"\r\n\r\n")) >= 0:
            found = _LENGTH.search(self.answer[: end + 2])
            if found is None:
                raise ConnectionError("an answer without Content-Length")
            self.wanted = end + 4 + int(found[1])
        return 0 <= self.wanted <= len(self.answer)


def load(*, port: int, connections: int, seconds: float, addresses: list[str]) -> dict[str, object]:
    """Ask, and return times in milliseconds in the order of the answers, the count by status, and the bytes."""
    selector = selectors.DefaultSelector()
    position, times, statuses, received = 0, [], dict[str, int](), 0
    begun = time.perf_counter()
    deadline = begun + (seconds or LONGEST_SECONDS)

    def next_address() -> str | None:
        nonlocal position
        if time.perf_counter() >= deadline or (not seconds and position >= len(addresses)):
            return None
        position += 1
        return addresses[(position - 1) % len(addresses)]

    busy = 0
    for _ in range(connections):
        address = next_address()
        if address is not None:
            link = Link(port)
            selector.register(link.socket, selectors.EVENT_READ, link)
            link.ask(address)
            busy += 1
    while busy:
        for key, _events in selector.select():
            link = key.data
            if not link.receive():
                continue
            times.append((time.perf_counter() - link.started) * 1000)
            status = link.answer[9:12].decode()
            statuses[status] = statuses.get(status, 0) + 1
            received += len(link.answer)
            address = next_address()
            if address is None:
                selector.unregister(link.socket)
                link.socket.close()
                busy -= 1
            else:
                link.ask(address)
    return {
        "seconds": time.perf_counter() - begun,
        "times": times,
        "statuses": statuses,
        "bytes": received,
        "client_seconds": time.process_time(),
    }


if __name__ == "__main__":
    json.dump(
        load(
            port=int(sys.argv[1]),
            connections=int(sys.argv[2]),
            seconds=float(sys.argv[3]),
            addresses=sys.stdin.read().splitlines(),
        ),
        sys.stdout,
    )
