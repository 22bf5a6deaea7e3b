"""The bad line does what it says it did, and the same again for the same seed."""

from __future__ import annotations

import json
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from creditstore_torture import proxy
from creditstore_torture.proxy import FAULTS, Line


class Registry(BaseHTTPRequestHandler):
    """Counts what arrives, and answers with the count."""

    protocol_version = "HTTP/1.1"
    arrived: Counter[str] = Counter()

    def do_GET(self) -> None:
        self.arrived[self.path] += 1
        body = json.dumps({"arrived": self.arrived[self.path]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def registry_port():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Registry)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


@pytest.fixture
def only(monkeypatch, registry_port):
    """A line that does one thing to every message."""

    def make(fault: str) -> Line:
        monkeypatch.setattr(proxy, "FAULTS", {fault: 100})
        monkeypatch.setattr(proxy, "_LONGEST_DELAY", 0.3)
        monkeypatch.setattr(proxy, "_LONGEST_WAIT", 0.05)
        Registry.arrived.clear()
        return Line(registry_port=registry_port, seed="test")

    return make


@pytest.mark.parametrize(
    ("fault", "arrives", "answer"),
    [
        ("request lost", 0, None),
        ("answer lost", 1, None),
        ("answer delayed", 1, 1),
        ("request repeated", 2, 2),
        ("answer overtaken", 1, 1),
    ],
)
def test_a_fault_is_what_its_name_says(only, fault, arrives, answer):
    line = only(fault)
    found = line.carry("GET", "/v1/transactions/by-key/1", b"")
    assert Registry.arrived["/v1/transactions/by-key/1"] == arrives
    assert (found and json.loads(found[1])["arrived"]) == answer
    assert line.done == {fault: 1}


def test_an_old_answer_is_one_that_was_true_once(only, monkeypatch):
    line = only("old answer repeated")
    first = line.carry("GET", "/old", b"")
    assert first is not None
    assert line.carry("GET", "/old", b"") == first
    assert Registry.arrived["/old"] == 1
    assert line.done == {"passed": 1, "old answer repeated": 1}


def test_every_fault_happens_and_the_seed_decides(monkeypatch, registry_port):
    monkeypatch.setattr(proxy, "_LONGEST_DELAY", 0.2)
    monkeypatch.setattr(proxy, "_LONGEST_WAIT", 0.0)

    def run(seed: str) -> dict[str, int]:
        line = Line(registry_port=registry_port, seed=seed)
        for number in range(120):
            line.carry("GET", f"/{number % 60}", b"")
        return dict(line.done)

    assert set(run("one")) == {*FAULTS, "passed"}
    assert run("one") == run("one") != run("two")


def test_a_registry_that_is_down_is_a_lost_answer(only, registry_port):
    line = only("request lost")
    line._registry_port = 9
    assert line._forward("GET", "/", b"") is None
    assert line.done == {"registry was down": 1}
