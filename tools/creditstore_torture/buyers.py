"""Part ``buyers``: many buyers at once for the last units, against the web processes of a store."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from typing import Any

import psycopg
from creditstore_bench.places import CannotMeasure, web_server
from creditstore_bench.report import Row

from creditstore_site.demo import ports
from creditstore_site.demo.children import StopSignals, stop_all, wait_ready
from creditstore_torture import places


def torture(*, seed: str, rounds: int, signals: StopSignals, say: Callable[[str], None]) -> tuple[list[Row], Any]:
    """The rows of the table, and everything that happened. Errors: ``CannotMeasure``, and what children raise."""
    url = places.fresh_database("buyers", template=places.demo_template(say))
    port = ports.free_port(preferred=0)
    variables = places.store_environment(url, SITE_URL=f"http://{ports.HOST}:{port}")
    result = places.TORTURE / "buyers.json"
    web = web_server(
        name="store",
        application="creditstore_site.wsgi:application",
        port=port,
        health="/healthz",
        directory=places.TORTURE,
        **variables,
    )
    rush = places.program(
        "creditstore_torture.rush",
        str(port),
        seed,
        str(rounds),
        str(result),
        log=places.TORTURE / "rush.log",
        **variables,
    )
    try:
        web.start()
        wait_ready(web, beside=(), signals=signals, seconds=120)
        say(f"buyers: three variants of {rounds} rounds each")
        found: dict[str, list[dict[str, Any]]] = places.outcome_of(rush, result=result, signals=signals)
        with psycopg.connect(url) as connection:
            (deadlocks,) = connection.execute(
                "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
            ).fetchone() or (None,)
    finally:
        stop_all([web])
    if any(len(happened) != rounds for happened in found.values()):
        raise CannotMeasure("not every round was played")
    return [*_rows(found), _deadlocks(deadlocks)], found


def _rows(found: dict[str, list[dict[str, Any]]]) -> list[Row]:
    rows = []
    for variant, happened in found.items():
        wrong = sum(bool(each["wrong"]) for each in happened)
        sold = sorted({each["sold"] for each in happened})
        errors = sum(count for each in happened for status, count in each["statuses"].items() if int(status) >= 500)
        told = sum(each["sold out"] for each in happened)
        seconds = median(each["seconds"] for each in happened)
        rows.append(
            Row(
                what=f"64 buyers at once, {variant}, {len(happened)} rounds",
                target="exactly all sold, no server error, the rest see sold out",
                figure=(
                    f"sold in each round: {', '.join(map(str, sold))}; server errors: {errors}; told sold out: {told}; "
                    f"rounds with anything wrong: {wrong}; {seconds:.1f} s a round"
                ),
                ok=not wrong and not errors,
            )
        )
    return rows


def _deadlocks(count: int | None) -> Row:
    return Row(what="deadlocks that PostgreSQL had to break meanwhile", target="0", figure=str(count), ok=count == 0)
