"""The same with the server that a store runs: two web processes, real connections."""

from __future__ import annotations

import http.client
import os
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from django.db import connection

from creditstore.credits.models import Offer
from creditstore_site.demo import ports
from creditstore_site.demo.children import Child, StopSignals, stop_all, wait_ready
from support.database import ROOT, SETTINGS
from support.ledger import reserve_by_hand
from support.page_cache import wait_until

pytestmark = pytest.mark.slow


@pytest.fixture
def port(fresh_database: str, tmp_path: Path) -> Iterator[int]:
    """Where a store with two web processes answers."""
    found = ports.free_port(preferred=0)
    child = Child(
        name="store",
        command=[
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--workers", "2"),
            *("--host", ports.HOST, "--port", str(found), "--blocking-threads", "2"),
            "creditstore_site.wsgi:application",
        ],
        log=tmp_path / "web.log",
        environment={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(str(ROOT / root) for root in ("site", "store", "content", "plugins")),
            "DJANGO_SETTINGS_MODULE": SETTINGS,
            "DATABASE_URL": fresh_database,
            "CREDITSTORE_PAGE_CACHE_BYTES": "16000000",
            "CREDITSTORE_VAR_DIR": str(tmp_path),
        },
        directory=ROOT,
        ready=partial(ports.answers, found, "/healthz"),
    )
    try:
        child.start()
        wait_ready(child, beside=[], signals=StopSignals(), seconds=60)
        yield found
    finally:
        stop_all([child])


def ask(port: int, path: str) -> bytes:
    """One page over a connection of its own, so that either process may answer."""
    link = http.client.HTTPConnection(ports.HOST, port, timeout=20)
    try:
        link.request("GET", path)
        answer = link.getresponse()
        assert answer.status == 200
        return answer.read()
    finally:
        link.close()


def listeners() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE application_name = 'creditstore page cache' AND datname = current_database()"
        )
        found: int = cursor.fetchone()[0]
    return found


def test_a_sale_shows_whichever_process_answers(port: int) -> None:
    offer = Offer.objects.filter(state="live", reserved=0).order_by("code")[0]
    page = f"/en/store/projects/{offer.issuance.project.ref}/"

    def both_listen() -> bool:
        ask(port, page)
        return listeners() == 2

    wait_until(both_listen, seconds=20)
    time.sleep(0.5)
    before = {ask(port, page) for _ in range(30)}
    assert len(before) == 1
    reserve_by_hand(offer, 7)
    time.sleep(0.5)
    after = {ask(port, page) for _ in range(30)}
    assert len(after) == 1
    assert after != before
