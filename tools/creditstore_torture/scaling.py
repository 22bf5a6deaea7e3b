"""Reserve, carve, cancel on a short past and a long one: ``python -m creditstore_torture.scaling FILE SMALL LARGE``.

The last two are URLs of databases that differ in nothing but how much was cancelled in them before. One sale here, one
there, in turn, so that a noisy moment hits both alike.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

import django

SALES, WARM_UP = 400, 40
#: A sale of a few units: the block that is left of the offer is cut once each time.
QUANTITY = 3


def sale() -> dict[str, float]:
    """One sale in the ledger, each step with its commit; milliseconds by step."""
    from django.utils import timezone

    from creditstore.credits.models import Offer
    from creditstore.credits.services import carve, mark_cancelled, reserve

    now = timezone.now()
    offer_id = Offer.objects.values_list("pk", flat=True).get()
    times: dict[str, float] = {}

    def timed(step: str, act: Callable[[], Any]) -> Any:
        begun = time.perf_counter()
        found = act()
        times[step] = (time.perf_counter() - begun) * 1000
        return found

    reservation = timed(
        "reserve",
        lambda: reserve(offer_id=offer_id, quantity=QUANTITY, expires_at=now + timedelta(minutes=30)),
    )
    blocks = timed("carve", lambda: carve(reservation=reservation))
    timed("cancel", lambda: mark_cancelled(blocks=blocks, at=now, actor="torture"))
    return {**times, "all three": sum(times.values())}


def main() -> None:
    """Sell in both, and write the medians into the file as JSON."""
    result, urls = Path(sys.argv[1]), sys.argv[2:4]
    django.setup()
    from creditstore.audit.services import run_audit
    from creditstore_torture.replay import Databases

    databases = Databases(urls)
    times: list[list[dict[str, float]]] = [[], []]
    for _sale in range(WARM_UP + SALES):
        for number in range(len(urls)):
            with databases.default(number):
                times[number].append(sale())
    breaches = []
    for number in range(len(urls)):
        with databases.default(number):
            breaches.append(run_audit().breaches)
    medians = [{step: median(each[step] for each in found[WARM_UP:]) for step in found[0]} for found in times]
    result.write_text(json.dumps({"medians": medians, "breaches": breaches, "sales": SALES}), encoding="utf-8")


if __name__ == "__main__":
    with suppress(BrokenPipeError):
        main()
