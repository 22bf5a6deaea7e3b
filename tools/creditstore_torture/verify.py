"""After the crashes: ``python -m creditstore_torture.verify rows FOLDER BOOKS`` prints as JSON what is wrong.

``holdings FILE`` writes, before them, what the registry's accounts hold.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import django


def verify(folder: Path, books: Path) -> dict[str, Any]:
    """Compare the store's rows with themselves, with what buyers were told, and with the registry's books."""
    from creditstore.core import clock
    from creditstore.orders.models import Order
    from creditstore.orders.services import expire_due
    from creditstore_torture.checks import breaches

    # Nobody waits half an hour for those who went away.
    expire_due(now=clock.now() + timedelta(days=30))
    shoppers = json.loads((folder / "shoppers.json").read_text(encoding="utf-8"))
    wrong = [f"buyer {each['buyer']}: {each['trouble']}" for each in shoppers["told"] if each["trouble"]]
    wrong += [f"{count} x {name}" for name, count in breaches(at_the_end=True).items()]
    told = {each["number"] for each in shoppers["told"] if "number" in each}
    kept = set(Order.objects.values_list("number", flat=True))
    wrong += [f"{len(told - kept)} orders that buyers were told of are lost"] if told - kept else []
    wrong += [f"{len(kept - told)} orders that nobody was told of"] if kept - told else []
    wrong += (
        [f"{len(shoppers['told']) - len(told)} buyers without an order of their own"]
        if len(told) < len(shoppers["told"])
        else []
    )
    wrong += _against_the_books(books)
    return {
        "orders": len(kept),
        "states": dict(Counter(Order.objects.values_list("state", flat=True)).most_common()),
        "attention": _attention(),
        "statuses": shoppers["statuses"],
        "wrong": wrong,
    }


def _attention() -> list[str]:
    from creditstore.core.models import TransitionRecord

    records = TransitionRecord.objects.filter(machine="order", target="needs_attention")
    return [f"{count} x {reason}" for reason, count in Counter(records.values_list("reason", flat=True)).items()]


def _against_the_books(books: Path) -> list[str]:
    """What the store and the registry do not agree about: which units are cancelled, and under which key."""
    from creditstore.cancellation.models import RegistryTransaction

    connection = sqlite3.connect(books)
    rows = connection.execute(
        """
        SELECT t.key, t.state, b.party, b.first, b.last FROM transactions t
        JOIN transaction_blocks b ON b.transaction_id = t.id
        """
    ).fetchall()
    connection.close()
    theirs: dict[str, set[tuple[str, int, int]]] = {}
    for key, state, series, start, end in rows:
        if state == 4:
            theirs.setdefault(key, set()).add((series, start, end))
    ours: dict[str, set[tuple[str, int, int]]] = {}
    for entry in RegistryTransaction.objects.filter(state="completed").prefetch_related("blocks"):
        ours[str(entry.key)] = {(block.series, block.start, block.end) for block in entry.blocks.all()}
    wrong = [f"the registry cancelled under {key} what the store does not know" for key in theirs.keys() - ours.keys()]
    wrong += [f"the store believes in {key}, the registry does not" for key in ours.keys() - theirs.keys()]
    for key in ours.keys() & theirs.keys():
        if _units(ours[key]) != _units(theirs[key]):
            wrong.append(f"other units were cancelled under {key} than the store has written down")
    return wrong


def _units(ranges: set[tuple[str, int, int]]) -> set[tuple[str, int]]:
    return {(series, number) for series, start, end in ranges for number in range(start, end + 1)}


def main() -> None:
    """As the arguments say."""
    django.setup()
    if sys.argv[1] == "holdings":
        from creditstore_site.demo.data import write_holdings

        write_holdings(Path(sys.argv[2]))
        return
    json.dump(verify(Path(sys.argv[2]), Path(sys.argv[3])), sys.stdout)


if __name__ == "__main__":
    main()
