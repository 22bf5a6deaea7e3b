"""Part ``replay``: the registry's whole real history through the services, and what that costs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from creditstore_bench.report import Row

from creditstore_site.demo.children import StopSignals
from creditstore_torture import places

_MOST = 1.3
#: Events between two changes from one database to the next: a noisy moment hits all four.
_CHUNK = 40


def torture(
    *, cancellations: int, compared: int, signals: StopSignals, say: Callable[[str], None]
) -> tuple[list[Row], Any]:
    """The rows of the table, and everything that was found.

    Parameters: ``cancellations``, the first so many only, 0 for all; ``compared``, how many events at the end are timed
    beside bare code, 0 for all of them.
    """
    names = [f"replay_{name}" for name in ("services", "recorded", "orm", "psycopg")]
    places.fresh_database(names[0], template=places.ledger_template(say), cluster=places.LEDGER)
    urls = [places.LEDGER.database_url(database=name) for name in names]
    result = places.TORTURE / "replay.json"
    say("replay: the history goes through the services")
    replay = places.program(
        "creditstore_torture.replay",
        *(str(cancellations), str(compared), str(_CHUNK), str(result), *urls),
        log=places.TORTURE / "replay.log",
        **places.store_environment(urls[0]),
    )
    found = places.outcome_of(replay, result=result, signals=signals)
    return _rows(found), found


def _rows(found: dict[str, Any]) -> list[Row]:
    seconds = found["seconds"]
    services, orm, bare = (seconds[name] for name in ("services", "orm", "psycopg"))
    wrong = found["wrong"]
    return [
        Row(
            what=f"replay of {found['issuances']:,} issuances and {found['cancellations']:,} cancellations",
            target="no refusal, every range and total equal",
            figure="; ".join(wrong) or f"all equal; {found['seconds in all']:,.0f} s",
            ok=not wrong,
        ),
        Row(
            what=f"... the last {found['compared']:,} events beside bare ORM code, {found['statements']:,} statements",
            target=f"at most {_MOST:g} x",
            figure=f"{services / orm:.2f} x ({services:,.0f} s, {orm:,.0f} s)",
            ok=services <= _MOST * orm,
        ),
        Row(what="... beside psycopg alone", figure=f"{services / bare:.2f} x ({bare:,.0f} s)"),
    ]
