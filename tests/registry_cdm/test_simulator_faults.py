"""Faults that can be asked for: each makes the simulator answer wrongly, and what it keeps stays true."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import SimpleQueue
from typing import Any

import pytest

from creditstore_plugins import (
    RefusalKind,
    StatusUnknown,
    Submitted,
    TransactionNotFound,
    TransactionState,
    TransactionStatus,
    Webhook,
)
from creditstore_registry_cdm.codes import Code, kind_of
from registry_cdm.registry_support import Registry, WallClock, block, holding, instruction, serial_range


def done(registry: Registry) -> TransactionStatus:
    """A completed cancellation of units 1 to 10 under the key k1."""
    connector = registry.connector()
    assert isinstance(connector.submit(instruction("k1", serial_range(1, 10))), Submitted)
    registry.ended("k1")
    status = connector.status("k1")
    assert isinstance(status, TransactionStatus)
    return status


def arm(registry: Registry, kind: str, **more: Any) -> None:
    assert registry.post("/v1/faults", {"kind": kind, **more}).status_code == 200


def test_every_wrong_status_is_told_as_often_as_was_asked_and_then_the_truth(registry: Registry) -> None:
    truth = done(registry)
    connector = registry.connector()
    told = {}
    for kind in (
        "status_not_found",
        "status_other_units",
        "status_other_transaction",
        "status_backwards",
        "status_ahead",
        "drop_status",
    ):
        arm(registry, kind)
        told[kind] = connector.status("k1")
        assert connector.status("k1") == truth
    assert told["status_not_found"] == TransactionNotFound()
    assert isinstance(told["drop_status"], StatusUnknown)
    other, changed = told["status_other_units"], told["status_other_transaction"]
    assert (other.ranges, other.transaction) == ((serial_range(11, 20),), truth.transaction)
    assert (changed.ranges, changed.transaction != truth.transaction) == (truth.ranges, True)
    backwards, ahead = told["status_backwards"], told["status_ahead"]
    assert (backwards.state, backwards.completed_at) == (TransactionState.PROPOSED, None)
    assert ahead.completed_at > WallClock().now() > truth.completed_at


def test_a_fault_waits_for_an_answer_that_it_can_make_wrong(registry: Registry) -> None:
    arm(registry, "status_ahead", times=2)
    assert registry.connector().status("nobody") == TransactionNotFound()
    truth = done(registry)
    assert truth.completed_at > WallClock().now()


def test_reasons_say_what_they_mean_for_asking_again(registry: Registry) -> None:
    connector = registry.connector()
    connector.submit(instruction("k2", serial_range(95, 110)))
    registry.ended("k2")
    status = connector.status("k2")
    assert {(response.code, response.kind) for response in status.responses} == {
        (int(Code.SERIALS_NOT_HELD), RefusalKind.UNITS)
    }
    assert status.responses[0].ranges == (serial_range(95, 110),)
    registry.post("/v1/accounts", {"account": "HOLD-1", "state": "suspended"})
    connector.submit(instruction("k3", serial_range(1, 2)))
    registry.ended("k3")
    assert [response.kind for response in connector.status("k3").responses] == [RefusalKind.TEMPORARY]
    assert kind_of(4711) is RefusalKind.OTHER


class Listener:
    """Somebody on this machine who is told."""

    def __init__(self) -> None:
        self.heard: SimpleQueue[bytes] = SimpleQueue()
        heard = self.heard

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                heard.put(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/webhooks/registry_cdm/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def listener() -> Iterator[Listener]:
    listening = Listener()
    yield listening
    listening.server.shutdown()
    listening.server.server_close()


def test_each_step_is_told_and_the_connector_reads_nothing_but_the_key(
    run_simulator: Callable[..., Registry], listener: Listener
) -> None:
    registry = run_simulator(notify=listener.url)
    registry.hold(holding(1, 100))
    arm(registry, "repeat_notification")
    registry.propose("k1", block(1, 10))
    heard = [listener.heard.get(timeout=5) for _n in range(3)]
    assert [json.loads(body)["state"] for body in heard] == [2, 2, 4]
    connector = registry.connector()
    for body in heard:
        assert connector.parse_notification(webhook(body)) == ("k1",)
    arm(registry, "drop_notification", times=2)
    registry.propose("k2", block(11, 20))
    registry.ended("k2")
    registry.propose("k3", block(21, 30))
    assert json.loads(listener.heard.get(timeout=5))["key"] == "k3"


def webhook(body: bytes) -> Webhook:
    return Webhook(headers={}, body=body, query="", received_at=WallClock().now())


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"key": 1}', b'{"registry": "r", "simulated": true}', b"\xff"])
def test_what_is_no_notification_names_nothing(counter: Registry, body: bytes) -> None:
    assert counter.connector().parse_notification(webhook(body)) == ()


@pytest.mark.parametrize("target", ["http://example.org/x", "https://127.0.0.1/x", "http://127.0.0.1/x?y", "here"])
def test_nobody_outside_this_machine_is_told(run_simulator: Callable[..., Registry], target: str) -> None:
    with pytest.raises(ValueError, match=r"127\.0\.0\.1"):
        run_simulator(notify=target)
