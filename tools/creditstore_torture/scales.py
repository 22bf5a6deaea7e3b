"""Part ``scaling``: what a sale costs the ledger after a thousand cancellations, and after a million."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from creditstore_bench.places import run
from creditstore_bench.report import Row

from creditstore_site.demo.children import StopSignals
from creditstore_torture import places

_MOST = 1.3
_SHORT = 1_000


def torture(*, past: int, signals: StopSignals, say: Callable[[str], None]) -> tuple[list[Row], Any]:
    """The rows of the table, and everything that was found. ``past``: how many cancellations lie in the long past."""
    template = places.ledger_template(say)
    urls = []
    for cancellations in (_SHORT, past):
        say(f"scaling: filling in {cancellations:,} cancellations")
        url = places.fresh_database(f"scaling_{cancellations}", template=template, cluster=places.LEDGER)
        run("-m", "creditstore_torture.fill_history", str(cancellations), **places.store_environment(url))
        urls.append(url)
    result = places.TORTURE / "scaling.json"
    say("scaling: selling")
    scaling = places.program(
        "creditstore_torture.scaling",
        str(result),
        *urls,
        log=places.TORTURE / "scaling.log",
        **places.store_environment(urls[0]),
    )
    found = places.outcome_of(scaling, result=result, signals=signals)
    return _rows(found, past), found


def _rows(found: dict[str, Any], past: int) -> list[Row]:
    short, long = found["medians"]
    rows = [
        Row(
            what=f"{step}, after {past:,} cancellations beside {_SHORT:,}, median of {found['sales']}",
            target=f"at most {_MOST:g} x" if step == "all three" else "",
            figure=f"{long[step] / short[step]:.2f} x ({short[step]:.2f} -> {long[step]:.2f} ms)",
            ok=long[step] <= _MOST * short[step] if step == "all three" else None,
        )
        for step in short
    ]
    wrong = sum(found["breaches"])
    return [*rows, Row(what="... breaches that the audit finds after it", target="0", figure=str(wrong), ok=not wrong)]
