"""The CDM connector, with the simulator on the other side, holds the contract of every registry connector."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import creditstore_registry_cdm.plugin
from creditstore_plugins import HttpResponse, SerialRange
from creditstore_plugins.testing import Cancelled, RegistryConnectorContract
from creditstore_registry_cdm.serials import parse_block
from creditstore_registry_cdm.simulator.server import Simulator
from registry_cdm.registry_support import HTTP, Registry, holding

ACCOUNT = "ACC-1"
BASE = "http://127.0.0.1:9"
_FACTS = {"account": ACCOUNT, "party": "ID", "period": 1, "project": 526}


class SimulatedRegistry:
    """The simulator, as the kit looks at it. What the connector asks of ``BASE`` is asked of it."""

    def __init__(self, directory: Path) -> None:
        self._simulator = Simulator(directory / "registry.sqlite3", delay=0)
        self._simulator.start()
        self._counter = Registry(self._simulator)
        self._counter.hold(holding(1, 20_000, **_FACTS), holding(2**62 + 1, 2**62 + 9, **_FACTS))
        self._proposed: set[str] = set()

    def stop(self) -> None:
        self._simulator.stop()

    def request(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> HttpResponse:
        answer = HTTP.request(method, url.replace(BASE, self._counter.url), headers=headers, content=body)
        if method == "POST" and answer.status_code in (200, 202):
            self._proposed.add(json.loads(body or b"{}")["key"])
        return HttpResponse(status=answer.status_code, headers=dict(answer.headers), body=answer.content)

    @property
    def cancellations(self) -> list[Cancelled]:
        told = self._counter.get(f"/v1/accounts/{ACCOUNT}/cancellations").json()["cancellations"]
        return [
            Cancelled(
                key=item["key"],
                account=ACCOUNT,
                ranges=tuple(_range(block) for block in item["blocks"]),
                beneficiary=item["beneficiary"],
            )
            for item in told
            if item["key"] != "somebody-else"
        ]

    def decide(self) -> None:
        for key in self._proposed:
            self._counter.ended(key)

    def refuse_next(self) -> None:
        assert self._counter.post("/v1/faults", {"kind": "refuse_next"}).status_code == 200

    def terminate_next(self) -> None:
        """Somebody else cancels the units: they are no longer in the account."""
        units = {"start": "ID-5-101-1-1-0-526", "end": "ID-5-110-1-1-0-526"}
        self._counter.propose("somebody-else", units, account=ACCOUNT)
        self._counter.ended("somebody-else")


def _range(block: Mapping[str, str]) -> SerialRange:
    parsed = parse_block(block["start"], block["end"])
    return SerialRange(
        start=block["start"], end=block["end"], series="ID", start_number=parsed.first, end_number=parsed.last
    )


class TestRegistryCdm(RegistryConnectorContract):
    plugin = creditstore_registry_cdm.plugin
    settings = {"base_url": BASE, "simulated": True}

    @pytest.fixture(autouse=True)
    def _registries(self) -> Iterator[None]:
        self._running: list[SimulatedRegistry] = []
        with tempfile.TemporaryDirectory() as directory:
            self._directory = Path(directory)
            yield
            for registry in self._running:
                registry.stop()

    def service(self) -> SimulatedRegistry:
        place = self._directory / str(len(self._running))
        place.mkdir()
        self._running.append(SimulatedRegistry(place))
        return self._running[-1]
