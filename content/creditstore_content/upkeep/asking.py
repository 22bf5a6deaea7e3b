"""Asks other sites whether an address still answers: one request at a time, slowly, and never from a reader's request.

Nobody else's pages are read: a site is asked for the head of a page, and for its first bytes where it answers no such
question. What its ``robots.txt`` forbids is not asked.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final, Protocol
from urllib.parse import quote, urljoin, urlsplit, urlunsplit
from urllib.robotparser import RobotFileParser

from django.conf import settings

from creditstore_content.upkeep.models import LONGEST_ADDRESS, ExternalAddress
from creditstore_host.network import is_public
from creditstore_plugins import HttpResponse, HttpTimeout, HttpUnreachable

Outcome = ExternalAddress.Outcome

#: Between two requests to one host.
PACE_SECONDS: Final = 2.0
_MOST_HOPS: Final = 5
_PERMANENT: Final = frozenset({301, 308})
_REDIRECTS: Final = _PERMANENT | {302, 303, 307}
_GONE: Final = frozenset({404, 410})
#: A site that says so to a program may well answer a reader.
_REFUSES_PROGRAMS: Final = frozenset({401, 402, 403, 405, 406, 407, 418, 429, 451, 501, 999})


class Client(Protocol):
    """What this module needs of the host's HTTP client."""

    def request(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> HttpResponse:
        """One exchange; no redirect is followed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one address. ``status`` is the last HTTP status; ``leads_to`` where it has moved for good."""

    outcome: str
    status: int | None = None
    leads_to: str = ""


class Asker:
    """Asks for addresses one after the other, and remembers what hosts said for as long as it lives.

    Parameters: ``client``, which must refuse hosts that are not public; ``pause`` waits so many seconds; ``now`` is a
    clock in seconds.
    """

    def __init__(
        self, client: Client, *, pause: Callable[[float], None] = time.sleep, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._pause = pause
        self._now = now
        self._asked: dict[str, float] = {}
        self._robots: dict[str, RobotFileParser] = {}

    def ask(self, address: str) -> Answer:
        """What a reader who follows this address would meet; never raises for what the other side does."""
        url, permanent = address, True
        for _hop in range(_MOST_HOPS + 1):
            asked = ascii_address(url)
            if asked is None or _is_private(asked):
                return Answer(Outcome.NOT_PUBLIC)
            if not self._may_ask(asked):
                return Answer(Outcome.REFUSED)
            try:
                response = self._exchange(asked)
            except (HttpUnreachable, HttpTimeout, ValueError):
                return Answer(Outcome.UNREACHABLE)
            status = response.status
            if status not in _REDIRECTS:
                moved = url if permanent and url != address and len(url) <= LONGEST_ADDRESS else ""
                return _answer(status, moved)
            target = response.headers.get("location", "")
            if not target:
                return Answer(Outcome.FAILING, status)
            permanent = permanent and status in _PERMANENT
            url = urljoin(asked, target)
        return Answer(Outcome.FAILING, status)

    def _exchange(self, url: str) -> HttpResponse:
        response = self._request("HEAD", url)
        if response.status >= 400 and response.status != 429:
            # Not every site answers the shorter question as it would the longer one.
            response = self._request("GET", url, {"range": "bytes=0-1023"})
        return response

    def _may_ask(self, url: str) -> bool:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._robots:
            rules = RobotFileParser()
            try:
                response = self._request("GET", f"{origin}/robots.txt")
            except (HttpUnreachable, HttpTimeout, ValueError):
                rules.parse([])
            else:
                text = response.body.decode("utf-8", "replace") if response.status == 200 else ""
                rules.parse(text.splitlines())
            self._robots[origin] = rules
        return self._robots[origin].can_fetch(_agent(), url)

    def _request(self, method: str, url: str, headers: Mapping[str, str] | None = None) -> HttpResponse:
        host = urlsplit(url).netloc
        wait = self._asked.get(host, 0.0) + PACE_SECONDS - self._now() if host in self._asked else 0.0
        if wait > 0:
            self._pause(wait)
        try:
            return self._client.request(
                method, url, headers={"user-agent": _agent(), "accept": "*/*", **(headers or {})}
            )
        finally:
            self._asked[host] = self._now()


def ascii_address(address: str) -> str | None:
    """The address as a program sends it: its host in IDNA, the rest percent-encoded; ``None`` for what is none."""
    try:
        parts = urlsplit(address.strip())
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or parts.username:
        return None
    host = f"[{host}]" if ":" in host else host
    safe = "/:;@!$&'()*+,=~%-._?"
    return urlunsplit((parts.scheme, host + port, quote(parts.path or "/", safe), quote(parts.query, safe), ""))


def _is_private(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return not is_public(str(ip_address(host)))
    except ValueError:
        return host == "localhost" or "." not in host or host.endswith((".localhost", ".local", ".internal"))


def _answer(status: int, moved: str) -> Answer:
    if 200 <= status < 300 or status == 304:
        return Answer(Outcome.MOVED if moved else Outcome.OK, status, moved)
    if status in _GONE:
        return Answer(Outcome.GONE, status)
    return Answer(Outcome.REFUSED if status in _REFUSES_PROGRAMS else Outcome.FAILING, status)


def _agent() -> str:
    return f"ClimateCreditStore/1 (looks whether links still work; +{settings.SITE_URL})"
