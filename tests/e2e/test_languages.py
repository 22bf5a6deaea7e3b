"""Every text goes through gettext, and every page can be read from right to left."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from e2e.conftest import Watched
from support.database import ROOT
from support.shopper import Shopper, stations

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
Window = Callable[..., Watched]

COMMENT = re.compile(r"{% comment.*?endcomment %}|{#.*?#}|<!--.*?-->", re.DOTALL)
TRANSLATED_BLOCK = re.compile(r"{% blocktranslate.*?endblocktranslate %}", re.DOTALL)
TAG = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
MARKUP = re.compile(r"<script.*?</script>|<[^>]*>|&[a-z]+;", re.DOTALL)

#: What stands there is data, in the language in which an editor wrote it.
EDITORS_PAGES = {"home", "explainers", "explainer", "campaign"}
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


def literals() -> set[str]:
    """What our code itself says to readers: texts of templates outside translation tags, and constants of Python.

    Data (names, titles, places, serials, what editors wrote) is in neither. Seeds and demo data are data.
    """
    found: set[str] = set()
    for path in (*(ROOT / "site").glob("**/*.html"), *(ROOT / "content").glob("**/*.html")):
        text = path.read_text(encoding="utf-8")
        for pattern in (COMMENT, TRANSLATED_BLOCK, TAG, MARKUP):
            text = pattern.sub("\n", text)
        found |= {" ".join(line.split()) for line in text.splitlines()}
    for root in ("site", "store", "content", "plugins"):
        for path in (ROOT / root).glob("**/*.py"):
            if not {"demo", "migrations", "settings"} & set(path.parts) and not path.name.startswith("seed"):
                tree = ast.parse(path.read_text(encoding="utf-8"))
                found |= {
                    " ".join(node.value.split())
                    for node in ast.walk(tree)
                    if isinstance(node, ast.Constant) and isinstance(node.value, str)
                }
    # One word could be anybody's; a registry's name is a name.
    return {text for text in found if re.search(r"[A-Za-z]{3,} [A-Za-z]{3,}", text)} - {"CDM registry"}


def test_every_text_is_translated(window: Window) -> None:
    """A text without brackets is data, or it is one of our own that did not go through gettext."""
    ours = literals()
    page = window(locale="en-xa").page
    missing: dict[str, list[str]] = {}
    for name in stations(Shopper(page, language="en-xa")):
        # An attribute comes as "name=text".
        found = [" ".join(text.rpartition("=")[2].split()) for text in page.evaluate(UNTRANSLATED)]
        if name in EDITORS_PAGES:
            continue
        if hard_coded := [text for text in found if text in ours]:
            missing[name] = hard_coded
        assert "⟦" in page.locator("body").inner_text(), name
    assert missing == {}


def test_templates_say_nothing_outside_translation_tags() -> None:
    """Also what no journey shows."""
    wrong = []
    for path in (*(ROOT / "site").glob("**/*.html"), *(ROOT / "content").glob("**/*.html")):
        text = path.read_text(encoding="utf-8")
        if "templates/oscar" in str(path):
            continue
        for pattern in (COMMENT, TRANSLATED_BLOCK, TAG, MARKUP):
            text = pattern.sub("\n", text)
        wrong += [(path.name, line.strip()) for line in text.splitlines() if re.search("(?!UTC)[A-Za-z]{3,}", line)]
    assert wrong == []


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
