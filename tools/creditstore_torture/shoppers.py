"""Buyers who never give up: ``python -m creditstore_torture.shoppers PORT SEED ORDERS FOLDER``.

Each order is asked for under one key until the store answers, whatever happens to it in between. ``allowed.txt`` in the
folder says how many orders may have been begun by now; ``done.txt`` how many are; ``shoppers.json`` in the end what
every buyer was told.
"""

from __future__ import annotations

import json
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
import httpx

from creditstore_torture.places import write_whole
from creditstore_torture.shop import ApiBuyer, Wish, network

if TYPE_CHECKING:
    from creditstore.credits.models import Offer

SHOPPERS = 16
OFFERS, UNITS_EACH = 12, 5_000
#: Nobody waits longer than this for one answer, however often it was asked for.
_PATIENCE = 300.0
#: What buyers do after ordering, and how often of a hundred.
_ENDINGS = {
    "pay_sandbox": 55,
    "pay_sandbox:pending": 14,
    "pay_sandbox:unknown": 14,
    "pay_sandbox:declined": 9,
    "withdraw": 4,
    "go away": 4,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one buyer does. ``second``: how after a declined payment; ``twice``: sends everything two times at once."""

    wish: Wish
    ending: str
    second: str
    twice: bool


class GaveUp(Exception):
    """The store did not answer for so long that a person would have called."""


def plan(number: int, *, seed: str, codes: list[str]) -> Plan:
    """The plan of the buyer with this number: it follows from the seed alone."""
    chance = random.Random(f"{seed}:{number}")  # noqa: S311  (must be repeatable)
    chosen = chance.sample(codes, chance.choices([1, 2, 3], weights=[70, 20, 10])[0])
    return Plan(
        wish=Wish(
            lines=tuple((code, chance.randint(1, 9)) for code in chosen),
            name=f"buyer-{number}",
            visibility=chance.choice(["full", "serials", "hidden"]),
            key=f"torture-{seed}-{number}",
        ),
        ending=chance.choices(list(_ENDINGS), weights=list(_ENDINGS.values()))[0],
        second=chance.choice(["pay_sandbox", "pay_sandbox:pending", "withdraw"]),
        twice=chance.random() < 0.1,
    )


class Crowd:
    """All buyers of a run."""

    def __init__(self, *, port: int, seed: str, orders: int, folder: Path, codes: list[str]) -> None:
        self._transport, self._port, self._seed = network(), port, seed
        self._orders, self._folder, self._codes = orders, folder, codes
        self._lock = threading.Lock()
        self._next = 0
        self.told: list[dict[str, Any]] = []
        self.statuses: Counter[str] = Counter()

    def work(self) -> None:
        """One shopper's life: order after order until there are none left."""
        while (number := self._take()) is not None:
            asked = plan(number, seed=self._seed, codes=self._codes)
            told: dict[str, Any] = {"buyer": number, "ending": asked.ending, "trouble": ""}
            try:
                self._shop(asked, told)
            except Exception as error:  # noqa: BLE001  (whatever it is, the run must say so)
                told["trouble"] = f"{type(error).__name__}: {error}"
            with self._lock:
                self.told.append(told)
                write_whole(self._folder / "done.txt", str(len(self.told)))

    def _take(self) -> int | None:
        while True:
            with self._lock:
                if self._next >= self._orders:
                    return None
                if self._next < int((self._folder / "allowed.txt").read_text(encoding="utf-8") or "0"):
                    self._next += 1
                    return self._next
            time.sleep(0.2)

    def _shop(self, asked: Plan, told: dict[str, Any]) -> None:
        buyer = ApiBuyer(self._transport, port=self._port)
        placed = self._insist(lambda: buyer.place(asked.wish), twice=asked.twice)
        if placed.status_code != 201:
            told["trouble"] = f"the order was answered with {placed.status_code}: {placed.text[:300]}"
            return
        order = placed.json()
        told["number"] = order["number"]
        if asked.ending == "withdraw":
            told["trouble"] = self._withdraw(buyer, order, asked)
        elif asked.ending != "go away":
            told["trouble"] = self._pay(buyer, order, asked)

    def _pay(self, buyer: ApiBuyer, order: dict[str, Any], asked: Plan) -> str:
        key = asked.wish.key
        answer = self._insist(lambda: buyer.pay(order, method=asked.ending, key=f"{key}-pay"), twice=asked.twice)
        if answer.status_code not in (200, 409):
            return f"the payment was answered with {answer.status_code}: {answer.text[:300]}"
        if asked.ending != "pay_sandbox:declined":
            return ""
        # A payment that was cut off is still open here; the store asks what became of it before it can be tried again.
        self._until(buyer, order, lambda found: found["payable"] and not _open_payment(found))
        if asked.second == "withdraw":
            return self._withdraw(buyer, order, asked)
        answer = self._insist(lambda: buyer.pay(order, method=asked.second, key=f"{key}-again"), twice=asked.twice)
        return "" if answer.status_code == 200 else f"the second payment was answered with {answer.status_code}"

    def _withdraw(self, buyer: ApiBuyer, order: dict[str, Any], asked: Plan) -> str:
        answer = self._insist(lambda: buyer.withdraw(order, key=f"{asked.wish.key}-withdraw"), twice=asked.twice)
        return "" if answer.status_code == 200 else f"withdrawing was answered with {answer.status_code}"

    def _until(self, buyer: ApiBuyer, order: dict[str, Any], wanted: Callable[[dict[str, Any]], bool]) -> None:
        deadline = time.monotonic() + _PATIENCE
        while not wanted(self._insist(lambda: buyer.look(order), twice=False).json()):
            if time.monotonic() > deadline:
                raise GaveUp(f"order {order['number']} does not move")
            time.sleep(0.5)

    def _insist(self, call: Callable[[], httpx.Response], *, twice: bool) -> httpx.Response:
        """Call until there is an answer that decides. ``twice``: two calls at the same moment, as of a double click."""
        if twice:
            other = threading.Thread(target=self._try, args=(call,), daemon=True)
            other.start()
        deadline = time.monotonic() + _PATIENCE
        while True:
            answer = self._try(call)
            if answer is not None and answer.status_code < 500 and not _still_running(answer):
                return answer
            if time.monotonic() > deadline:
                raise GaveUp(f"no answer for {_PATIENCE:.0f} s; the last one was {answer}")
            time.sleep(1.0)

    def _try(self, call: Callable[[], httpx.Response]) -> httpx.Response | None:
        try:
            answer = call()
        except httpx.TransportError as error:
            self.statuses[type(error).__name__] += 1
            return None
        self.statuses[str(answer.status_code)] += 1
        if answer.status_code >= 500 and "Traceback" in answer.text:
            self.statuses["stack traces shown"] += 1
        return answer


def _still_running(answer: httpx.Response) -> bool:
    """Whether the same call is being answered at this moment."""
    return answer.status_code == 409 and answer.json().get("type", "").endswith("/idempotency-key-in-use")


def _open_payment(order: dict[str, Any]) -> bool:
    return any(payment["state"] in ("created", "pending", "unknown") for payment in order["payments"])


def prepare() -> list[str]:
    """Open what is fought over; offer codes in order."""
    from creditstore_torture.offers import open_offers

    offers: list[Offer] = open_offers(sizes=[UNITS_EACH] * OFFERS, together=False)
    return [offer.code for offer in offers]


def main() -> None:
    """Let all of them shop, and write down what they were told."""
    port, seed, orders, folder = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), Path(sys.argv[4])
    codes = (folder / "offers.txt").read_text(encoding="utf-8").split()
    crowd = Crowd(port=port, seed=seed, orders=orders, folder=folder, codes=codes)
    threads = [threading.Thread(target=crowd.work) for _number in range(SHOPPERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    content = {"told": crowd.told, "statuses": dict(crowd.statuses)}
    (folder / "shoppers.json").write_text(json.dumps(content), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] == ["prepare"]:
        django.setup()
        sys.stdout.write(" ".join(prepare()))
    else:
        main()
