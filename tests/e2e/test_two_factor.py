"""A second factor in a browser: set up, kept, asked for, and a recovery code when the telephone is lost."""

from __future__ import annotations

import re
from base64 import b32decode
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from creditstore_site.demo.logins import demo_logins
from e2e.conftest import Watched
from e2e.test_staff_queue import scrolls_sideways
from support.two_factor import Telephone

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
Window = Callable[..., Watched]


def looked_at(page: Page, shots: Callable[[Page, str], None], name: str) -> None:
    shots(page, name)
    assert not scrolls_sideways(page)
    found = Axe().run(page).response["violations"]
    assert [item["id"] for item in found if item["impact"] in ("serious", "critical")] == [], name


def by_password(page: Page, email: str) -> None:
    password = next(login.password for login in demo_logins() if login.email == email)
    page.goto("/admin/login/")
    page.locator("[name=username]").fill(email)
    page.locator("[name=password]").fill(password)
    page.locator("form button[type=submit]").click()


def answer(page: Page, code: str) -> None:
    page.get_by_label("Code").fill(code)
    page.get_by_label("Code").press("Enter")


@pytest.mark.parametrize(
    ("width", "colours", "email"), [(1280, "light", "editor@example.org"), (390, "dark", "moderator@example.org")]
)
def test_a_second_factor_from_setting_up_to_the_lost_telephone(
    window: Window, shots: Callable[[Page, str], None], width: int, colours: str, email: str
) -> None:
    page = window(width=width, colours=colours).page
    by_password(page, email)
    page.goto("/admin/account/two-factor/")
    looked_at(page, shots, f"two-factor-none-{width}")
    page.get_by_role("link", name="Set up two-factor log-in").click()
    expect(page.get_by_role("img", name="QR code for the authenticator app")).to_be_visible()
    looked_at(page, shots, f"two-factor-set-up-{width}")
    telephone = Telephone(b32decode(page.locator("main code").inner_text().replace(" ", "")))
    answer(page, telephone.code())
    expect(page.locator("h1")).to_have_text("Keep your recovery codes")
    looked_at(page, shots, f"two-factor-codes-{width}")
    codes = page.locator("main code").all_inner_texts()
    page.get_by_role("link", name="I have kept them").click()
    expect(page.locator("main")).to_contain_text("10 recovery codes left")
    looked_at(page, shots, f"two-factor-own-{width}")

    page.context.clear_cookies()
    by_password(page, email)
    expect(page.locator("h1")).to_have_text("Enter your code")
    answer(page, "not-a-code")
    expect(page.locator("main")).to_contain_text("This code is not right")
    looked_at(page, shots, f"two-factor-ask-{width}")
    page.wait_for_timeout(1100)
    answer(page, codes[0])
    page.wait_for_url(re.compile(r"/admin/$"))
