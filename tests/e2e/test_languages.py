"""Every text goes through gettext, and every page can be read from right to left."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from e2e.conftest import Watched
from support.shopper import Shopper, stations

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
Window = Callable[..., Watched]

#: Texts that a reader meets and that are not translated: those outside brackets and outside what is marked as data.
UNTRANSLATED = """
() => {
  const letters = /\\p{L}/u, found = [];
  const isData = (node) => node.closest('[translate=no], script, style, noscript, template, svg title');
  const outside = (text) => text.replace(/\\u27e6[^]*?\\u27e7/g, '');
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (isData(parent)) continue;
    if (letters.test(outside(blockText(parent))) && letters.test(node.data) && !inBrackets(node)) {
      found.push(node.data.trim());
    }
  }
  for (const element of document.querySelectorAll('[aria-label], [alt], [placeholder], [title]')) {
    if (isData(element)) continue;
    for (const name of ['aria-label', 'alt', 'placeholder', 'title']) {
      const text = element.getAttribute(name) || '';
      if (letters.test(outside(text))) found.push(`${name}=${text}`);
    }
  }
  return [...new Set(found)];

  function blockText(element) { return element.textContent; }
  function inBrackets(node) {
    // A translated sentence may hold markup: climb until its brackets are both there.
    let element = node.parentElement;
    for (let step = 0; element && step < 4; step += 1, element = element.parentElement) {
      const range = document.createRange();
      range.setStart(element, 0);
      range.setEnd(node, node.data.search(letters));
      const before = range.toString();
      if ((before.match(/\\u27e6/g) || []).length > (before.match(/\\u27e7/g) || []).length) return true;
    }
    return false;
  }
}
"""


def test_every_text_is_translated(window: Window) -> None:
    page = window().page
    missing: dict[str, list[str]] = {}
    for name in stations(Shopper(page, language="en-xa")):
        if found := page.evaluate(UNTRANSLATED):
            missing[name] = found
    assert missing == {}


@pytest.mark.parametrize("width", [390, 1280])
def test_pages_read_from_right_to_left(window: Window, shots: Callable[[Page, str], None], width: int) -> None:
    page = window(width=width).page
    wrong = []
    for name in stations(Shopper(page, language="ar-xb")):
        if "/ar-xb/" in page.url and page.evaluate("getComputedStyle(document.documentElement).direction") != "rtl":
            wrong.append((name, "left to right"))
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wrong.append((name, "scrolls sideways"))
        if not page.evaluate(
            "[...document.querySelectorAll('.serial')].every(e => getComputedStyle(e).direction === 'ltr')"
        ):
            wrong.append((name, "a serial is turned round"))
        if name in ("home", "catalogue", "project", "checkout", "order-certified", "certificate"):
            shots(page, f"rtl-{name}-{width}")
    assert wrong == []
