"""One line in the log for each request, an id that all its lines share, and its place in the metrics."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from time import perf_counter
from uuid import uuid4

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from creditstore.core.log_context import work
from creditstore_site.metrics.requests import count

logger = logging.getLogger(__name__)

_GIVEN = re.compile(r"[A-Za-z0-9-]{8,64}")
#: Asked every few seconds by machines: told only where details are wanted.
_QUIET = frozenset({"healthz", "readyz", "metrics"})
#: Methods that the store may see; others are one label, so that nobody can invent labels.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class RequestLogMiddleware:
    """Stands inside the page cache: pages that are answered from memory are not told one by one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and tell of it by its route: an address may hold a secret."""
        given = request.headers.get("X-Request-ID", "")
        request_id = given if _GIVEN.fullmatch(given) else uuid4().hex[:16]
        began = perf_counter()
        with work(request_id=request_id):
            response = self.get_response(request)
            seconds = perf_counter() - began
            match = request.resolver_match
            route = match.route if match is not None else "none"
            method = request.method if request.method in _METHODS else "OTHER"
            milliseconds = round(seconds * 1000)
            count(method=str(method), route=route, status=response.status_code, seconds=seconds)
            logger.log(
                logging.DEBUG if match is not None and match.url_name in _QUIET else logging.INFO,
                "%s %s %d in %d ms",
                method,
                route,
                response.status_code,
                milliseconds,
                extra={
                    "method": method,
                    "route": route,
                    "status": response.status_code,
                    "milliseconds": milliseconds,
                },
            )
        if not response.headers.get("Cache-Control", "").startswith("public"):
            # An answer that others may keep must not carry the id of one request.
            response.headers["X-Request-ID"] = request_id
        return response
