"""The picture that others show when a project's page is shared: 1200 by 630 pixels, drawn with the store's own fonts.

It holds facts only, never a price: pictures are kept for years by those who show them. What the fonts cannot draw is
not drawn as boxes: such a title gives way to the project's reference.
"""

from __future__ import annotations

import hashlib
import io
import unicodedata
from dataclasses import astuple, dataclass
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1200, 630
#: Part of the hash: another look makes other addresses.
DESIGN = "2"

_FONTS = Path(__file__).parent / "static" / "creditstore" / "fonts"
# The colours of tokens.css, light theme.
_PAPER, _INK, _MUTED, _ACTION, _RULE = "#faf7f1", "#101c2e", "#4d586a", "#0b5d52", "#dcd5c7"
_MARGIN = 80
_TITLE_SIZES = (68, 60, 52, 46, 40)
_TITLE_HEIGHT = 330
#: The distance of lines, as a multiple of the size of type.
_LINE = 1.16


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What stands on a card, in the reader's language. ``fallback`` is the title where ``title`` cannot be drawn."""

    store: str
    title: str
    fallback: str
    place: str
    numbers: tuple[str, ...]
    note: str

    @property
    def digest(self) -> str:
        """Names exactly this picture."""
        return hashlib.sha256(repr((DESIGN, astuple(self))).encode()).hexdigest()[:16]


def draw(card: Card) -> bytes:
    """The card as PNG."""
    image = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, WIDTH, 16), fill=_ACTION)
    _write(pen, (_MARGIN, 64), card.store, family="sans", size=30, weight=600, fill=_ACTION)
    title = card.title if drawable(card.title, "serif") else card.fallback
    top = 124
    lines, size = _fit(_clean(title, "serif"))
    for line in lines:
        _write(pen, (_MARGIN, top), line, family="serif", size=size, weight=600, fill=_INK)
        top += round(size * _LINE)
    pen.line((_MARGIN, 476, WIDTH - _MARGIN, 476), fill=_RULE, width=2)
    room = WIDTH - 2 * _MARGIN
    _write(
        pen, (_MARGIN, 494), _shorten(card.place, "sans", 34, 600, room), family="sans", size=34, weight=600, fill=_INK
    )
    numbers = "   ".join(part for part in card.numbers if drawable(part, "sans"))
    _write(
        pen, (_MARGIN, 540), _shorten(numbers, "sans", 30, 400, room), family="sans", size=30, weight=400, fill=_MUTED
    )
    note = _shorten(card.note, "sans", 22, 400, room)
    _write(pen, (_MARGIN, 584), note, family="sans", size=22, weight=400, fill=_MUTED)
    packed = io.BytesIO()
    image.quantize(colors=64, dither=Image.Dither.NONE).save(packed, format="PNG", optimize=True)
    return packed.getvalue()


def drawable(text: str, family: str) -> bool:
    """Whether the store's fonts have a shape for every character of the text, spaces aside."""
    return all(_file_for(character, family) for character in _clean(text, family) if not character.isspace())


def _clean(text: str, family: str) -> str:
    """The text, with what no font of ours has written plainly where that is possible."""
    return " ".join("".join(_plain(character, family) for character in unicodedata.normalize("NFC", text)).split())


def _plain(character: str, family: str) -> str:
    """The character; else its plain form (of a subscript or ligature), else its letter without a rare accent."""
    if character.isspace() or _file_for(character, family):
        return character
    plain = unicodedata.normalize("NFKC", character)
    if all(_file_for(one, family) for one in plain):
        return plain
    letter = unicodedata.normalize("NFD", character)[0]
    return letter if _file_for(letter, family) else character


def _fit(title: str) -> tuple[list[str], int]:
    """The title's lines and the largest size at which they fit; cut with an ellipsis where none does."""
    lines: list[str] = []
    for size in _TITLE_SIZES:
        lines = _wrap(title, size)
        if len(lines) <= _most_lines(size):
            return lines, size
    size = _TITLE_SIZES[-1]
    kept = lines[: _most_lines(size)]
    kept[-1] = _shorten(f"{kept[-1]} {lines[len(kept)]}", "serif", size, 600)
    return kept, size


def _most_lines(size: int) -> int:
    return int(_TITLE_HEIGHT // (size * _LINE))


def _wrap(text: str, size: int) -> list[str]:
    room, lines, line = WIDTH - 2 * _MARGIN, [], ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if line and _length(longer, "serif", size, 600) > room:
            lines.append(line)
            longer = word
        while _length(longer, "serif", size, 600) > room:
            cut = next(n for n in range(len(longer) - 1, 0, -1) if _length(longer[:n], "serif", size, 600) <= room)
            lines.append(longer[:cut])
            longer = longer[cut:]
        line = longer
    return [*lines, line] if line else lines


def _shorten(text: str, family: str, size: int, weight: int, room: int = WIDTH - 2 * _MARGIN) -> str:
    if _length(text, family, size, weight) <= room:
        return text
    while text and _length(f"{text.rstrip()}…", family, size, weight) > room:
        text = text[:-1]
    # Back to the last whole word, unless that would take most of the line.
    whole = text.rpartition(" ")[0]
    return f"{(whole if len(whole) > len(text) // 2 else text).rstrip(' ,')}…"


def _write(
    pen: ImageDraw.ImageDraw, at: tuple[int, int], text: str, *, family: str, size: int, weight: int, fill: str
) -> None:
    """Write a line whose letters may come from several font files, on one base line."""
    x = float(at[0])
    base = at[1] + size
    for file, run in _runs(text, family):
        font = _font(file, size, weight)
        pen.text((x, base), run, font=font, fill=fill, anchor="ls")
        x += font.getlength(run)


def _length(text: str, family: str, size: int, weight: int) -> float:
    return sum(_font(file, size, weight).getlength(run) for file, run in _runs(text, family))


def _runs(text: str, family: str) -> list[tuple[str, str]]:
    """The text cut where the font file changes; characters without a shape are left out."""
    runs: list[tuple[str, str]] = []
    for character in text:
        file = runs[-1][0] if character.isspace() and runs else _file_for(character, family)
        if not file:
            continue
        if runs and runs[-1][0] == file:
            runs[-1] = (file, runs[-1][1] + character)
        else:
            runs.append((file, character))
    return runs


_FILES = {
    "sans": ("source-sans-3-latin-wght-normal.woff2", "source-sans-3-latin-ext-wght-normal.woff2"),
    "serif": ("source-serif-4-latin-600-normal.woff2", "source-serif-4-latin-ext-600-normal.woff2"),
}


def _file_for(character: str, family: str) -> str:
    return next((file for file in _FILES[family] if ord(character) in _characters(file)), "")


@lru_cache(maxsize=8)
def _characters(file: str) -> frozenset[int]:
    with TTFont(_FONTS / file) as font:
        return frozenset(font.getBestCmap())


@lru_cache(maxsize=64)
def _font(file: str, size: int, weight: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(_FONTS / file, size)
    if "wght" in file:
        font.set_variation_by_axes([weight])
    return font
