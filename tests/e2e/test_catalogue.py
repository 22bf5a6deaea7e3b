"""The catalogue in a browser: filters, comparison, map and suggestions; by pointer, by keyboard, without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from e2e.conftest import Watched

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
Window = Callable[..., Watched]
CATALOGUE = "/en/store/"
BRAZIL = "input[name=country][value=BR]"


def total(page: Page) -> int:
    """How many projects the page says there are."""
    return int(re.sub(r"\D", "", page.locator(".results__count").inner_text()))


def count_beside(page: Page, selector: str) -> int:
    return int(page.locator(f".filter:has({selector})").locator(".filter__count").inner_text().replace(",", ""))


def active(page: Page) -> str:
    """Name and value of what has the focus."""
    return str(page.evaluate("`${document.activeElement.name ?? ''}=${document.activeElement.value ?? ''}`"))


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{one['id']} {one['nodes'][0]['html']}" for one in found if one["impact"] in ("serious", "critical")]


def test_filters_work_without_javascript(window: Window) -> None:
    page = window(javascript=False).page
    page.goto(CATALOGUE)
    expected = count_beside(page, BRAZIL)
    page.locator(BRAZIL).check()
    page.locator("#price_max").fill("1000")
    page.locator("#filters button[type=submit]").click()
    page.wait_for_url(re.compile(r"country=BR"))
    assert 0 < total(page) <= expected
    expect(page.locator(BRAZIL)).to_be_checked()
    expect(page.locator("#price_max")).to_have_value("1000.00")
    page.locator("#sort").select_option("title")
    page.get_by_role("button", name="Sort").click()
    page.wait_for_url(re.compile(r"sort=title"))
    assert "country=BR" in page.url
    page.get_by_role("link", name="Remove: Brazil").click()
    page.wait_for_url(lambda url: "country=BR" not in url)
    assert total(page) >= expected > 0


def test_results_counts_and_address_follow_the_filters_and_back_leads_back(window: Window) -> None:
    page = window().page
    page.goto(CATALOGUE)
    everything, expected = total(page), count_beside(page, BRAZIL)
    page.evaluate("window.stillHere = true")
    page.locator(BRAZIL).check()
    page.wait_for_url(re.compile(r"\?country=BR$"))
    expect(page.locator(".results__count")).to_have_text(re.compile(rf"^\s*{expected} projects"))
    assert active(page) == "country=BR"
    types = page.locator("#filters [data-group=type] .filter__count").all_inner_texts()
    assert sum(int(text.replace(",", "")) for text in types) <= expected
    page.locator("#sort").select_option("title")
    page.wait_for_url(re.compile(r"country=BR&sort=title$"))
    page.go_back()
    page.wait_for_url(re.compile(r"\?country=BR$"))
    expect(page.locator("#sort")).to_have_value("relevance")
    page.go_back()
    page.wait_for_url(re.compile(r"/store/$"))
    expect(page.locator(".results__count")).to_have_text(re.compile(rf"^\s*{everything:,} projects"))
    expect(page.locator(BRAZIL)).not_to_be_checked()
    page.go_forward()
    expect(page.locator(BRAZIL)).to_be_checked()
    assert page.evaluate("window.stillHere") is True


def test_what_cannot_be_read_is_said_by_a_whole_page(window: Window) -> None:
    watched = window()
    page = watched.page
    page.goto(CATALOGUE)
    page.locator("#price_max").fill("cheap")
    page.locator("#price_max").press("Tab")
    expect(page.locator(".error-summary")).to_contain_text("Give a price such as 2.50")
    # The question itself was asked in vain before; nothing else went wrong.
    assert [error.partition(" ")[0] for error in watched.errors] == ["400"]
    watched.errors.clear()


def test_a_folded_group_stays_as_the_reader_left_it(window: Window) -> None:
    page = window().page
    page.goto(CATALOGUE)
    page.locator("[data-group=scale] summary").click()
    page.locator("[data-group=country] summary").click()
    page.locator("#filters input[name=scale][value=small]").check()
    page.wait_for_url(re.compile(r"scale=small"))
    expect(page.locator("[data-group=scale]")).to_have_attribute("open", "")
    expect(page.locator("[data-group=country]")).not_to_have_attribute("open", "")


@pytest.mark.parametrize("javascript", [True, False])
def test_four_projects_are_compared(window: Window, javascript: bool) -> None:
    page = window(width=390, javascript=javascript).page
    page.goto(CATALOGUE)
    refs = []
    for place in range(5):
        tick = page.locator(".result__tick input").nth(place)
        refs.append(tick.get_attribute("value"))
        tick.check()
        if javascript:
            page.wait_for_url(re.compile(rf"compare={refs[-1]}$"))
            expect(page.locator(".tray li")).to_have_count(place + 1)
    page.locator(".tray button" if javascript else ".results__foot button").click()
    page.wait_for_url(re.compile(r"/compare/\?ref="))
    expect(page.locator(".compare thead th")).to_have_count(4)
    expect(page.locator(".notice--caution")).to_contain_text("4 projects fit beside each other")
    page.locator(".compare__remove").first.click()
    expect(page.locator(".compare thead th")).to_have_count(4)
    expect(page.locator(".notice--caution")).to_have_count(0)
    assert re.findall(r"ref=(\w+)", page.url) == refs[1:]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    # The names of the rows stay while the table moves under them, and the keyboard can move it.
    page.locator(".compare").focus()
    for _press in range(20):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(50)
    assert page.evaluate("document.querySelector('.compare').scrollLeft") > 60
    row = page.locator(".compare tbody th").first.bounding_box()
    assert row is not None
    assert row["x"] == pytest.approx(16, abs=3)


def test_the_map_is_used_by_keyboard(window: Window) -> None:
    page = window().page
    page.goto(f"{CATALOGUE}?view=map")
    marks = page.locator("svg .mark")
    before = marks.count()
    first = marks.first
    assert "enlarge this part" in str(first.get_attribute("aria-label"))
    first.focus()
    assert page.evaluate("getComputedStyle(document.activeElement.querySelector('.mark__dot')).strokeWidth") == "8px"
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"[?&]map="))
    page.get_by_role("link", name="Show all results").click()
    page.wait_for_url(lambda url: "map=" not in url.replace("view=map", ""))
    expect(marks).to_have_count(before)
    page.locator("[data-move=enlarge]").click()
    page.wait_for_url(re.compile(r"[?&]map="))
    assert page.evaluate("document.activeElement.dataset.move") == "enlarge"
    page.goto(f"{CATALOGUE}?view=map&q=0086")
    single = page.locator("svg .mark--dot, .results-map__list a").first
    single.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/projects/"))


def test_the_map_works_without_javascript(window: Window) -> None:
    page = window(javascript=False, width=390).page
    page.goto(CATALOGUE)
    page.locator(".switch a", has_text="Map").click()
    page.wait_for_url(re.compile(r"view=map"))
    page.locator("svg .mark").first.click()
    page.wait_for_url(re.compile(r"map=-?\d"))
    page.locator(".switch a", has_text="List").click()
    page.wait_for_url(lambda url: "map" not in url)
    assert page.locator(".result").count() > 0


def test_suggestions_have_the_keys_of_a_combobox(window: Window) -> None:
    page = window().page
    page.goto(CATALOGUE)
    box = page.get_by_role("combobox", name="Search projects")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press_sequentially("wind", delay=30)
    options = page.locator("#suggestions [role=option]")
    expect(options.first).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    assert page.locator(f"#{box.get_attribute('aria-controls')}").get_attribute("role") == "listbox"
    assert serious(page) == []
    box.press("ArrowDown")
    box.press("ArrowDown")
    box.press("ArrowUp")
    expect(options.first).to_have_attribute("aria-selected", "true")
    assert box.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    assert active(page) == "q=wind"
    box.press("Escape")
    expect(options).to_have_count(0)
    expect(box).to_have_value("wind")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press_sequentially(" p", delay=30)
    expect(options.first).to_be_visible()
    box.press("ArrowDown")
    leads_to = str(options.first.get_attribute("data-url"))
    box.press("Enter")
    page.wait_for_url(lambda url: url.endswith(leads_to))


def test_enter_without_a_chosen_suggestion_searches(window: Window) -> None:
    page = window().page
    page.goto(f"{CATALOGUE}?country=BR")
    page.locator("#q").press_sequentially("landfill", delay=20)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"q=landfill&country=BR$"))
    expect(page.locator("#suggestions")).to_have_count(0)
    expect(page.locator(".result mark").first).to_have_text(re.compile("landfill", re.IGNORECASE))


@pytest.mark.parametrize("javascript", [True, False])
def test_filters_on_a_phone_are_a_sheet(window: Window, javascript: bool) -> None:
    page = window(width=390, javascript=javascript).page
    page.goto(CATALOGUE)
    expected = count_beside_hidden(page)
    sheet = page.locator("#filters")
    expect(sheet).to_be_hidden()
    page.locator(".filters__open").click()
    expect(sheet).to_be_visible()
    page.locator(BRAZIL).check()
    if javascript:
        expect(page.locator(".filters__foot button")).to_have_text(re.compile(rf"Show {expected} projects"))
        expect(sheet).to_be_visible()
        assert serious(page) == []
    page.locator(".filters__foot button").click()
    expect(sheet).to_be_hidden()
    page.wait_for_url(re.compile(r"country=BR"))
    expect(page.locator(".filters__open")).to_have_text(re.compile(r"Filters\s+\(1\)"))
    assert total(page) == expected


def count_beside_hidden(page: Page) -> int:
    text = page.locator(f".filter:has({BRAZIL})").locator(".filter__count").text_content()
    return int((text or "").replace(",", ""))
