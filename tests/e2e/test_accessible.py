"""Every page and state of the journey: axe, the keyboard, and no page that scrolls sideways."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from e2e.conftest import Watched
from support.shopper import ORDER_BUTTON, Shopper, stations

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
Window = Callable[..., Watched]
SERIOUS = {"serious", "critical"}


#: Each width and each colour once; all four together take five minutes.
EVERY_DAY = [(390, "light"), (1280, "dark")]
OTHERS = [pytest.param(*pair, marks=pytest.mark.slow) for pair in ((1280, "light"), (390, "dark"))]


@pytest.mark.parametrize(("width", "colours"), [*EVERY_DAY, *OTHERS])
def test_axe_finds_nothing_and_no_page_scrolls_sideways(
    request: pytest.FixtureRequest, window: Window, width: int, colours: str
) -> None:
    page = window(width=width, colours=colours).page
    axe = Axe()
    rows, serious, wide = [], [], []
    for name in stations(Shopper(page)):
        found = axe.run(page).response["violations"]
        rows.append(f"{name:24} {width:5} {colours:6} {len(found)} {', '.join(item['id'] for item in found)}".rstrip())
        serious += [(name, item["id"], item["nodes"][0]["html"]) for item in found if item["impact"] in SERIOUS]
        wide += [(name, tried) for tried in ((width, 320, 768) if width == 390 else (width,)) if overflows(page, tried)]
        page.set_viewport_size({"width": width, "height": 900})
    table = Path(request.config.rootpath) / "test-results" / f"axe-{width}-{colours}.txt"
    table.parent.mkdir(exist_ok=True)
    table.write_text("\n".join(rows) + "\n", encoding="utf-8")
    assert serious == []
    assert wide == []


def overflows(page: Page, width: int) -> bool:
    """Whether the page is wider than a window of this width."""
    page.set_viewport_size({"width": width, "height": 900})
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def test_the_frame_of_the_api_reference_is_accessible(window: Window) -> None:
    """The reference itself is Swagger UI, whose makers' colours and nested buttons axe objects to; the rest is ours."""
    page = window().page
    page.goto("/api/v1/docs")
    page.locator(".opblock").first.wait_for()
    found = Axe().run(page, context={"exclude": [["#swagger-ui"]]}).response["violations"]
    assert [(item["id"], item["nodes"][0]["html"]) for item in found if item["impact"] in SERIOUS] == []


def test_the_first_tab_leads_past_the_header(window: Window) -> None:
    page = window().page
    page.goto("/en/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_the_checkout_is_usable_by_keyboard_alone(window: Window) -> None:
    """Every field is reached in the order of the page, and what has the focus looks different."""
    page = window().page
    shopper = Shopper(page)
    shopper.choose(1)
    shopper.to_checkout()
    page.locator("[name=name]").focus()
    reached, unseen = [], []
    for _press in range(40):
        name = page.evaluate("document.activeElement.name || document.activeElement.getAttribute('href') || ''")
        reached.append(name)
        if not page.evaluate(
            "(() => { const style = getComputedStyle(document.activeElement);"
            " return style.outlineStyle !== 'none' || style.boxShadow !== 'none'; })()"
        ):
            unseen.append(name)
        if page.evaluate("selector => document.activeElement === document.querySelector(selector)", ORDER_BUTTON):
            break
        page.keyboard.press("Tab")
    fields = ["name", "country", "email", "organisation", "beneficiary", "reason", "visibility", "method", "terms"]
    positions = [reached.index(name) for name in (*fields, "immediate")]
    assert positions == sorted(positions)
    assert unseen == []
    page.keyboard.press("Enter")
    page.locator(".error-summary").wait_for()
    page.locator(".error-summary a").first.click()
    assert page.evaluate("document.activeElement.name") == "name"
