"""The look's promises that can be computed: contrast, logical properties, weight, nothing from another host."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from creditstore_content.blocks.hero import TONES

SITE = Path(__file__).resolve().parents[2] / "site" / "creditstore_site"
STATIC = SITE / "static" / "creditstore"
SHEETS = sorted((STATIC / "css").glob("*.css"))
SCRIPTS = sorted((STATIC / "js").glob("*.js"))
TEMPLATES = sorted((SITE / "templates").rglob("*.html"))

# What is read on what. WCAG 1.4.3 asks 4.5:1 for text of any size here, since a token knows no size.
TEXT_PAIRS = [
    *((text, ground) for text in ("ink", "muted", "link", "error") for ground in ("paper", "surface", "sunken")),
    ("on-action", "action"),
    ("on-action", "action-hover"),
    ("on-action-tint", "action-tint"),
    ("on-info-tint", "info-tint"),
    ("on-caution-tint", "caution-tint"),
    ("on-error-tint", "error-tint"),
    ("surface", "error"),
    ("on-band", "band"),
    ("on-band-muted", "band"),
]
# Borders of inputs, focus rings, marks: WCAG 1.4.11 asks 3:1.
MARK_PAIRS = [
    *(
        (mark, ground)
        for mark in ("line-strong", "focus", "action", "caution", "error")
        for ground in ("paper", "surface", "sunken")
    ),
    ("bar-available", "surface"),
    ("bar-available", "bar-cancelled"),
    ("bar-cancelled", "bar-issued"),
    *(("action", ground) for ground in ("map-sea", "map-land")),
]


def _without_comments(css: str) -> str:
    return re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)


def _themes() -> dict[str, dict[str, str]]:
    css = _without_comments((STATIC / "css" / "tokens.css").read_text(encoding="utf-8"))
    light_css, dark_css = css.split("@media (prefers-color-scheme: dark)")
    light = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", light_css))
    dark = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", dark_css))
    return {"light": light, "dark": {**light, **dark}}


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG contrast ratio of two ``#rrggbb`` colours, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_agrees_with_known_values() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_can_be_read(theme: str, text: str, ground: str) -> None:
    tokens = _themes()[theme]
    assert contrast(tokens[text], tokens[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("tone", [tone for tone in TONES if tone != "paper"])
def test_every_ground_an_editor_can_choose_bears_its_ink(theme: str, tone: str) -> None:
    css = _without_comments((STATIC / "css" / "blocks.css").read_text(encoding="utf-8"))
    rules = css.split(f".page-head--{tone} {{")[1].split("}")[0]
    given = {"head-ink": "ink", "head-muted": "muted", **dict(re.findall(r"--(head-\w+): var\(--([\w-]+)\)", rules))}
    ground = re.findall(r"background: var\(--([\w-]+)\)", rules)[0]
    tokens = _themes()[theme]
    for ink in given.values():
        assert contrast(tokens[ink], tokens[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), MARK_PAIRS)
def test_marks_can_be_seen(theme: str, mark: str, ground: str) -> None:
    tokens = _themes()[theme]
    assert contrast(tokens[mark], tokens[ground]) >= 3


def test_dark_theme_decides_every_colour() -> None:
    css = _without_comments((STATIC / "css" / "tokens.css").read_text(encoding="utf-8"))
    light, dark = css.split("@media (prefers-color-scheme: dark)")
    colour = r"--([\w-]+):\s*#"
    assert set(re.findall(colour, light)) == set(re.findall(colour, dark))


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_sheets_know_no_left_and_right(sheet: Path) -> None:
    css = _without_comments(sheet.read_text(encoding="utf-8"))
    sided = r"\b(?:margin|padding|border|inset)-(?:left|right|top|bottom)\b"
    placed = r"(?<![\w-])(?:left|right|top|bottom|width|height|min-width|max-width)\s*:"
    directed = r"(?:text-align|float|clear)\s*:\s*(?:left|right)"
    declarations = re.sub(r"@media[^{]*", "", css)
    assert re.findall(f"{sided}|{placed}|{directed}", declarations) == []


def test_sheets_use_only_tokens_that_exist() -> None:
    css = "".join(_without_comments(sheet.read_text(encoding="utf-8")) for sheet in SHEETS)
    used = set(re.findall(r"var\(--([\w-]+)", css))
    defined = set(re.findall(r"--([\w-]+):", css))
    assert used - defined == set()


def test_motion_is_short_and_only_where_it_is_welcome() -> None:
    for sheet in SHEETS:
        css = _without_comments(sheet.read_text(encoding="utf-8"))
        before, _, after = css.partition("@media (prefers-reduced-motion: no-preference)")
        assert re.findall(r"\b(?:transition|animation)\b", before) == []
        assert re.findall(r"\b\d+(?:\.\d+)?m?s\b", after) == []
    quick = re.search(r"--quick:\s*(\d+)ms", (STATIC / "css" / "tokens.css").read_text(encoding="utf-8"))
    assert quick is not None
    assert int(quick[1]) < 200


@pytest.mark.parametrize("file", [*SHEETS, *SCRIPTS, *TEMPLATES], ids=lambda path: path.name)
def test_nothing_comes_from_another_host(file: Path) -> None:
    text = file.read_text(encoding="utf-8").replace("http://www.w3.org/", "")
    assert re.findall(r"""(?:src|href|url|import|fetch)\s*[=(]?\s*["']?(?:https?:)?//""", text) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_no_inline_script_or_style(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert re.findall(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", text) == []


def test_scripts_stay_small() -> None:
    assert SCRIPTS
    assert {script.name: size for script in SCRIPTS if (size := script.stat().st_size) > 3_500} == {}


def test_first_visit_weighs_under_120_kb() -> None:
    """Style, both preloaded fonts and every script, as sent: text compressed, fonts as they are."""
    fonts = ["source-sans-3-latin-wght-normal.woff2", "source-serif-4-latin-600-normal.woff2"]
    packed = sum(len(gzip.compress(file.read_bytes())) for file in [*SHEETS, *SCRIPTS])
    assert packed + sum((STATIC / "fonts" / font).stat().st_size for font in fonts) < 120_000


def test_fonts_carry_their_licence() -> None:
    for family in ("source-sans-3", "source-serif-4"):
        assert list((STATIC / "fonts").glob(f"{family}-*.woff2"))
    for licence in ("OFL-SourceSans3.txt", "OFL-SourceSerif4.txt"):
        assert "SIL Open Font License" in (STATIC / "fonts" / licence).read_text(encoding="utf-8")
