"""A simulator per test on a free port, a connector to it, and the smallest HTTP client that keeps the contract."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from creditstore_plugins import (
    CancellationInstruction,
    HttpResponse,
    HttpTimeout,
    HttpUnreachable,
    PluginContext,
    SerialRange,
    TransactionState,
    TransactionStatus,
)
from creditstore_registry_cdm.plugin import RegistryCdmConnector, RegistryCdmSettings
from creditstore_registry_cdm.simulator.database import Database
from creditstore_registry_cdm.simulator.server import Simulator

#: One client for all: making one costs more than a request does.
HTTP = httpx.Client(trust_env=False, verify=False, timeout=5)


class Client:
    """Time-outs and lost answers become ``HttpTimeout``, failed connections ``HttpUnreachable``."""

    def __init__(self, *, timeout: float = 5) -> None:
        self.timeout = timeout
        self.sent: list[tuple[str, str, bytes | None]] = []

    def request(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> HttpResponse:
        self.sent.append((method, url, body))
        try:
            answer = HTTP.request(method, url, headers=headers, content=body, timeout=self.timeout)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise HttpUnreachable from error
        except httpx.TransportError as error:
            raise HttpTimeout from error
        return HttpResponse(status=answer.status_code, headers=dict(answer.headers), body=answer.content)


class WallClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


def serial(number: int, *, party: str = "CN", period: int = 2, project: int = 1947) -> str:
    return f"{party}-5-{number}-{period}-{period}-0-{project}"


def block(first: int, last: int, **facts: Any) -> dict[str, str]:
    return {"start": serial(first, **facts), "end": serial(last, **facts)}


def serial_range(first: int, last: int, *, party: str = "CN", **facts: Any) -> SerialRange:
    start, end = serial(first, party=party, **facts), serial(last, party=party, **facts)
    return SerialRange(start=start, end=end, series=party, start_number=first, end_number=last)


def holding(first: int, last: int, *, account: str = "HOLD-1", party: str = "CN", period: int = 2, project: int = 1947):
    return {
        "account": account,
        "party": party,
        "unit_type": 5,
        "start": first,
        "end": last,
        "original_period": period,
        "applicable_period": period,
        "field6": 0,
        "project": project,
    }


def message(key: str, blocks: Sequence[Mapping[str, str]], **changes: Any) -> dict[str, Any]:
    return {
        "key": key,
        "type": 4,
        "account": "HOLD-1",
        "destination_account_type": 230,
        "blocks": list(blocks),
        "beneficiary": "Ada Lovelace",
        "reason": "The journey of 2026",
        **changes,
    }


def instruction(key: str, *ranges: SerialRange, **changes: Any) -> CancellationInstruction:
    told = {"account": "HOLD-1", "beneficiary": "Ada Lovelace", "reason": "The journey of 2026", **changes}
    return CancellationInstruction(key=key, ranges=ranges, **told)


def where_units_lie(database: Database) -> dict[tuple[str, int], str]:
    """Unit to account. Fails when a unit lies in two, which the store's own guards must prevent."""
    units: dict[tuple[str, int], str] = {}
    with database.read() as connection:
        for row in connection.execute("SELECT account, party, first, last FROM blocks"):
            for number in range(row["first"], row["last"] + 1):
                assert (row["party"], number) not in units
                units[row["party"], number] = row["account"]
    return units


class Registry:
    """A running simulator as a person at its counter sees it."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.url = simulator.url

    def get(self, path: str) -> httpx.Response:
        return HTTP.get(self.url + path)

    def post(self, path: str, document: Any) -> httpx.Response:
        # Written here and not by httpx, which could not send the malformed texts that some tests need.
        body = json.dumps(document).encode("ascii")
        return HTTP.post(self.url + path, content=body, headers={"Content-Type": "application/json"})

    def propose(self, key: str, *blocks: Mapping[str, str], **changes: Any) -> httpx.Response:
        return self.post("/v1/transactions", message(key, blocks, **changes))

    def hold(self, *rows: Mapping[str, Any]) -> None:
        assert self.post("/v1/holdings", {"holdings": list(rows)}).status_code == 200

    def ended(self, key: str) -> dict[str, Any]:
        """Wait until the transaction has ended, and return what the registry tells."""
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            told: dict[str, Any] = self.get(f"/v1/transactions/by-key/{key}").json()
            if told.get("state") in (4, 5):
                return told
            time.sleep(0.01)
        raise AssertionError(f"{key} did not end: {told}")

    def connector(self, *, timeout: float = 5, **settings: Any) -> RegistryCdmConnector:
        values = {"base_url": self.url, "account": "HOLD-1", **settings}
        return RegistryCdmConnector(
            PluginContext(settings=RegistryCdmSettings(**values), http=Client(timeout=timeout), clock=WallClock())
        )


def completed(connector: RegistryCdmConnector, key: str) -> TransactionStatus:
    """Ask until the transaction is completed."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        status = connector.status(key)
        if isinstance(status, TransactionStatus) and status.state is TransactionState.COMPLETED:
            return status
        time.sleep(0.01)
    raise AssertionError(f"{key} did not complete: {status}")


@pytest.fixture
def store_path(tmp_path: Path) -> Path:
    return tmp_path / "registry.sqlite3"


@pytest.fixture
def run_simulator(store_path: Path) -> Iterator[Callable[..., Registry]]:
    """Starts simulators on the test's store; all are stopped at the end."""
    running: list[Simulator] = []

    def start(**options: Any) -> Registry:
        simulator = Simulator(store_path, **{"delay": 0.02, **options})
        running.append(simulator)
        simulator.start()
        return Registry(simulator)

    yield start
    for simulator in running:
        simulator.stop()


@pytest.fixture
def registry(run_simulator: Callable[..., Registry]) -> Registry:
    """A simulator with units 1 to 100 of one project in the account HOLD-1."""
    started = run_simulator()
    started.hold(holding(1, 100))
    return started


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """One simulator for all tests of a file that leave nothing behind: messages that are refused."""
    simulator = Simulator(tmp_path_factory.mktemp("counter") / "registry.sqlite3", delay=0.02)
    simulator.start()
    started = Registry(simulator)
    started.hold(holding(1, 100))
    yield started
    simulator.stop()
