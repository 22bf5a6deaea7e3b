"""Part ``crashes``: many orders while programs are killed, the database crashes and the line is bad."""

from __future__ import annotations

import json
import random
import shutil
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from creditstore_bench.places import CannotMeasure, run
from creditstore_bench.report import Row

from creditstore_site.demo.children import Child, StopSignals, stop_all
from creditstore_torture import places
from creditstore_torture.fleet import VICTIMS, Fleet

#: Seconds between two blows, at least and at most. Each waits until its victim works again.
_PAUSE = (0.3, 2.0)
#: How long PostgreSQL stays away.
_AWAY = (0.0, 2.0)
#: When all blows have fallen, orders have so long to come to their end.
_TO_SETTLE = 600.0
#: What moves by itself: everything that is not final, but for orders that nobody is paying.
_MOVING = """
    SELECT count(*) FROM creditstore_orders_order o
    WHERE o.state NOT IN ('certified', 'expired', 'withdrawn', 'refunded', 'needs_attention')
      AND NOT (o.state IN ('placed', 'awaiting_payment') AND NOT EXISTS (
          SELECT 1 FROM creditstore_payments_payment p
          WHERE p.order_id = o.id AND p.state IN ('created', 'pending', 'unknown')))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much of it: orders, programs killed, crashes of PostgreSQL."""

    orders: int
    kills: int
    restarts: int


class Run:
    """One run from the first order to the last check."""

    def __init__(
        self, *, seed: str, size: Size, folder: Path, signals: StopSignals, say: Callable[[str], None]
    ) -> None:
        self._seed, self._size, self._folder, self._signals, self._say = seed, size, folder, signals, say
        self._chance = random.Random(f"{seed}:blows")  # noqa: S311  (must be repeatable)
        self.blows: Counter[str] = Counter()
        self._seconds_down = 0.0

    def play(self) -> dict[str, Any]:
        """Everything; what happened."""
        url = places.fresh_database("crashes", template=places.demo_template(self._say))
        variables = places.store_environment(url)
        offers = run("-m", "creditstore_torture.shoppers", "prepare", **variables)
        (self._folder / "offers.txt").write_text(offers, encoding="utf-8")
        holdings = self._folder / "holdings.csv"
        run("-m", "creditstore_torture.verify", "holdings", str(holdings), **variables)
        fleet = Fleet(url=url, folder=self._folder, holdings=holdings, seed=self._seed)
        self._allow(1)
        shoppers = places.program(
            "creditstore_torture.shoppers",
            *(str(fleet.web_port), self._seed, str(self._size.orders), str(self._folder)),
            log=self._folder / "shoppers.log",
            **fleet.variables,
        )
        begun = time.monotonic()
        try:
            fleet.start(signals=self._signals)
            shoppers.start()
            self._strike_all(fleet, shoppers)
            struck = time.monotonic()
            self._say(f"crashes: all blows have fallen after {struck - begun:.0f} s; waiting for the rest")
            self._settle(fleet, shoppers, url)
            settled = time.monotonic()
        finally:
            stop_all([shoppers])
            fleet.stop()
        found: dict[str, Any] = json.loads(
            run("-m", "creditstore_torture.verify", "rows", str(self._folder), str(fleet.books), **variables)
        )
        return {
            **found,
            "blows": dict(self.blows),
            "line": json.loads((self._folder / "line.json").read_text(encoding="utf-8")),
            "seconds": round(struck - begun),
            "seconds to settle": round(settled - struck),
            "seconds without PostgreSQL": round(self._seconds_down, 1),
        }

    def _allow(self, orders: int) -> None:
        places.write_whole(self._folder / "allowed.txt", str(min(orders, self._size.orders)))

    def _strike_all(self, fleet: Fleet, shoppers: Child) -> None:
        blows = [self._chance.choice(VICTIMS) for _kill in range(self._size.kills)]
        for _restart in range(self._size.restarts):
            blows.insert(self._chance.randint(0, len(blows)), "postgres")
        for number, blow in enumerate(blows, start=1):
            self._wait(fleet, shoppers, seconds=self._chance.uniform(*_PAUSE))
            if blow == "postgres":
                begun = time.monotonic()
                places.CLUSTER.stop(immediately=True)
                self._wait(fleet, shoppers, seconds=self._chance.uniform(*_AWAY))
                places.CLUSTER.ensure_running(database="postgres")
                self._seconds_down += time.monotonic() - begun
            else:
                # Or nothing would ever work: its next life begins before it is taken.
                self._until(fleet, shoppers, blow)
                fleet.kill(blow, chance=self._chance)
            self.blows[blow] += 1
            # Orders keep pace with the blows, so that the last blow finds as much under way as the first.
            self._allow(self._size.orders * (number + 1) // len(blows) + 1)
            if number % 20 == 0:
                self._say(
                    f"crashes: {number} of {len(blows)} blows, {self._done()} of {self._size.orders} orders placed"
                )
        self._allow(self._size.orders)

    def _until(self, fleet: Fleet, shoppers: Child, victim: str) -> None:
        deadline = time.monotonic() + 120
        while not fleet.is_ready(victim):
            if time.monotonic() > deadline:
                raise CannotMeasure(f"the {victim} does not come back; its logs are in {self._folder}")
            self._wait(fleet, shoppers, seconds=0.1)

    def _wait(self, fleet: Fleet, shoppers: Child, *, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while True:
            self._signals.check()
            fleet.revive()
            if shoppers.exit_status() not in (None, 0):
                raise CannotMeasure(f"the buyers broke off; see {shoppers.log}")
            left = deadline - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(0.1, left))

    def _settle(self, fleet: Fleet, shoppers: Child, url: str) -> None:
        deadline = time.monotonic() + _TO_SETTLE
        while time.monotonic() <= deadline and (shoppers.exit_status() is None or _still_moving(url)):
            self._wait(fleet, shoppers, seconds=2.0)

    def _done(self) -> int:
        done = self._folder / "done.txt"
        return int(done.read_text(encoding="utf-8")) if done.exists() else 0


def _still_moving(url: str) -> bool:
    with psycopg.connect(url) as connection:
        return connection.execute(_MOVING).fetchone() != (0,)


def torture(*, seed: str, size: Size, signals: StopSignals, say: Callable[[str], None]) -> tuple[list[Row], Any]:
    """The rows of the table, and everything that happened. Errors: ``CannotMeasure``, and what children raise."""
    folder = places.TORTURE / "crashes"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    found = Run(seed=seed, size=size, folder=folder, signals=signals, say=say).play()
    blows = dict(found["blows"])
    restarts = blows.pop("postgres", 0)
    killed = ", ".join(f"{name} {count}" for name, count in sorted(blows.items()))
    wrong = found["wrong"]
    rows = [
        Row(
            what=f"{size.orders} orders, {sum(blows.values())} programs killed, PostgreSQL crashed {restarts} times",
            target="every order final, every invariant holds, nothing lost",
            figure=f"{'nothing wrong' if not wrong else '; '.join(wrong)[:400]}; {found['seconds']} s",
            ok=not wrong and found["orders"] == size.orders,
        ),
        Row(what="... orders by final state", figure=", ".join(f"{k} {v}" for k, v in found["states"].items())),
        Row(what="... killed", figure=killed),
        Row(what="... on the line to the registry", figure=", ".join(f"{k} {v}" for k, v in found["line"].items())),
        Row(what="... what buyers saw", figure=", ".join(f"{k} {v}" for k, v in found["statuses"].items())),
        Row(what="... until the last order was final", figure=f"{found['seconds to settle']} s after the last blow"),
    ]
    return rows, found
