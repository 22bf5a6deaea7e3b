"""Requests as they pass: their number and time by route, in every web process together.

prometheus_client adds several processes up through files below ``PROMETHEUS_MULTIPROC_DIR``. Without that directory
each process would know only its own requests, and an answer to ``/metrics`` would be whichever process gave it: then
nothing is counted, and nothing is said.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector

DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


def counted() -> bool:
    """Whether the operator gave the processes a directory to add up in."""
    return bool(os.environ.get(DIRECTORY))


@cache
def _answers() -> tuple[Counter, Histogram]:
    registry = CollectorRegistry(auto_describe=False)
    return (
        Counter(
            "creditstore_http_requests",
            "Answers by method, route and status; pages from memory are not among them.",
            ["method", "route", "status"],
            registry=registry,
        ),
        Histogram(
            "creditstore_http_request_seconds",
            "Time to answer by route.",
            ["route"],
            buckets=_SECONDS,
            registry=registry,
        ),
    )


def count(*, method: str, route: str, status: int, seconds: float) -> None:
    """Count one answer. Labels are routes, never addresses: their number is bounded and they hold no secret."""
    if counted():
        answers, times = _answers()
        answers.labels(method, route, str(status)).inc()
        times.labels(route).observe(seconds)


def collect() -> Iterable[Metric]:
    """What all processes counted."""
    if not counted():
        return ()
    collector = MultiProcessCollector(CollectorRegistry())  # type: ignore[no-untyped-call]
    return list(collector.collect())  # type: ignore[no-untyped-call]
