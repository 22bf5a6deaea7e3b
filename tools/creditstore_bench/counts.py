"""How many queries pages take: ``python -m creditstore_bench.counts addresses.txt`` prints JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import django


def main() -> None:
    """Ask for each address twice, and count the second time: what a process remembers, it has read by then."""
    django.setup()
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    found: dict[str, int] = {}
    reader = Client(headers={"host": "127.0.0.1"})
    for address in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines():
        reader.get(address)
        with CaptureQueriesContext(connection) as queries:
            answer = reader.get(address)
        if answer.status_code != 200:
            raise SystemExit(f"{answer.status_code} at {address}")
        found[address] = len(queries)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
