"""How often one client may call: a counter per client, kind of call and window of time, in Django's cache."""

from __future__ import annotations

import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from creditstore.api.errors import RateLimited
from creditstore.core.network import client_prefix


def client_address(request: HttpRequest) -> str:
    """Who calls. Only the connection's own address counts: headers can say anything."""
    return str(request.META.get("REMOTE_ADDR", ""))


def network_of(request: HttpRequest) -> str:
    """The caller's network where the operator's proxy tells it, else an empty text: see ``core.network``."""
    return client_prefix(
        remote=client_address(request),
        forwarded=request.headers.get("X-Forwarded-For", ""),
        trusted=settings.CREDITSTORE_TRUSTED_PROXIES,
    )


def count_call(request: HttpRequest, *, operation: str, writes: bool) -> None:
    """Count this call. Errors: ``RateLimited``.

    Reads share one counter; each operation that writes has a counter of its own, under the limit of its name if there
    is one, else under the limit ``orders``.
    """
    limits = settings.CREDITSTORE_RATE_LIMITS
    limit = limits.get(operation, limits.get("orders")) if writes else limits.get("reads")
    if limit is None:
        return
    allowed, seconds = limit
    window, elapsed = divmod(int(time.time()), seconds)
    key = f"creditstore.api:{operation if writes else 'reads'}:{client_address(request)}:{window}"
    # The window is in the key, so a counter that the cache throws away early only forgives.
    if cache.add(key, 1, timeout=seconds):
        count = 1
    else:
        try:
            count = cache.incr(key)
        except ValueError:
            count = 1
    if count > allowed:
        raise RateLimited(retry_after=seconds - elapsed)
