"""The outermost layer of public pages: answers from memory, compresses, and lets browsers ask whether a page changed.

A page is public when its answer says ``Cache-Control: public``: whoever lets anybody keep it lets this process, too.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import blake2b
from time import monotonic

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers

from creditstore_site.page_cache.encoding import SMALLEST, best_encoding, compress
from creditstore_site.page_cache.listener import Listener
from creditstore_site.page_cache.listener import listener as this_process
from creditstore_site.page_cache.memory import Entry, Memory
from creditstore_site.paths import is_machine_path

_PUBLIC = re.compile(r"public, max-age=([1-9][0-9]{0,6})")
_STAFF_PREFIXES = ("/admin/", "/dashboard/")
#: Longer addresses are answered, and not kept.
_LONGEST_KEY = 1_000
#: The share of the room for addresses with a question mark, so that endless questions do not push out the pages.
_SHARE_OF_QUERIES = 4

Key = tuple[str, ...]


class PageCacheMiddleware:
    """Stands outside everything that reads or sets cookies, and inside what treats every answer alike."""

    def __init__(
        self, get_response: Callable[[HttpRequest], HttpResponseBase], *, listener: Listener | None = None
    ) -> None:
        self.get_response = get_response
        self.listener = listener or this_process
        room = settings.CREDITSTORE_PAGE_CACHE_BYTES
        self.on = room > 0
        self.pages = Memory(room - room // _SHARE_OF_QUERIES)
        self.queries = Memory(room // _SHARE_OF_QUERIES)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The kept page if there is one that is still true, else the page, kept if it may be."""
        path = request.path_info
        if request.method not in ("GET", "HEAD") or is_machine_path(path) or path.startswith(_STAFF_PREFIXES):
            return self.get_response(request)
        encoding = best_encoding(request.META.get("HTTP_ACCEPT_ENCODING", ""))
        change = self._change(request)
        key = self._key(request, encoding) if change is not None else None
        memory = self.queries if request.META.get("QUERY_STRING") else self.pages
        if key is not None and change is not None:
            entry = memory.get(key, change=change, now=monotonic())
            if entry is not None:
                return _conditional(request, _answer(entry))
        response = self.get_response(request)
        seconds = _public_seconds(response)
        if not seconds or not isinstance(response, HttpResponse):
            return response
        if response.cookies:
            # It shows a message, or something else that is its reader's own: nobody may keep it, whoever said so.
            response.headers["Cache-Control"] = "private, no-store"
            return response
        _finish(response, encoding, once=bool(request.META.get("QUERY_STRING")))
        # Made from data read before a change, a page must not be kept after it.
        if key is not None and change is not None and change == self.listener.changes.current():
            self._keep(memory, key, request, response, seconds=seconds, change=change)
        return _conditional(request, response)

    def _change(self, request: HttpRequest) -> int | None:
        """The change that kept pages must not be older than; None when this request must be answered anew.

        Previews by editors (``is_dummy``) come along a public page's own address. Who has a session or a message may
        see a page of their own.
        """
        if not self.on or getattr(request, "is_dummy", False):
            return None
        meta = request.META
        if "HTTP_AUTHORIZATION" in meta or meta.get("CONTENT_LENGTH", "0") not in ("", "0"):
            return None
        if "HTTP_COOKIE" in meta and not {settings.SESSION_COOKIE_NAME, "messages"}.isdisjoint(request.COOKIES):
            return None
        self.listener.ensure_running()
        return self.listener.changes.current()

    def _key(self, request: HttpRequest, encoding: str) -> Key | None:
        """All that a public page may depend on; None for what is not kept. The language stands in the path."""
        try:
            host = request.get_host()
        except DisallowedHost:
            # Refused further in, and as if nothing were kept.
            return None
        path, query = request.path, request.META.get("QUERY_STRING", "")
        if len(path) + len(query) > _LONGEST_KEY:
            return None
        return (request.scheme or "", host, path, query, encoding)

    def _keep(
        self, memory: Memory, key: Key, request: HttpRequest, response: HttpResponse, *, seconds: int, change: int
    ) -> None:
        if request.method != "GET" or set(_vary(response)) - {"accept-encoding"}:
            return
        until = monotonic() + min(seconds, settings.CREDITSTORE_PAGE_CACHE_SECONDS)
        memory.put(key, Entry(change, until, tuple(response.items()), response.content))


def _public_seconds(response: HttpResponseBase) -> int:
    """For how long anybody may keep the answer; 0 for answers that are somebody's own, and for pictures and files."""
    found = _PUBLIC.fullmatch(response.headers.get("Cache-Control", ""))
    if found is None or response.status_code != 200 or response.streaming:
        return 0
    if not response.headers.get("Content-Type", "").startswith(("text/", "application/atom+xml")):
        return 0
    return 0 if response.has_header("Content-Encoding") or "cookie" in _vary(response) else int(found[1])


def _vary(response: HttpResponseBase) -> list[str]:
    return [name.strip().lower() for name in response.headers.get("Vary", "").split(",") if name.strip()]


def _finish(response: HttpResponse, encoding: str, *, once: bool) -> None:
    """Compress it, and mark it so that a browser can ask whether it has changed."""
    patch_vary_headers(response, ["Accept-Encoding"])
    body = response.content
    if encoding and len(body) >= SMALLEST:
        body = response.content = compress(body, encoding, once=once)
        response.headers["Content-Encoding"] = encoding
    response.headers["Content-Length"] = str(len(body))
    if not response.has_header("ETag"):
        response.headers["ETag"] = f'"{blake2b(body, digest_size=12).hexdigest()}"'


def _answer(entry: Entry) -> HttpResponse:
    response = HttpResponse(entry.body)
    for name, value in entry.headers:
        response.headers[name] = value
    return response


def _conditional(request: HttpRequest, response: HttpResponse) -> HttpResponseBase:
    """The answer, or 304 where the browser has it already."""
    if "HTTP_IF_NONE_MATCH" not in request.META:
        return response
    return get_conditional_response(request, etag=response.headers["ETag"], response=response) or response
