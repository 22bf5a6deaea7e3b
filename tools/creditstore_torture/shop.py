"""Buyers over HTTP: one kind uses the API, the other the pages, as a browser without scripts does."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import httpx

from creditstore_site.demo.ports import HOST

TERMS = "2026-11"
#: What the store says, on a page or in a problem, to whoever comes too late.
SOLD_OUT = re.compile(r"is sold out|Only \d+ units of this offer are available")
_HIDDEN = re.compile(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"')
_PATIENCE = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants to order: ``lines`` are offer codes and quantities in the order of the basket."""

    lines: tuple[tuple[str, int], ...]
    name: str
    method: str = "pay_sandbox"
    visibility: str = "full"
    key: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def email(self) -> str:
        """An address of this buyer's own: what one buyer may hold without paying is limited."""
        return f"{self.name}@example.org"


def network() -> httpx.HTTPTransport:
    """Connections for any number of buyers."""
    return httpx.HTTPTransport(limits=httpx.Limits(max_connections=200, max_keepalive_connections=64))


class ApiBuyer:
    """Orders through ``/api/v1/``. Every call returns the answer, whatever its status."""

    def __init__(self, transport: httpx.HTTPTransport, *, port: int) -> None:
        self._http = httpx.Client(transport=transport, base_url=f"http://{HOST}:{port}", timeout=_PATIENCE)

    def place(self, wish: Wish) -> httpx.Response:
        """Place the order; the same wish again is the same call again."""
        body = {
            "lines": [{"offer": code, "quantity": quantity} for code, quantity in wish.lines],
            "buyer": {"email": wish.email, "name": wish.name, "country": "KE"},
            "beneficiary": {"name": f"For {wish.name}"},
            "visibility": wish.visibility,
            "consent": {"terms": TERMS, "immediate_performance": True},
        }
        return self._http.post("/api/v1/orders", json=body, headers={"Idempotency-Key": wish.key})

    def pay(self, placed: dict[str, Any], *, method: str, key: str) -> httpx.Response:
        """Pay an order; ``placed`` is the answer to ``place``."""
        return self._http.post(
            f"/api/v1/orders/{placed['number']}/payments",
            json={"method": method},
            headers={"Idempotency-Key": key, "Authorization": f"Bearer {placed['token']}"},
        )

    def withdraw(self, placed: dict[str, Any], *, key: str) -> httpx.Response:
        """Give the order up."""
        return self._http.post(
            f"/api/v1/orders/{placed['number']}/withdraw",
            headers={"Idempotency-Key": key, "Authorization": f"Bearer {placed['token']}"},
        )

    def look(self, placed: dict[str, Any]) -> httpx.Response:
        """How the order stands."""
        return self._http.get(
            f"/api/v1/orders/{placed['number']}", headers={"Authorization": f"Bearer {placed['token']}"}
        )


class PageBuyer:
    """Orders through the pages: basket, checkout, order. One basket for each."""

    def __init__(self, transport: httpx.HTTPTransport, *, port: int) -> None:
        self._origin = f"http://{HOST}:{port}"
        self._http = httpx.Client(
            transport=transport, base_url=self._origin, timeout=_PATIENCE, headers={"Accept-Language": "en"}
        )
        self._form: dict[str, str] = {}

    def fill_basket(self, wish: Wish) -> httpx.Response:
        """Put everything into the basket and open the checkout; the last answer, 200 when there is a form to send."""
        for code, quantity in wish.lines:
            answer = self._http.post(
                "/en/store/basket/add/",
                data={"offer": code, "quantity": str(quantity)},
                headers={"Sec-Fetch-Site": "same-origin"},
            )
            if answer.status_code not in (302, 303):
                return answer
        answer = self._http.get("/en/store/checkout/")
        if answer.status_code == 302:
            return self._http.get(answer.headers["Location"])
        self._form = {name: unescape(value) for name, value in _HIDDEN.findall(answer.text)}
        return answer

    @property
    def ready(self) -> bool:
        """Whether the checkout's form is there."""
        return "token" in self._form

    def order(self, wish: Wish) -> httpx.Response:
        """Send the checkout's form: the order is placed and paid. 303 leads to the order's page."""
        fields = {
            **self._form,
            "name": wish.name,
            "email": wish.email,
            "country": "KE",
            "beneficiary": f"For {wish.name}",
            "visibility": wish.visibility,
            "method": wish.method,
            "terms": "on",
            "immediate": "on",
        }
        return self._http.post("/en/store/checkout/", data=fields, headers={"Origin": self._origin})

    def follow(self, answer: httpx.Response) -> httpx.Response:
        """The page that a redirect leads to."""
        return self._http.get(answer.headers["Location"])
