"""64 buyers at once for the last units: ``python -m creditstore_torture.rush PORT SEED ROUNDS FILE``.

A program beside the store's web processes. Each round opens offers, lets all buyers go at the same moment, and asks
afterwards what was sold and what each was told.
"""

from __future__ import annotations

import json
import random
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django

from creditstore_torture.shop import SOLD_OUT, ApiBuyer, PageBuyer, Wish, network

if TYPE_CHECKING:
    import httpx

BUYERS = 64
UNITS = 100
#: By variant: units in each offer, whether the offers come from one block, and whether a basket holds all of them.
VARIANTS: dict[str, tuple[list[int], bool, bool]] = {
    "one offer": ([UNITS], False, False),
    "four offers from one block": ([25, 25, 25, 25], True, False),
    "baskets of three offers in any order": ([UNITS] * 3, False, True),
}
_SERVER_ERROR = 500


class Buyer(threading.Thread):
    """One of them: wants some units, is content with one, and gives up when there is none."""

    def __init__(
        self, name: str, *, transport: httpx.HTTPTransport, port: int, start_line: threading.Barrier, **plan: Any
    ) -> None:
        super().__init__(name=name, daemon=True)
        self._transport, self._port, self._start_line = transport, port, start_line
        #: Baskets in the order in which this buyer would like them.
        self._baskets: list[tuple[str, ...]] = plan["baskets"]
        self._quantity: int = plan["quantity"]
        self._by_page: bool = plan["by_page"]
        self.statuses: Counter[int] = Counter()
        self.bought: dict[str, int] = {}
        self.told_sold_out = False
        self.trouble = ""

    def run(self) -> None:
        """Buy, and note whatever else happens as trouble."""
        try:
            self._run()
        except Exception as error:  # noqa: BLE001  (whatever it is, the round must say so)
            self.trouble = f"{type(error).__name__}: {error}"

    def _run(self) -> None:
        ready: PageBuyer | None = None
        first = self._wish(self._baskets[0], self._quantity, attempt=0)
        try:
            if self._by_page:
                ready = PageBuyer(self._transport, port=self._port)
                self._seen(ready.fill_basket(first))
        finally:
            self._start_line.wait()
        attempt = 0
        for basket in self._baskets:
            for quantity in dict.fromkeys((self._quantity, 1)):
                wish = first if attempt == 0 else self._wish(basket, quantity, attempt=attempt)
                bought = self._by_pages(wish, ready) if self._by_page else self._by_api(wish)
                attempt, ready = attempt + 1, None
                if bought or self.trouble:
                    return
        self.told_sold_out = True

    def _wish(self, basket: tuple[str, ...], quantity: int, *, attempt: int) -> Wish:
        return Wish(lines=tuple((code, quantity) for code in basket), name=f"{self.name}-{attempt}")

    def _by_api(self, wish: Wish) -> bool:
        buyer = ApiBuyer(self._transport, port=self._port)
        placed = self._seen(buyer.place(wish))
        if placed.status_code == 201:
            paid = self._seen(buyer.pay(placed.json(), method=wish.method, key=f"{wish.key}-pay"))
            if paid.status_code != 200 or paid.json().get("order", {}).get("state") == "placed":
                self.trouble = f"payment answered {paid.status_code}: {paid.text[:300]}"
            self.bought = dict(wish.lines)
            return True
        if placed.status_code != 409 or not placed.json().get("type", "").endswith("/sold-out"):
            self.trouble = f"order answered {placed.status_code}: {placed.text[:300]}"
        return False

    def _by_pages(self, wish: Wish, buyer: PageBuyer | None) -> bool:
        if buyer is None:
            buyer = PageBuyer(self._transport, port=self._port)
            answer = self._seen(buyer.fill_basket(wish))
        if buyer.ready:
            answer = self._seen(buyer.order(wish))
            if answer.status_code == 303:
                page = self._seen(buyer.follow(answer))
                if page.status_code != 200:
                    self.trouble = f"the order's page answered {page.status_code}"
                self.bought = dict(wish.lines)
                return True
        if not SOLD_OUT.search(answer.text):
            self.trouble = f"{answer.request.url.path} answered {answer.status_code} and did not say sold out"
        return False

    def _seen(self, answer: httpx.Response) -> httpx.Response:
        self.statuses[answer.status_code] += 1
        return answer


def one_round(variant: str, *, port: int, seed: str, transport: httpx.HTTPTransport) -> dict[str, Any]:
    """One round; what happened, with everything that is wrong in ``wrong``."""
    from creditstore_torture.checks import breaches
    from creditstore_torture.offers import open_offers

    sizes, together, all_in_one = VARIANTS[variant]
    chance = random.Random(f"{seed}:{variant}")  # noqa: S311  (must be repeatable)
    offers = open_offers(sizes=sizes, together=together)
    codes = [offer.code for offer in offers]
    start_line = threading.Barrier(BUYERS, timeout=120)
    buyers = []
    for number in range(BUYERS):
        order = chance.sample(codes, len(codes))
        plan = {
            "baskets": [tuple(order)] if all_in_one else [(code,) for code in order],
            "quantity": chance.randint(1, 4),
            "by_page": number % 2 == 1,
        }
        name = f"{seed}-{number}".replace(":", "-").replace(" ", "-")
        buyers.append(Buyer(name, transport=transport, port=port, start_line=start_line, **plan))
    begun = time.monotonic()
    for buyer in buyers:
        buyer.start()
    for buyer in buyers:
        buyer.join()
    seconds = time.monotonic() - begun
    statuses: Counter[int] = sum((buyer.statuses for buyer in buyers), Counter())
    bought: Counter[str] = Counter()
    for buyer in buyers:
        bought.update(buyer.bought)
    wrong = [f"{buyer.name}: {buyer.trouble}" for buyer in buyers if buyer.trouble]
    wrong += [f"{buyer.name} got nothing and was told nothing" for buyer in buyers if _in_the_dark(buyer)]
    wrong += [f"status {status} x {count}" for status, count in statuses.items() if status >= _SERVER_ERROR]
    for offer, size in zip(offers, sizes, strict=True):
        offer.refresh_from_db()
        if (offer.sold, offer.reserved, bought[offer.code]) != (size, 0, size):
            wrong.append(
                f"{offer.code}: {offer.sold} of {size} sold, {offer.reserved} reserved, {bought[offer.code]} bought"
            )
    wrong += [f"{count} x {name}" for name, count in breaches(at_the_end=False).items()]
    return {
        "sold": sum(offer.sold for offer in offers),
        "buyers": sum(bool(buyer.bought) for buyer in buyers),
        "sold out": sum(buyer.told_sold_out for buyer in buyers),
        "statuses": dict(sorted(statuses.items())),
        "seconds": round(seconds, 2),
        "wrong": wrong,
    }


def _in_the_dark(buyer: Buyer) -> bool:
    return not buyer.bought and not buyer.told_sold_out and not buyer.trouble


def main() -> None:
    """Every variant, every round; everything that happened goes into the file as JSON."""
    port, seed, rounds, result = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), Path(sys.argv[4])
    django.setup()
    transport = network()
    found: dict[str, list[dict[str, Any]]] = {variant: [] for variant in VARIANTS}
    for variant in VARIANTS:
        for number in range(rounds):
            happened = one_round(variant, port=port, seed=f"{seed}:{number}", transport=transport)
            found[variant].append(happened)
            if happened["wrong"] or number % 10 == 9:
                shown = {**happened, "wrong": happened["wrong"][:3]}
                sys.stdout.write(f"{variant}, round {number + 1}: {shown}\n")
                sys.stdout.flush()
    result.write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
