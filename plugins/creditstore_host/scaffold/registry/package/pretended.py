"""The registry, pretended, in memory: for the tests, and to try the plugin out where nothing is cancelled.

It does what the real one must do: the same key cancels once. It forgets when its process ends.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from creditstore_plugins import HttpResponse, SerialRange

from scaffold_package.wire import range_of


class Cancelled(NamedTuple):
    """A cancellation that was carried out."""

    key: str
    account: str
    ranges: tuple[SerialRange, ...]
    beneficiary: str


class PretendedRegistry:
    """Implements ``creditstore_plugins.HttpClient``, and what the conformance kit must see behind the plugin's back."""

    def __init__(self) -> None:
        self.cancellations: list[Cancelled] = []
        self._proposed: dict[str, dict[str, Any]] = {}
        self._refuse = self._terminate = False
        self._lock = threading.Lock()

    def request(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> HttpResponse:
        """Answer as the registry would."""
        path = "/" + url.split("/", 3)[3]
        document = json.loads(body) if body else {}
        with self._lock:
            status, answer = self._answer(method, path, document)
        return HttpResponse(status=status, headers={}, body=json.dumps(answer).encode())

    def decide(self) -> None:
        """Nothing is left to decide: this registry cancels as soon as it is asked."""

    def refuse_next(self) -> None:
        """Refuse the next proposal as it is made."""
        self._refuse = True

    def terminate_next(self) -> None:
        """Take the next proposal, and end it without effect."""
        self._terminate = True

    def _answer(self, method: str, path: str, document: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if (method, path) == ("GET", "/v1/health"):
            return 200, {"ok": True}
        if (method, path) == ("POST", "/v1/cancellations"):
            return self._propose(document)
        known = self._proposed.get(path.removeprefix("/v1/cancellations/by-key/"))
        return (200, known) if known else (404, {"error": "no-such-transaction"})

    def _propose(self, document: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        key = document["key"]
        if key in self._proposed:
            return 200, self._proposed[key]
        if self._refuse:
            self._refuse = False
            return 422, {"responses": [{"code": 4001, "message": "The message is not valid."}]}
        done = not self._terminate
        self._terminate = False
        self._proposed[key] = {
            "transaction": f"TX-{len(self._proposed) + 1}",
            "state": 4 if done else 5,
            "ranges": document["ranges"],
            "completed_at": datetime.now(UTC).isoformat() if done else None,
            "responses": [] if done else [{"code": 5001, "message": "The units are not in the account."}],
        }
        if done:
            ranges = tuple(range_of(start, end) for start, end in document["ranges"])
            self.cancellations.append(Cancelled(key, document["account"], ranges, document["beneficiary"]))
        return 202, self._proposed[key]
