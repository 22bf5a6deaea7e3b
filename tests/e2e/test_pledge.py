"""The pledge in a browser, on a phone and on a desk: sign, mail, confirm, be seen, withdraw. Without JavaScript too."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

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

    own = newest_link(page, subject="You have pledged")
    report(page, window, shots, own=own, name=name, width=width)

    page.goto(own)
    page.get_by_role("link", name="Withdraw the pledge").click()
    shots(page, f"pledge-withdraw-{width}")
    page.get_by_role("button", name="Withdraw the pledge").click()
    expect(page.locator("h1")).to_have_text("Your pledge is withdrawn")
    page.goto("/en/pledge/wall/")
    page.reload()
    expect(page.locator("main")).not_to_contain_text(name)


def staff(window: Window) -> Page:
    page = window().page
    page.goto("/admin/login/")
    page.fill("[name=username]", STAFF_EMAIL)
    page.fill("[name=password]", STAFF_PASSWORD)
    page.locator("main button[type=submit], form button[type=submit]").first.click()
    return page


def report(page: Page, window: Window, shots: Shots, *, own: str, name: str, width: int) -> None:
    """A yearly report: a mistake first, then as it should be; a moderator accepts it, and everybody reads it."""
    page.goto(own)
    page.locator("a[href*='/report/']").first.click()
    page.fill("[name=measured_kg]", "eight")
    page.fill("[name=base_year]", "2024")
    page.fill("[name=elsewhere-0-registry]", "A registry")
    page.get_by_role("button", name="Send the report").click()
    expect(page.locator("main")).to_contain_text("Enter tonnes as a number")
    expect(page.locator("main")).to_contain_text("Enter how many units.")
    shots(page, f"pledge-report-errors-{width}")
    if width == 390:
        accessible(page)
    values = {
        "ended_on": f"{date.today().year - 1}-12-31",
        "measured_kg": "8.25",
        "boundary": "All of the household",
        "method": "The calculator of this store, factors of 2025",
        "base_kg": "10",
        "target_year": "2034",
        "target_kg": "5",
        "plan": "Cycle to work, and cook with less gas.",
        "elsewhere-0-reference": "REF-1",
        "elsewhere-0-units": "4",
        "statement": "The winter was mild. Next year we insulate the roof.",
    }
    for field, value in values.items():
        page.fill(f"[name={field}]", value)
    page.get_by_role("button", name="Send the report").click()
    expect(page.locator("main")).to_contain_text("waits for a person to look at it")
    shots(page, f"pledge-mine-reported-{width}")

    desk = staff(window)
    desk.goto("/admin/pledge-reports/")
    desk.get_by_role("link", name=name).click()
    shots(desk, f"pledge-report-moderation-{width}")
    desk.check("[name=decision][value=publish]")
    desk.get_by_role("button", name="Decide").click()
    expect(desk.locator("body")).to_contain_text("It is accepted.")
    desk.goto(f"/admin/pledges/?q={width}")
    desk.get_by_role("link", name=name).click()
    shots(desk, f"pledge-staff-{width}")

    page.goto("/en/pledge/wall/")
    page.get_by_role("link", name=name).click()
    page.reload()
    expect(page.locator("main")).to_contain_text("8.25 t CO₂e")
    expect(page.locator("main")).to_contain_text("1.75 t less than in 2024")
    shots(page, f"pledge-record-reported-{width}")
    if width == 390:
        accessible(page)
    page.locator("main").get_by_role("link", name="What the levels mean").click()
    shots(page, f"pledge-levels-{width}")


def moderate(window: Window, shots: Shots, *, name: str, width: int) -> None:
    page = staff(window)
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
