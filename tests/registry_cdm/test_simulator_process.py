"""The simulator as a process: it starts, stops, dies and comes back without losing or doubling anything."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from creditstore_registry_cdm.simulator.database import CANCELLATION_ACCOUNT, Database, UnusableStore
from registry_cdm.registry_support import HTTP, block, holding, message, where_units_lie

PLUGINS = Path(__file__).parents[2] / "plugins"


class Process:
    def __init__(self, store: Path, *options: str, port: int = 0) -> None:
        command = [sys.executable, "-m", "creditstore_registry_cdm.simulator", "--port", str(port)]
        self.process = subprocess.Popen(
            [*command, "--store", str(store), *options],
            env={**os.environ, "PYTHONPATH": str(PLUGINS)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        first_line = self.process.stdout.readline()
        self.url = first_line.rpartition(" ")[2].strip()

    def post(self, path: str, document: object):
        return HTTP.post(self.url + path, json=document)

    def told(self, key: str) -> dict:
        return HTTP.get(f"{self.url}/v1/transactions/by-key/{key}").json()

    def end(self, how: signal.Signals) -> tuple[int, float]:
        """Send a signal; returns the exit status and the seconds it took."""
        began = time.monotonic()
        self.process.send_signal(how)
        status = self.process.wait(timeout=5)
        return status, time.monotonic() - began


@pytest.fixture
def start(store_path: Path) -> Iterator:
    started: list[Process] = []

    def run(*options: str, **named) -> Process:
        started.append(Process(store_path, *options, **named))
        return started[-1]

    yield run
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
        one.process.communicate(timeout=5)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_cleanly_within_a_second_even_with_open_connections(start, how):
    running = start()
    host, _, port = running.url.removeprefix("http://").partition(":")
    assert HTTP.get(f"{running.url}/healthz").json()["simulated"] is True
    with socket.create_connection((host, int(port))) as idle:
        idle.sendall(b"POST /v1/transactions HTTP/1.1\r\nContent-Length: 10\r\n\r\n")
        status, seconds = running.end(how)
    assert status == 0
    assert seconds < 1
    assert "Traceback" not in running.process.stderr.read()


def test_what_was_proposed_is_finished_after_the_process_was_killed(start, store_path):
    first = start("--delay", "30")
    assert first.post("/v1/holdings", {"holdings": [holding(1, 100)]}).json()["added"] == 1
    assert first.post("/v1/transactions", message("k-1", [block(1, 10)])).status_code == 202
    first.end(signal.SIGKILL)
    # The clock must not be waited for: bring the due time forward in the store itself.
    with Database(store_path).write() as connection:
        (state,) = connection.execute("SELECT state FROM transactions").fetchone()
        connection.execute("DROP TRIGGER transactions_states")
        connection.execute("UPDATE transactions SET due_at = 0")
    assert state == 1
    second = start("--delay", "0.02")
    deadline = time.monotonic() + 5
    while second.told("k-1")["state"] != 4 and time.monotonic() < deadline:
        time.sleep(0.01)
    told = second.told("k-1")
    assert [entry["state"] for entry in told["history"]] == [1, 2, 4]
    repeated = second.post("/v1/transactions", message("k-1", [block(1, 10)]))
    assert (repeated.status_code, repeated.json()["transaction"]) == (200, told["transaction"])
    second.end(signal.SIGTERM)
    third = start()
    assert third.told("k-1") == told
    units = where_units_lie(Database(store_path))
    assert sum(account == CANCELLATION_ACCOUNT for account in units.values()) == 10
    assert len(units) == 100


def test_a_file_of_holdings_that_contradicts_the_store_stops_the_start_and_names_the_line(start, tmp_path):
    path = tmp_path / "holdings.csv"
    head = "account,party,unit_type,start,end,original_period,applicable_period,field6,project\n"
    path.write_text(f"{head}A,CN,5,1,10,2,2,0,7\nB,CN,5,5,12,2,2,0,7\n", encoding="utf-8")
    failed = start("--holdings", str(path))
    assert failed.process.wait(timeout=5) == 1
    message = failed.process.stderr.read()
    assert "line 3" in message
    assert "Traceback" not in message


def test_an_address_in_use_stops_the_start_in_plain_words(start):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        failed = start(port=taken.getsockname()[1])
        assert failed.process.wait(timeout=5) == 1
        assert failed.process.stderr.read().startswith("the registry simulator cannot start")


def test_a_file_that_is_no_store_is_left_alone(tmp_path):
    path = tmp_path / "letter.txt"
    path.write_text("Dear registry, " * 100, encoding="utf-8")
    with pytest.raises(UnusableStore):
        Database(path)
    assert path.read_text(encoding="utf-8").startswith("Dear registry")
