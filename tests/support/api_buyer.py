"""A buyer who buys from a running store through its API."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from typing import Any

import httpx


@dataclass(frozen=True)
class Bought:
    """What came of it. ``placed`` is the answer to the order, ``outcome`` that to the payment."""

    http: httpx.Client
    placed: dict[str, Any]
    outcome: dict[str, Any]

    @property
    def bearer(self) -> dict[str, str]:
        """The header that opens the order."""
        return {"Authorization": f"Bearer {self.placed['token']}"}

    def order(self) -> dict[str, Any]:
        """The order as it is now."""
        told: dict[str, Any] = self.http.get(f"/orders/{self.placed['number']}", headers=self.bearer).json()
        return told

    def certified(self, *, seconds: float = 60) -> dict[str, Any]:
        """The order, once it has its certificate."""
        deadline = time.monotonic() + seconds
        while (order := self.order())["state"] != "certified":
            assert time.monotonic() < deadline, order
            time.sleep(0.5)
        return order


def buy(http: httpx.Client, *, method: str, quantity: int = 5, beneficiary: str = "Example School") -> Bought:
    """Order units of whatever is for sale, and pay. Parameters: ``http``, a client of ``/api/v1`` of the store."""
    offer = next(
        offer
        for project in http.get("/projects", params={"available_min": quantity}).json()["items"]
        for offer in http.get(f"/projects/{project['ref']}").json()["offers"]
        if offer["available"] >= quantity
    )
    order = {
        "lines": [{"offer": offer["id"], "quantity": quantity}],
        "buyer": {"email": "buyer@example.org", "name": "Ada", "country": "FR"},
        "beneficiary": {"name": beneficiary},
        "visibility": "full",
        "consent": {"terms": http.get("/status").json()["terms"]["version"], "immediate_performance": True},
    }
    placed = http.post("/orders", json=order, headers={"Idempotency-Key": str(uuid.uuid4())})
    assert placed.status_code == 201, placed.text
    told = placed.json()
    assert method in [offered["id"] for offered in told["payment_methods"]]
    paid = http.post(
        f"/orders/{told['number']}/payments",
        json={"method": method, "return_url": f"{http.base_url.copy_with(path='/')}"},
        headers={"Authorization": f"Bearer {told['token']}", "Idempotency-Key": str(uuid.uuid4())},
    )
    return Bought(http=http, placed=told, outcome=paid.json())
