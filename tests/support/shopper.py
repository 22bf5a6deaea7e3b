"""A buyer at a browser: does what a person does, and finds things by what a page shows or by a field's name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from playwright.sync_api import Page, expect

#: The longest that a demonstration takes from payment to certificate: three jobs, each found within a second.
CERTIFIED_MS = 45_000
DETAILS = {
    "name": "Amina Otieno",
    "email": "amina@example.org",
    "organisation": "Lakeside School",
    "beneficiary": "Lakeside School, class of 2026",
    "reason": "Our summer course in Kisumu",
}
#: The button that places the order.
ORDER_BUTTON = "main form:has(input[name=token]) button[type=submit]"
ORDER_ADDRESS = re.compile(r"/[a-z-]+/store/orders/(?P<number>[^/]+)/$")


@dataclass
class Shopper:
    """One person in one window. ``language`` is the prefix of the pages they read."""

    page: Page
    language: str = "en"
    details: dict[str, str] = field(default_factory=lambda: dict(DETAILS))

    def go(self, path: str) -> None:
        """Open a page below the language prefix."""
        self.page.goto(f"/{self.language}/{path}")

    def search(self, words: str) -> None:
        """Type into the home page's field and press Enter."""
        self.go("")
        box = self.page.locator("main input[name=q]")
        box.fill(words)
        box.press("Enter")
        self.page.wait_for_url(re.compile(r"/store/\?q="))

    def open_first_for_sale(self) -> None:
        """Open the first project of a list that has a price."""
        self.page.locator(".result:has(.price) .card__link").first.click()
        self.page.wait_for_url(re.compile(r"/projects/"))

    def add(self, quantity: int) -> None:
        """Put units of the page's first offer into the basket."""
        offer = self.page.locator("form.offer").first
        offer.locator("input[name=quantity]").fill(str(quantity))
        offer.locator("button[type=submit]").click()
        self.page.wait_for_url(re.compile(r"/store/basket/$"))

    def choose(self, quantity: int = 3, words: str = "wind") -> None:
        """From the home page to a basket with units of one project."""
        self.search(words)
        self.open_first_for_sale()
        self.add(quantity)

    def to_checkout(self) -> None:
        """From the basket to the checkout."""
        self.page.locator("button[name=checkout]").click()
        self.page.wait_for_url(re.compile(r"/store/checkout/"))

    def fill(self, *, method: str = "pay_sandbox", visibility: str = "full") -> None:
        """Fill in the whole checkout."""
        for name, value in self.details.items():
            self.page.locator(f"[name={name}]").fill(value)
        self.page.locator("select[name=country]").select_option("KE")
        self.page.locator(f"input[name=visibility][value={visibility}]").check()
        self.page.locator(f"input[name=method][value='{method}']").check()
        self.page.locator("input[name=terms]").check()
        self.page.locator("input[name=immediate]").check()

    def order(self) -> str:
        """Press the button that orders; the order's number."""
        self.page.locator(ORDER_BUTTON).click()
        return self.order_number()

    def order_number(self) -> str:
        """The number in the address of the order's page, once the browser is there."""
        self.page.wait_for_url(ORDER_ADDRESS)
        found = ORDER_ADDRESS.search(self.page.url)
        assert found is not None
        return found["number"]

    def buy(self, *, quantity: int = 3, method: str = "pay_sandbox", visibility: str = "full") -> str:
        """Everything up to the order's page; the order's number."""
        self.choose(quantity)
        self.to_checkout()
        self.fill(method=method, visibility=visibility)
        return self.order()

    def wait_for_certificate(self) -> None:
        """Let the order's page change by itself until it leads to the certificate. It is never reloaded."""
        expect(self.page.locator("section[aria-labelledby=certificate]")).to_be_visible(timeout=CERTIFIED_MS)

    def reload_until_certificate(self) -> None:
        """As a reader without scripts does: press the link that shows the page anew."""
        for _attempt in range(CERTIFIED_MS // 1000):
            if self.page.locator("section[aria-labelledby=certificate]").count():
                return
            self.page.wait_for_timeout(1000)
            self.page.get_by_role("link", name="Refresh").click()
        raise AssertionError(f"no certificate after {CERTIFIED_MS} ms: {self.page.locator('main').inner_text()}")


def stations(shopper: Shopper) -> Iterator[str]:
    """The whole journey with its side ways: yields a name whenever another page or another state of one is shown."""
    page, go = shopper.page, shopper.go
    go("")
    yield "home"
    go("how-it-works/")
    yield "explainers"
    go("how-it-works/measure-reduce-offset/")
    yield "explainer"
    go("clean-cooking/")
    yield "campaign"
    go("store/?q=zzzz-nothing")
    yield "catalogue-empty"
    go("store/?country=Atlantis&price_max=cheap")
    yield "catalogue-unreadable"
    go("store/basket/")
    yield "basket-empty"
    go("store/?view=map&compare=0086")
    yield "catalogue-map"
    go("store/?type=Wind#filters")
    yield "catalogue-filters"
    go("store/filters/country/?type=Wind")
    yield "catalogue-filter-values"
    go("store/compare/?ref=0086&ref=0373&ref=nowhere")
    yield "compare"
    go("store/?q=wind")
    yield "catalogue"
    shopper.open_first_for_sale()
    yield "project"
    offer = page.locator("form.offer").first
    offer.locator("input[name=quantity]").fill("999999999")
    offer.locator("button[type=submit]").click()
    page.wait_for_url(re.compile(r"/basket/add/$"))
    yield "project-refused"
    shopper.add(3)
    yield "basket"
    shopper.to_checkout()
    yield "checkout"
    page.locator(ORDER_BUTTON).click()
    page.locator(".error-summary").wait_for()
    yield "checkout-errors"
    shopper.fill(method="pay_sandbox:declined")
    number = shopper.order()
    yield "order-declined"
    page.locator("#order-body input[name=method][value='pay_sandbox']").check()
    page.locator("button[form=pay-form]").click()
    shopper.wait_for_certificate()
    yield "order-certified"
    serial = page.locator("#order-body .serial").first.inner_text()
    page.locator("section[aria-labelledby=certificate] .actions a").click()
    page.wait_for_url(re.compile(r"/certificates/"))
    yield "certificate"
    certificate = page.url.partition("/certificates/")[2].partition("/")[0]
    go("register/")
    yield "register"
    go("register/?date_from=yesterday&serial=nonsense")
    yield "register-unreadable"
    go("register/reconciliation/")
    yield "reconciliation"
    go("register/check/")
    yield "check"
    for name, asked in (
        ("certificate", certificate),
        ("no-certificate", "VC-1999-000001"),
        ("cancelled", serial),
        ("unknown", "ZZ-5-1-2-2-0-1"),
        ("malformed", "not a serial"),
        ("missing", ""),
    ):
        page.locator("main input[name=number]").fill(asked)
        page.locator("main form button[type=submit]").click()
        page.wait_for_url(re.compile(r"\?number="))
        yield f"check-{name}"
    go("terms/")
    yield "terms"
    go("store/no-such-page/")
    yield "not-found"
    go("store/orders/CC-0/")
    yield "order-of-somebody-else"
    go(f"store/orders/{number}/no-such-token/")
    yield "order-link-broken"
    go("demo/components/")
    yield "components"
    go("demo/mail/")
    yield "mail"
    page.locator("main table a").first.click()
    page.wait_for_url(re.compile(r"/demo/mail/."))
    yield "mail-opened"
    page.goto("/problems/not-found")
    yield "problem"
