"""A refused line in a browser: staff propose other units, the buyer accepts, the certificate names them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Watched
from support.live_store import STAFF_EMAIL, STAFF_PASSWORD, LiveStore
from support.shopper import CERTIFIED_MS, Shopper

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
Window = Callable[..., Watched]
NOT_HELD = 7027


def log_in(page: Page) -> None:
    page.goto("/admin/")
    page.locator("[name=username]").fill(STAFF_EMAIL)
    page.locator("[name=password]").fill(STAFF_PASSWORD)
    page.locator("form button[type=submit]").click()
    page.wait_for_url(re.compile(r"/admin/$"))


def scrolls_sideways(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


@pytest.mark.parametrize("width", [1280, 390])
def test_staff_propose_other_units_and_the_buyer_accepts(
    window: Window, store: LiveStore, shots: Callable[[Page, str], None], width: int
) -> None:
    buyer, desk = window(width=width).page, window(width=width).page
    armed = buyer.request.post(f"{store.registry_url}/v1/faults", data={"kind": "refuse_next", "code": NOT_HELD})
    assert armed.ok
    shopper = Shopper(buyer)
    number = shopper.buy(quantity=2)
    expect(buyer.locator("h1")).to_have_text("We are looking at your order", timeout=CERTIFIED_MS)

    log_in(desk)
    desk.goto("/admin/orders/?tab=refused")
    shots(desk, f"queue-{width}")
    assert not scrolls_sideways(desk)
    desk.locator("main").get_by_role("link", name=number).click()
    desk.wait_for_url(re.compile(rf"/admin/orders/{number}/$"))
    assert str(NOT_HELD) in desk.locator("main").inner_text()
    shots(desk, f"queue-order-{width}")
    assert not scrolls_sideways(desk)
    desk.get_by_role("link", name="Propose other units").click()
    choice = desk.locator("select[name=offer]")
    words = choice.locator("option").first.inner_text()
    desk.locator("textarea[name=note]").fill("The registry says that the seller no longer holds these units.")
    shots(desk, f"queue-propose-{width}")
    assert not scrolls_sideways(desk)
    # With the keyboard alone.
    desk.get_by_role("button", name="Ask the buyer").focus()
    desk.keyboard.press("Enter")
    desk.wait_for_url(re.compile(rf"/admin/orders/{number}/$"))
    assert "The buyer is asked" in desk.locator("main").inner_text()

    expect(buyer.locator("h1")).to_have_text("May we cancel other units instead?", timeout=CERTIFIED_MS)
    table = buyer.locator("main table").first
    assert "Known objections" in table.inner_text()
    shots(buyer, f"order-substitute-{width}")
    assert not scrolls_sideways(buyer)
    project = buyer.locator("main table td a").nth(1).get_attribute("href") or ""
    ref = project.rstrip("/").rpartition("/")[2]
    assert f" {ref} " in f" {words} "
    buyer.get_by_role("button", name="Cancel the proposed units for me").click()
    shopper.wait_for_certificate()
    shots(buyer, f"order-substituted-{width}")
    buyer.locator("section[aria-labelledby=certificate] .actions a").click()
    buyer.wait_for_url(re.compile(r"/certificates/"))
    assert ref in buyer.locator("main").inner_text()

    desk.goto(f"/admin/orders/{number}/")
    # The units that were replaced wait for two people to say that they may be sold again.
    assert "Units stay in doubt" in desk.locator("main").inner_text()
    desk.goto(f"/admin/orders/trail/?order={number}")
    assert "proposed" in desk.locator("main").inner_text()
    shots(desk, f"queue-trail-{width}")
