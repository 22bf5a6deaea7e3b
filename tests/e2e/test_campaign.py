"""A campaign as a new editor makes it: the 13 steps of docs/how-to/publish-a-campaign.md, and its page by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from e2e.conftest import Watched
from support.database import ROOT
from support.live_store import STAFF_EMAIL, STAFF_PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
Window = Callable[..., Watched]
Shots = Callable[[Page, str], None]
GUIDE = ROOT / "docs" / "how-to" / "publish-a-campaign.md"
TITLE, LEAD = "Light for the lakes", "Families at the lake light their homes with the sun."


def guide() -> list[str]:
    """The steps as they are written."""
    return re.findall(r"^\d+\. (.+)", GUIDE.read_text(encoding="utf-8"), flags=re.MULTILINE)


def plus(page: Page) -> Locator:
    """The plus sign at the end of the body."""
    return page.locator("#panel-child-content-body-section .c-sf-add-button").last


def add_block(page: Page, name: str) -> None:
    plus(page).click()
    page.get_by_role("option", name=name, exact=True).first.click()


def test_from_the_log_in_to_a_published_campaign(window: Window, shots: Shots) -> None:
    """Each number is a step of the guide; what its words name is what is pressed here."""
    steps = guide()
    assert len(steps) <= 15
    editor = window().page
    # 1
    editor.goto("/admin/")
    editor.locator("[name=username]").fill(STAFF_EMAIL)
    editor.locator("[name=password]").fill(STAFF_PASSWORD)
    assert "Sign in" in steps[0]
    editor.get_by_role("button", name="Sign in").click()
    # 2
    editor.get_by_role("button", name="Pages").click()
    editor.locator(".c-page-explorer").get_by_role("link", name=re.compile("^Home")).first.click()
    # 3 and 4
    assert "Add child page" in steps[2]
    editor.get_by_role("link", name="Add child page").first.click()
    assert "Campaign page" in steps[3]
    editor.get_by_role("link", name="Campaign page").first.click()
    # 5 and 6
    editor.get_by_label(re.compile("^Title")).first.fill(TITLE)
    editor.get_by_label(re.compile("^Lead")).first.fill(LEAD)
    # 7
    add_block(editor, "Text")
    editor.locator("[data-contentpath] .public-DraftEditor-content").last.click()
    editor.keyboard.type("The sun is free, lamps are not.")
    # 8 and 9
    add_block(editor, "Project")
    assert "Choose a project" in steps[8]
    editor.get_by_role("button", name="Choose a project").click()
    chooser = editor.locator(".modal.in, .modal[open], dialog[open]").first
    chooser.get_by_role("searchbox").or_(chooser.locator("input[type=text], input[type=search]")).first.fill("wind")
    chooser.locator("tbody a").first.click()
    # 10
    editor.get_by_label(re.compile("^Why this one")).last.fill("Its lamps replace kerosene.")
    shots(editor, "campaign-editor-1280")
    # 11
    editor.get_by_role("button", name="Toggle preview").or_(editor.get_by_label("Preview")).first.click()
    preview = editor.frame_locator("#w-preview-iframe")
    expect(preview.locator("h1")).to_have_text(TITLE, timeout=20_000)
    expect(editor.locator(".w-autosave-indicator__state--saved")).to_be_visible()
    # 12
    assert "Publish" in steps[11]
    editor.get_by_role("button", name="More actions").or_(editor.locator(".w-dropdown__toggle--icon")).last.click()
    editor.get_by_role("button", name="Publish", exact=True).click()
    # 13
    assert "View live" in steps[12]
    editor.get_by_role("link", name="View live").first.click()
    editor.wait_for_url(re.compile("/en/light-for-the-lakes/$"))

    reader = window(width=390).page
    reader.goto("/en/light-for-the-lakes/")
    expect(reader.locator("h1")).to_have_text(TITLE)
    expect(reader.locator("main")).to_contain_text("Its lamps replace kerosene.")
    shots(reader, "campaign-published-390")
    reader.locator("main a[href*='/store/projects/']").first.click()
    reader.wait_for_url(re.compile(r"/store/projects/"))


#: Pages of every kind that the demonstration is seeded with, and what stands around them.
PAGES = (
    "/en/", "/en/clean-cooking/", "/en/how-it-works/", "/en/faq/", "/en/how-it-works/why-now/", "/en/privacy/",
    "/en/search/?q=wind", "/en/search/?q=nothingatall", "/en/pledge/", "/en/pledge/wall/", "/en/pledge/levels/",
    "/en/store/projects/0086/", "/en/contact/",
)  # fmt: skip


@pytest.mark.parametrize(("width", "colours"), [(390, "light"), (1280, "dark")])
def test_editors_pages_are_accessible_and_never_wider_than_the_window(window: Window, width: int, colours: str) -> None:
    page = window(width=width, colours=colours).page
    found = []
    for address in PAGES:
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        bad = Axe().run(page).response["violations"]
        found += [(address, item["id"], item["nodes"][0]["html"]) for item in bad]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append((address, "wider than the window", ""))
    assert found == []


def test_a_campaign_is_read_by_keyboard_alone(window: Window) -> None:
    """Every link and button is reached in the order of the page, and what has the focus looks different."""
    page = window().page
    page.goto("/en/clean-cooking/")
    expected = page.evaluate(
        """() => [...document.querySelectorAll('a[href], button, summary, input:not([type=hidden]), [tabindex="0"]')]
        .filter(one => one.checkVisibility({visibilityProperty: true}) && !one.disabled && one.tabIndex >= 0).length"""
    )
    reached, unseen, places = 0, [], []
    for _press in range(expected + 5):
        page.keyboard.press("Tab")
        what = page.evaluate(
            """() => { const one = document.activeElement; const style = getComputedStyle(one);
            const box = one.getBoundingClientRect();
            return one === document.body ? null : {name: one.outerHTML.slice(0, 80),
            seen: style.outlineStyle !== 'none' || style.boxShadow !== 'none',
            inside: !!one.closest('main'), y: box.top + scrollY}; }"""
        )
        if what is None:
            break
        reached += 1
        unseen += [] if what["seen"] else [what["name"]]
        places += [what["y"]] if what["inside"] else []
    assert reached >= expected
    assert unseen == []
    # Down the page: never back by more than a row of cards beside each other.
    assert all(later > earlier - 600 for earlier, later in pairwise(places))
