"""The pledge in a browser, on a phone and on a desk: sign, mail, confirm, be seen, withdraw. Without JavaScript too."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from e2e.conftest import Watched
from support.live_store import STAFF_EMAIL, STAFF_PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
Window = Callable[..., Watched]
Shots = Callable[[Page, str], None]


def accessible(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [(item["id"], item["nodes"][0]["html"]) for item in found if item["impact"] in ("serious", "critical")] == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def newest_link(page: Page, *, subject: str) -> str:
    """The first link of the newest mail with this subject; the worker may take a moment to send it."""
    for _try in range(60):
        page.goto("/en/demo/mail/")
        found = page.locator("main a", has_text=subject)
        if found.count():
            found.first.click()
            page.wait_for_url(re.compile(r"/demo/mail/."))
            return str(page.locator("main a[href*='/pledge/']").first.get_attribute("href"))
        page.wait_for_timeout(500)
    raise AssertionError(f"no mail {subject!r}")


def sign(page: Page, *, name: str, email: str) -> None:
    page.goto("/en/pledge/")
    page.fill("[name=name]", name)
    page.select_option("[name=country]", "KE")
    page.fill("[name=email]", email)
    page.check("[name=listing][value=named]")
    page.wait_for_timeout(3_100)
    page.click("main form button[type=submit]")
    expect(page.locator("h1")).to_have_text("Look into your mailbox")


@pytest.mark.parametrize(("width", "javascript"), [(390, True), (1280, False)])
def test_from_the_form_to_the_list_and_out_again(window: Window, shots: Shots, width: int, javascript: bool) -> None:
    name, email = f"Amina Otieno {width}", f"amina-{width}@example.org"
    page = window(width=width, javascript=javascript).page
    page.goto("/en/pledge/")
    shots(page, f"pledge-sign-{width}")
    if javascript:
        accessible(page)
    sign(page, name=name, email=email)
    shots(page, f"pledge-sent-{width}")
    link = newest_link(page, subject="Confirm your pledge")
    page.goto(link)
    shots(page, f"pledge-confirm-{width}")
    expect(page.locator("main")).to_contain_text(name)
    page.get_by_role("button", name="Confirm the pledge").click()
    expect(page.locator("main")).to_contain_text("Your pledge is confirmed")
    shots(page, f"pledge-mine-{width}")
    if javascript:
        accessible(page)
    page.goto(link)
    expect(page.locator("main")).to_contain_text("confirmed already")
    page.goto("/en/pledge/wall/")
    expect(page.locator("main")).not_to_contain_text(name)

    moderate(window, shots, name=name, width=width)

    page.goto("/en/pledge/wall/")
    # Browsers keep a public page for a minute.
    page.reload()
    expect(page.locator("main")).to_contain_text(name)
    shots(page, f"pledge-wall-{width}")
    if javascript:
        accessible(page)
    page.get_by_role("link", name=name).click()
    shots(page, f"pledge-record-{width}")
    expect(page.locator("h1")).to_have_text(name)

    page.goto(newest_link(page, subject="You have pledged"))
    page.get_by_role("link", name="Withdraw the pledge").click()
    shots(page, f"pledge-withdraw-{width}")
    page.get_by_role("button", name="Withdraw the pledge").click()
    expect(page.locator("h1")).to_have_text("Your pledge is withdrawn")
    page.goto("/en/pledge/wall/")
    page.reload()
    expect(page.locator("main")).not_to_contain_text(name)


def moderate(window: Window, shots: Shots, *, name: str, width: int) -> None:
    page = window().page
    page.goto("/admin/login/")
    page.fill("[name=username]", STAFF_EMAIL)
    page.fill("[name=password]", STAFF_PASSWORD)
    page.locator("main button[type=submit], form button[type=submit]").first.click()
    page.goto("/admin/pledge-listings/")
    shots(page, f"pledge-moderation-list-{width}")
    page.get_by_role("link", name=name).click()
    shots(page, f"pledge-moderation-{width}")
    page.check("[name=decision][value=show]")
    page.get_by_role("button", name="Decide").click()
    expect(page.locator("body")).to_contain_text("It is shown now.")


def test_a_form_with_a_mistake_keeps_what_was_typed(window: Window, shots: Shots) -> None:
    page = window(width=390).page
    page.goto("/en/pledge/?kind=organisation")
    page.fill("[name=name]", "Lakeside School")
    page.wait_for_timeout(3_100)
    page.click("main form button[type=submit]")
    expect(page.locator(".error-summary")).to_contain_text("Enter your own name")
    assert page.input_value("[name=name]") == "Lakeside School"
    shots(page, "pledge-errors-390")
    accessible(page)
