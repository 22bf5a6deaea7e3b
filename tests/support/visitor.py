"""A visitor of the pages: fills in forms as a browser would, from what the page shows."""

from __future__ import annotations

import html
import re
from typing import Any

from django.http import HttpResponse
from django.test import Client

from creditstore.credits.models import Offer
from creditstore.orders.models import Order

BASKET, CHECKOUT = "/en/store/basket/", "/en/store/checkout/"
GOOD = {
    "name": "Amina Otieno",
    "email": "amina@example.org",
    "country": "KE",
    "beneficiary": "Lakeside School",
    "reason": "Our summer course",
    "visibility": "full",
    "method": "pay_sandbox",
    "terms": "on",
    "immediate": "on",
}


def words(response: HttpResponse) -> str:
    """The text of the page's main part, as a reader sees it."""
    body = response.content.decode()
    main = body.partition("<main")[2].partition(">")[2].partition("</main>")[0] or body
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", main)).split())


class Visitor(Client):
    """One browser with a basket. As browsers do, it says that its forms come from the store's own pages."""

    def __init__(self, *, headers: dict[str, str] | None = None, **options: Any) -> None:
        super().__init__(headers={"Sec-Fetch-Site": "same-origin", **(headers or {})}, **options)

    def add(self, offer: Offer | str, quantity: object = 1) -> HttpResponse:
        code = offer if isinstance(offer, str) else offer.code
        return self.post(f"{BASKET}add/", {"offer": code, "quantity": str(quantity)})

    def line_ids(self) -> list[str]:
        return re.findall(r'name="quantity-(\d+)"', self.get(BASKET).content.decode())

    def count(self) -> int:
        found: int = self.get(f"{BASKET}count/").json()["count"]
        return found

    def checkout_form(self, query: str = "") -> dict[str, str]:
        """The hidden fields of a freshly opened checkout page."""
        page = self.get(CHECKOUT + query).content.decode()
        return dict(
            re.findall(r'<input type="hidden" name="(token|lines|terms_version|campaign)" value="([^"]*)">', page)
        )

    def order(self, form: dict[str, str], **changes: str) -> HttpResponse:
        values = {name: value for name, value in {**GOOD, **form, **changes}.items() if value != ""}
        return self.post(CHECKOUT, values)

    def buy(self, offer: Offer, quantity: int = 3, **changes: str) -> Order:
        """Order one offer and pay for it."""
        self.add(offer, quantity)
        answer = self.order(self.checkout_form(), **changes)
        assert answer.status_code == 303, words(answer)
        return Order.objects.get(number=answer["Location"].rstrip("/").rpartition("/")[2])
