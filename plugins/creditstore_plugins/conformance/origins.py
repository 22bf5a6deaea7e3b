"""Where a payment plugin may send a buyer's browser."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

#: Printable ASCII without the characters that browsers and parsers read differently.
_SAFE_URL = re.compile(r"[\x21-\x7e]+")
_MISREAD = re.compile(r"[\\<>\"`^{|}]")
_DEFAULT_PORTS = {"https": 443, "http": 80}


def origin_of(url: str, *, test_mode: bool) -> str | None:
    """The origin of an address that a browser may be sent to, as ``scheme://host[:port]``; None for any other.

    Parameters: ``test_mode`` allows plain http, to 127.0.0.1 only, where no real money moves.
    """
    if not _SAFE_URL.fullmatch(url) or _MISREAD.search(url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname or ""
    if not host or "@" in parts.netloc:
        return None
    if parts.scheme != "https" and not (parts.scheme == "http" and host == "127.0.0.1" and test_mode):
        return None
    shown = f"[{host}]" if ":" in host else host
    default = port in (None, _DEFAULT_PORTS[parts.scheme])
    return f"{parts.scheme}://{shown}" if default else f"{parts.scheme}://{shown}:{port}"


def is_bare_origin(text: str, *, test_mode: bool) -> bool:
    """Whether ``text`` is an allowed origin and nothing more: no path, query or fragment."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    bare = parts.path in ("", "/") and not parts.query and not parts.fragment and "?" not in text and "#" not in text
    return bare and origin_of(text, test_mode=test_mode) is not None


def leads_to(url: str, allowed: Iterable[str], *, test_mode: bool) -> bool:
    """Whether ``url`` lies within one of the ``allowed`` origins."""
    origin = origin_of(url, test_mode=test_mode)
    return origin is not None and origin in {origin_of(item, test_mode=test_mode) for item in allowed}
