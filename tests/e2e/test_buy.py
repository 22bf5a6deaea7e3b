"""The main job in a browser: find, order, pay, watch, hold a certificate, check it; and the ways it goes otherwise."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from e2e.conftest import Watched
from support.live_store import LiveStore
from support.shopper import DETAILS, ORDER_BUTTON, Shopper

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
Window = Callable[..., Watched]


def to_certificate(shopper: Shopper) -> str:
    """From the finished order to its certificate's page; the certificate's number."""
    shopper.page.locator("section[aria-labelledby=certificate] .actions a").click()
    shopper.page.wait_for_url(re.compile(r"/certificates/"))
    return shopper.page.url.partition("/certificates/")[2].partition("/")[0]


@pytest.mark.parametrize("width", [1280, 390])
def test_from_the_home_page_to_a_certificate_that_others_can_check(
    window: Window, shots: Callable[[Page, str], None], width: int
) -> None:
    page = window(width=width).page
    shopper = Shopper(page)
    shopper.choose(quantity=3)
    shots(page, f"basket-{width}")
    shopper.to_checkout()
    shopper.fill()
    shots(page, f"checkout-{width}")
    number = shopper.order()
    shopper.wait_for_certificate()
    shots(page, f"order-{width}")
    serials = page.locator("#order-body .serial").all_inner_texts()
    assert len(serials) >= 2

    certificate = to_certificate(shopper)
    shots(page, f"certificate-{width}")
    sheet = page.locator("main").inner_text()
    assert DETAILS["beneficiary"] in sheet
    assert serials[0] in sheet
    assert "SIMULATED: no real unit was cancelled" in sheet

    address = page.locator("main a[href*='/pdf/']").first.get_attribute("href")
    assert address is not None
    file = page.request.get(address)
    assert file.headers["content-type"] == "application/pdf"
    text = "".join(part.extract_text() for part in PdfReader(BytesIO(file.body())).pages)
    for expected in (certificate, serials[0], serials[-1], "SIMULATED: no real unit was cancelled"):
        assert expected in text
    assert DETAILS["beneficiary"] in " ".join(text.split())

    shopper.go("register/")
    assert serials[0] in page.locator("main").inner_text()
    shopper.go("register/check/")
    page.locator("main input[name=number]").fill(serials[0])
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(re.compile(r"\?number="))
    assert "cancelled" in page.locator("main").inner_text().lower()
    assert DETAILS["beneficiary"] in page.locator("main").inner_text()

    shopper.go("demo/mail/")
    assert page.locator("main table").inner_text().count(DETAILS["email"]) >= 2
    page.locator("main table a").first.click()
    page.wait_for_url(re.compile(r"/demo/mail/."))
    link = page.locator(f"main a[href*='/orders/{number}/']").first.get_attribute("href")
    stranger = window().page
    stranger.goto(link or "")
    assert number in stranger.locator("main").inner_text()
    assert stranger.url.endswith(f"/orders/{number}/")


def test_without_scripts(window: Window) -> None:
    shopper = Shopper(window(javascript=False).page)
    shopper.buy(quantity=2)
    shopper.reload_until_certificate()
    to_certificate(shopper)
    expect(shopper.page.locator("main")).to_contain_text(DETAILS["beneficiary"])


def test_a_declined_payment_can_be_paid_again(window: Window) -> None:
    page = window().page
    shopper = Shopper(page)
    shopper.buy(method="pay_sandbox:declined")
    expect(page.locator("main")).to_contain_text("The payment was declined and no money moved")
    page.locator("#order-body input[name=method][value='pay_sandbox']").check()
    page.locator("button[form=pay-form]").click()
    shopper.wait_for_certificate()


def test_a_lost_answer_is_never_called_a_failure(window: Window) -> None:
    page = window().page
    shopper = Shopper(page)
    shopper.buy(method="pay_sandbox:unknown")
    text = page.locator("main").inner_text()
    assert "You are not charged twice" in text
    assert "failed" not in text.lower()
    assert page.locator("button[form=pay-form]").count() == 0
    shopper.wait_for_certificate()


def test_a_pending_payment_is_waited_for(window: Window) -> None:
    shopper = Shopper(window().page)
    shopper.buy(method="pay_sandbox:pending")
    expect(shopper.page.locator("main")).to_contain_text("has not decided yet")
    shopper.wait_for_certificate()


def test_the_same_form_sent_again_is_the_same_order(window: Window) -> None:
    """Back after ordering, and the button once more: no second order."""
    page = window().page
    shopper = Shopper(page)
    shopper.choose(2)
    shopper.to_checkout()
    token = page.locator("main input[name=token]").input_value()
    shopper.fill(method="pay_sandbox:declined")
    fields = page.evaluate(
        "selector => Object.fromEntries(new FormData(document.querySelector(selector).form))", ORDER_BUTTON
    )
    assert fields["token"] == token
    first = shopper.order()
    again = page.request.post("/en/store/checkout/", form=fields, headers={"referer": page.url})
    assert again.url.endswith(f"/orders/{first}/")


def test_two_clicks_are_one_order(window: Window) -> None:
    page = window().page
    shopper = Shopper(page)
    shopper.choose(2)
    shopper.to_checkout()
    shopper.fill(method="pay_sandbox:declined")
    page.locator(ORDER_BUTTON).dblclick(no_wait_after=True)
    shopper.order_number()
    expect(page.locator("main")).to_contain_text("The payment was declined")
    shopper.go("store/basket/")
    assert page.locator("button[name=checkout]").count() == 0


def test_two_tabs_with_one_basket_make_one_order(window: Window) -> None:
    first = Shopper(window().page)
    first.choose(2)
    first.to_checkout()
    second = Shopper(first.page.context.new_page())
    second.go("store/checkout/")
    first.fill(method="pay_sandbox:declined")
    first.order()
    second.fill()
    second.page.locator(ORDER_BUTTON).click()
    second.page.wait_for_load_state()
    assert "/orders/" not in second.page.url
    assert "basket" in second.page.locator("main").inner_text().lower()


def test_an_unpaid_order_can_be_withdrawn(window: Window) -> None:
    page = window().page
    shopper = Shopper(page)
    shopper.buy(method="pay_sandbox:declined")
    page.locator("button", has_text="Withdraw").click()
    expect(page.locator("main")).to_contain_text("You withdrew this order")


def test_the_basket_count_follows(window: Window) -> None:
    page = window().page
    shopper = Shopper(page)
    shopper.choose(2)
    shopper.go("")
    expect(page.locator("[data-basket-count]")).to_have_text("1")


def test_a_stranger_sees_no_order(window: Window, store: LiveStore) -> None:
    owner = Shopper(window().page)
    number = owner.buy(method="pay_sandbox:declined")
    stranger = Shopper(window().page)
    stranger.go(f"store/orders/{number}/")
    text = stranger.page.locator("main").inner_text()
    assert DETAILS["email"] not in text
    assert "link" in text
