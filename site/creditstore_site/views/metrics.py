"""The store's numbers for Prometheus. How much is sold is nobody else's business: who may ask is checked."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from ipaddress import ip_address

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from creditstore.api.problems import problem_response
from creditstore_site.metrics import business, requests

#: Set by proxies: with any of them the connection's own address says nothing of who asks.
_FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_X_FORWARDED_HOST")


class _Store(Collector):
    """Says ``creditstore_up 0`` when the database does not answer, and keeps what needs none."""

    def collect(self) -> Iterable[Metric]:
        try:
            counted, up = list(business.collect()), 1
        except DatabaseError:
            counted, up = [], 0
        return [GaugeMetricFamily("creditstore_up", "Whether the database answers.", value=up), *counted]


class _Requests(Collector):
    def collect(self) -> Iterable[Metric]:
        return requests.collect()


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The numbers in the format that the scraper asks for; 401 for everybody else."""
    if not _may_ask(request):
        detail = _("Bring the token of this store's metrics as a bearer token.")
        return problem_response(code="unauthorized", detail=detail, headers={"WWW-Authenticate": "Bearer"})
    registry = CollectorRegistry()
    registry.register(_Store())
    registry.register(_Requests())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may_ask(request: HttpRequest) -> bool:
    token = settings.CREDITSTORE_METRICS_TOKEN
    if token:
        scheme, _space, given = request.headers.get("Authorization", "").partition(" ")
        return scheme.lower() == "bearer" and secrets.compare_digest(given.strip().encode(), token.encode())
    if any(name in request.META for name in _FORWARDED):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
