"""The registry's simulator, running for one test, and a plugin host that speaks to it over a line that can be bent."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from creditstore.credits.models import UnitBlock
from creditstore_host.host import PluginHost
from creditstore_host.installation import installed
from creditstore_plugins import HttpResponse, HttpUnreachable
from creditstore_registry_cdm.simulator.server import Simulator

_HTTP = httpx.Client(trust_env=False, verify=False, timeout=5)


@dataclass
class Line:
    """The line to the registry. A proposal's answer waits until the registry has decided, so that no test has to.

    ``bend``: changes to make to the next proposals on their way; ``lie``: answers to give to the next ones instead of
    the registry's; ``down``: nothing gets through; ``answered``: what happens after an answer was given to a question
    whose address ends so, and before the store has it.
    """

    bend: list[Callable[[dict[str, Any]], dict[str, Any]]] = field(default_factory=list)
    lie: list[Callable[[str], tuple[int, dict[str, Any]]]] = field(default_factory=list)
    down: bool = False
    answered: dict[str, Callable[[], object]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def request(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> HttpResponse:
        self.asked.append(f"{method} {httpx.URL(url).path}")
        if self.down:
            raise HttpUnreachable("the line is down")
        if method == "POST" and body is not None and self.bend:
            body = json.dumps(self.bend.pop(0)(json.loads(body))).encode("ascii")
        answer = _HTTP.request(method, url, headers=headers, content=body)
        if method == "POST" and answer.status_code in (200, 202):
            key = answer.json()["key"]
            _decided(url, key)
            if self.lie:
                status, told = self.lie.pop(0)(key)
                return HttpResponse(status=status, headers={}, body=json.dumps(told).encode("ascii"))
        if meanwhile := self.answered.pop(httpx.URL(url).path.rpartition("/")[2], None):
            meanwhile()
        return HttpResponse(status=answer.status_code, headers=dict(answer.headers), body=answer.content)


def _decided(url: str, key: str) -> dict[str, Any]:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        told: dict[str, Any] = _HTTP.get(f"{url}/by-key/{key}").json()
        if told["state"] in (4, 5):
            return told
        time.sleep(0.005)
    raise AssertionError(f"the registry did not decide about {key}")


def holding(block: UnitBlock, *, account: str) -> dict[str, Any]:
    """A block as the simulator is told that an account holds it."""
    return {
        "account": account,
        "party": block.series,
        "unit_type": block.unit_type,
        "start": block.start,
        "end": block.end,
        "original_period": block.original_period,
        "applicable_period": block.applicable_period,
        "field6": block.field6,
        "project": block.project_number,
    }


@dataclass
class LiveRegistry:
    """A simulator as somebody at its counter sees it, and the line that the store has to it."""

    simulator: Simulator
    line: Line

    def hold(self, *blocks: UnitBlock, account: str = "") -> None:
        """Put units into the account; without blocks all that are for sale from it, without it from any account."""
        held = UnitBlock.objects.filter(is_leaf=True, state="held").select_related("offer__seller")
        found = blocks or (held.filter(offer__seller__registry_account=account) if account else held)
        rows = [holding(block, account=account or _account(block)) for block in found]
        assert self._post("/v1/holdings", {"holdings": rows}).status_code == 200

    def cancel(self, *, account: str, start: str, end: str, key: str = "somebody-else", beneficiary: str = "") -> str:
        """Cancel units as somebody who is not the store; the registry's id of the transaction."""
        message = {
            "key": key,
            "type": 4,
            "account": account,
            "destination_account_type": 230,
            "blocks": [{"start": start, "end": end}],
            "beneficiary": beneficiary,
            "reason": "",
        }
        assert self._post("/v1/transactions", message).status_code == 202
        told = _decided(f"{self.simulator.url}/v1/transactions", key)
        assert told["state"] == 4, told["responses"]
        return str(told["transaction"])

    def _post(self, path: str, document: object) -> httpx.Response:
        body = json.dumps(document).encode("ascii")
        return _HTTP.post(self.simulator.url + path, content=body, headers={"Content-Type": "application/json"})


def _account(block: UnitBlock) -> str:
    assert block.offer is not None
    return block.offer.seller.registry_account


@contextmanager
def live_registry(store: Path) -> Iterator[LiveRegistry]:
    """Run a simulator on this file and let the store's registry calls go to it; payments are the sandbox's."""
    simulator = Simulator(store, delay=0)
    simulator.start()
    line = Line()
    settings = {"registry_cdm": {"base_url": simulator.url, "simulated": True}, "pay_sandbox": {}}
    try:
        with installed(PluginHost.build(settings=settings, http=line)):
            yield LiveRegistry(simulator=simulator, line=line)
    finally:
        simulator.stop()
