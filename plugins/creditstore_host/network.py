"""Connections that end on time: every connect, read and write is cut to what is left of one deadline.

A time-out per read alone does not bound an exchange: a server that sends a byte a second, in head or body, could hold a
worker for ever.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import suppress
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Any

import httpcore

#: Writes go out in pieces, so that the deadline is looked at between them.
_PIECE = 16 * 1024
#: Where translators put the addresses of IPv4 (RFC 6052).
_NAT64 = ip_network("64:ff9b::/96")

# The system's resolver knows no time-out, so it is waited for from outside. A few threads are enough: while all are
# stuck, further names cannot be resolved either.
_resolver = ThreadPoolExecutor(max_workers=4, thread_name_prefix="creditstore-resolver")


class Deadline:
    """A moment that does not move. Parameters: ``seconds`` from now."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds left; zero or less when it has passed."""
        return self._end - time.monotonic()


class DeadlineBackend(httpcore.NetworkBackend):
    """Makes connections for one exchange.

    Parameters: ``deadline`` of the whole, ``connect_seconds`` for connecting, ``only_public`` to refuse every host of
    which an address lies in the operator's own network or on this machine. What was looked at is what is connected to.
    """

    def __init__(self, deadline: Deadline, *, connect_seconds: float, only_public: bool = False) -> None:
        self._only_public = only_public
        self._deadline = deadline
        self._connecting = Deadline(min(connect_seconds, deadline.left))
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first of the host's addresses that answers."""
        failure: Exception = httpcore.ConnectTimeout("no time was left to connect")
        addresses = self._addresses(host, port)
        if self._only_public and not all(is_public(address) for address in addresses):
            raise httpcore.ConnectError("the host is not on the public internet")
        for address in addresses:
            left = self._connecting.left
            if left <= 0:
                break
            try:
                stream = self._inner.connect_tcp(address, port, timeout=left, socket_options=socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _DeadlineStream(stream, self._deadline, connecting=self._connecting)
        raise failure

    def _addresses(self, host: str, port: int) -> list[str]:
        with suppress(ValueError):  # an address needs no resolver, and must not wait for a stuck one
            return [str(ip_address(host.strip("[]")))]
        asked = _resolver.submit(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        try:
            answers = asked.result(timeout=max(self._connecting.left, 0))
        except FutureTimeout:
            asked.cancel()
            raise httpcore.ConnectTimeout("the name was not resolved in time") from None
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError("the name cannot be resolved") from error
        return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet, also one that hides an IPv4 address in IPv6."""
    found = ip_address(address.partition("%")[0])
    if found in _NAT64:
        found = IPv4Address(int(found) & 0xFFFFFFFF)
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    return (inner or found).is_global and not found.is_multicast


class _DeadlineStream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline, *, connecting: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline
        self._connecting = connecting

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        left = self._deadline.left
        if left <= 0:
            raise httpcore.ReadTimeout("the exchange took too long")
        return self._inner.read(max_bytes, timeout=left)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _PIECE):
            left = self._deadline.left
            if left <= 0:
                raise httpcore.WriteTimeout("the exchange took too long")
            self._inner.write(buffer[start : start + _PIECE], timeout=left)

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._connecting.left
        if left <= 0:
            self.close()
            raise httpcore.ConnectTimeout("no time was left to connect")
        inner = self._inner.start_tls(ssl_context, server_hostname, timeout=left)
        return _DeadlineStream(inner, self._deadline, connecting=self._connecting)

    def close(self) -> None:
        self._inner.close()

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
