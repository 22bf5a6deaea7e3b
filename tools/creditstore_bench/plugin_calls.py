"""What twenty plugins cost: asked what they offer, beside a bare call; and one call and its answer. As JSON."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from creditstore_host.discovery import FoundPlugin
from creditstore_host.host import PluginHost
from creditstore_host.isolation.limits import Isolation
from creditstore_plugins import Money, PaymentRequest

PLUGINS, ROUNDS, TIMES = 20, 7, 20_000
CALLS = 500
SOURCE = """
from creditstore_plugins import *

class Provider:
    info = ProviderInfo(title="Pay", methods=(PaymentMethod(title="Card"),))

    def __init__(self, context):
        pass

    def start(self, request):
        return Paid(reference=request.idempotency_key, captured=request.amount, at=request.started_at)

    def fetch(self, lookup):
        raise LookupError("nobody asks here")

    def check(self):
        return ()

@hookimpl
def payment_providers():
    return [Provider]
"""


def bare() -> tuple[()]:
    """A call that does nothing."""
    return ()


def microseconds(call: Callable[[], object], times: int) -> float:
    """What one call takes: the middle of some rounds."""
    found = []
    for _round in range(ROUNDS):
        began = time.perf_counter()
        for _time in range(times):
            call()
        found.append((time.perf_counter() - began) / times * 1e6)
    return median(found)


def main() -> None:
    """Print ``collect`` and ``bare`` in microseconds, ``call`` in milliseconds, ``load`` in seconds."""
    with tempfile.TemporaryDirectory() as directory:
        sys.path.insert(0, directory)
        for number in range(PLUGINS):
            (Path(directory) / f"bench_plugin_{number}.py").write_text(SOURCE, encoding="utf-8")
        plugins = [
            FoundPlugin(
                id=f"pay_{number}", value=f"bench_plugin_{number}", distribution="bench", version="1", bundled=False
            )
            for number in range(PLUGINS)
        ]
        began = time.perf_counter()
        host = PluginHost.build(plugins=plugins, isolation=Isolation(), strict=True)
        load = time.perf_counter() - began
        request = PaymentRequest(
            idempotency_key="k",
            order_number="1",
            variant="",
            amount=Money(minor=1, currency="USD"),
            description="",
            payee="",
            language="en",
            return_url="",
            started_at=datetime.now(UTC),
        )
        told = {
            "collect": microseconds(host.payment_methods, TIMES),
            "bare": microseconds(bare, TIMES),
            "call": microseconds(lambda: host.start_payment("pay_0", request), CALLS) / 1000,
            "load": load,
        }
        host.close()
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
