"""The HTTP client that plugins are given: one exchange per connection, bounded in time and size.

It follows no redirects, reads no proxy or other setting from the environment, keeps no cookies and decodes no
compression. It stands on httpcore, the layer under httpx: only there can a deadline hold while a server dribbles its
answer, and httpx would write each address, with what may be secret in it, into the log.
"""

from __future__ import annotations

import math
import re
import ssl
from collections.abc import Callable, Mapping
from functools import cached_property
from urllib.parse import urlsplit

import httpcore

from creditstore_host.network import Deadline, DeadlineBackend
from creditstore_plugins import HttpResponse, HttpTimeout, HttpUnreachable

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_ADDRESS = re.compile(r"[\x21-\x7e]+")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
#: The client's own business: a plugin that set them could make two requests out of one.
_OWN_HEADERS = frozenset({"host", "content-length", "transfer-encoding", "connection", "expect", "upgrade", "te"})


class HostHttpClient:
    """Implements ``creditstore_plugins.HttpClient``; safe to use from several threads.

    Parameters: ``timeout_seconds``, the longest that one exchange may take in all, name resolution and the last byte of
    the answer included (connecting may take half of it); ``max_body_bytes``, the largest answer that is read;
    ``only_public``, whether to connect to addresses of the public internet alone, for targets that people typed in;
    ``left``, how many seconds the caller itself still has: an exchange takes no longer than that.
    """

    def __init__(
        self,
        *,
        timeout_seconds: float = 10.0,
        max_body_bytes: int = 2_000_000,
        only_public: bool = False,
        left: Callable[[], float] = lambda: math.inf,
    ) -> None:
        if timeout_seconds <= 0 or max_body_bytes <= 0:
            raise ValueError("time-out and size limit must be positive")
        self._timeout_seconds = timeout_seconds
        self._max_body_bytes = max_body_bytes
        self._only_public = only_public
        self._left = left

    def request(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> HttpResponse:
        """Send one request and wait for the answer, whatever its status.

        Errors: ``HttpUnreachable`` when the request certainly was not received; ``HttpTimeout`` when it may have been
        and no complete answer of allowed size came in time; ``ValueError``, before anything is sent, for a malformed
        method, address or header.
        """
        prepared = _headers(headers or {})
        _check_target(method, url)
        if body is None and method.upper() in ("POST", "PUT", "PATCH"):
            body = b""  # so that the request says that it has no body
        seconds = min(self._timeout_seconds, self._left())
        if seconds <= 0:
            raise HttpUnreachable("no time was left to connect")
        deadline = Deadline(seconds)
        backend = DeadlineBackend(deadline, connect_seconds=seconds / 2, only_public=self._only_public)
        pool = httpcore.ConnectionPool(
            ssl_context=self._ssl_context if url.lower().startswith("https:") else None,
            max_connections=1,
            max_keepalive_connections=0,
            network_backend=backend,
        )
        try:
            with pool, pool.stream(method.upper(), url, headers=prepared, content=body) as response:
                return HttpResponse(
                    status=response.status,
                    headers=_lower_case(response.headers),
                    body=self._read(response, deadline),
                )
        except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
            raise HttpUnreachable(f"no connection: {type(error).__name__}") from error
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
            raise HttpTimeout(f"no complete answer: {type(error).__name__}") from error

    def _read(self, response: httpcore.Response, deadline: Deadline) -> bytes:
        body = bytearray()
        for chunk in response.iter_stream():
            body += chunk
            if len(body) > self._max_body_bytes:
                raise HttpTimeout(f"no complete answer: it is larger than {self._max_body_bytes} bytes")
            if deadline.left <= 0:
                raise HttpTimeout("no complete answer: it took too long")
        return bytes(body)

    @cached_property
    def _ssl_context(self) -> ssl.SSLContext:
        # Reading the authorities takes long enough to do it once, and only where https is spoken.
        return httpcore.default_ssl_context()


def _check_target(method: str, url: str) -> None:
    if not _TOKEN.fullmatch(method):
        raise ValueError("the HTTP method is malformed")
    parts = urlsplit(url) if _ADDRESS.fullmatch(url) else None
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise ValueError("the address is not http:// or https:// with a host, in ASCII and without a user name")


def _headers(headers: Mapping[str, str]) -> list[tuple[str, str]]:
    prepared = [(name.lower(), value) for name, value in headers.items()]
    for name, value in prepared:
        if not _TOKEN.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
            raise ValueError("a header is malformed")
        if name in _OWN_HEADERS:
            raise ValueError(f"the header {name} is set by the client")
    if "user-agent" not in {name for name, _ in prepared}:
        prepared.append(("user-agent", "ClimateCreditStore/1"))
    # No connection is used twice: a stale one would make it unclear whether a request was received.
    return [*prepared, ("connection", "close")]


def _lower_case(headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers by lower-case name; several of one name are joined by commas, as the standard allows."""
    joined: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined
