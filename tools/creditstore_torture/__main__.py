"""``make torture``: run the parts, print the table, keep it as JSON. The exit status tells whether anything is wrong.

``PART=buyers,crashes`` runs some parts only; ``SEED=...`` repeats a run; ``ROUNDS``, ``ORDERS``, ``KILLS``,
``RESTARTS`` and others make a smaller one. ``docs/explanation/torture.md`` names them all.
"""

from __future__ import annotations

import os
import secrets
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from creditstore_bench.places import CannotMeasure, run
from creditstore_bench.report import Row, finish, machine, say

from creditstore_site.demo.children import ChildEnded, NotReady, StopRequested, StopSignals
from creditstore_torture import buyers, crashes, places, replays, scales

Part = Callable[[], tuple[list[Row], Any]]


def option(name: str, default: int) -> int:
    """A whole number from the environment. Errors: ``SystemExit`` for anything else."""
    text = os.environ.get(name, "") or str(default)
    if not (text.isascii() and text.isdigit()):
        raise SystemExit(f"{name}={text} is no whole number; for example {name}={default}")
    return int(text)


def parts(*, seed: str, signals: StopSignals) -> dict[str, Part]:
    """What can be run, by name."""
    return {
        "buyers": lambda: buyers.torture(seed=seed, rounds=option("ROUNDS", 50), signals=signals, say=say),
        "crashes": lambda: crashes.torture(
            seed=seed,
            size=crashes.Size(
                orders=option("ORDERS", 2_000), kills=option("KILLS", 200), restarts=option("RESTARTS", 10)
            ),
            signals=signals,
            say=say,
        ),
        "replay": lambda: replays.torture(
            cancellations=option("CANCELLATIONS", 0), compared=option("COMPARED", 0), signals=signals, say=say
        ),
        "scaling": lambda: scales.torture(past=option("PAST", 1_000_000), signals=signals, say=say),
    }


def main() -> int:
    """0 when everything held and every target was met, 1 otherwise."""
    seed = os.environ.get("SEED", "") or secrets.token_hex(4)
    signals = StopSignals()
    known = parts(seed=seed, signals=signals)
    chosen = [name for name in os.environ.get("PART", "").split(",") if name] or list(known)
    if unknown := [name for name in chosen if name not in known]:
        sys.stderr.write(f"There is no part {', '.join(unknown)}; there are {', '.join(known)}.\n")
        return 1
    signals.install()
    places.TORTURE.mkdir(parents=True, exist_ok=True)
    rows: list[Row] = []
    raw: dict[str, Any] = {"seed": seed}
    say(f"SEED={seed} PART={','.join(chosen)}")
    with ExitStack() as cleanup:
        try:
            server = places.CLUSTER.ensure_running(database="postgres")
            cleanup.callback(places.CLUSTER.release)
            cleanup.callback(places.LEDGER.release)
            about = {"seed": seed, **machine(server)}
            run("manage.py", "collectstatic", "--noinput", "--verbosity=0", **places.store_environment(server))
            for name in chosen:
                begun = time.monotonic()
                found, raw[name] = known[name]()
                rows += found
                say(f"{name}: done in {time.monotonic() - begun:.0f} s")
        except StopRequested:
            say("Stopped.")
            return 1
        except (CannotMeasure, ChildEnded, NotReady) as error:
            say(f"NOT FINISHED: {error}")
            return 1
    return 1 if finish(places.TORTURE / "result.json", rows, about, raw) else 0


if __name__ == "__main__":
    sys.exit(main())
