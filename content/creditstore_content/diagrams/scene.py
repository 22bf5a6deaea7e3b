"""What a picture is made of: shapes and texts in a plane that is 360 wide, as wide as the page of a small phone.

Texts are wrapped here by an estimate of their width, so that a longer translation makes a picture higher and nothing
runs over an edge. From right to left everything is mirrored; texts change places, not letters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from unicodedata import combining, east_asian_width

WIDTH: Final = 360
#: Sizes of type in the picture's own unit, by the class that the style sheet gives them; and their lines' distance.
SIZES: Final[dict[str, int]] = {
    "title": 16, "note": 13, "label": 14, "end-note": 13, "end-label": 14, "number-station": 15, "number-end": 15,
}  # fmt: skip
LINE: Final = 1.25
#: How wide a letter is beside its size, rather too much than too little.
_LETTER: Final = 0.5
_PADDING: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One line. ``anchor``: which end of it lies at ``x``, seen in the direction of reading (start, middle, end)."""

    x: float
    y: float
    words: str
    kind: str
    anchor: str = "start"
    mirrored_x: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "mirrored_x", WIDTH - self.x)


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """A circle."""

    x: float
    y: float
    radius: float
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """Lines, as SVG writes them."""

    d: str
    kind: str = "line"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The figures behind a picture: headings, and rows whose first cell is a heading, too."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagram:
    """A picture and the same in words. ``title`` says what it shows; ``words`` are pairs of a name and a sentence."""

    title: str
    description: str
    height: float
    boxes: tuple[Box, ...] = ()
    circles: tuple[Circle, ...] = ()
    paths: tuple[Path, ...] = ()
    texts: tuple[Text, ...] = ()
    words: tuple[tuple[str, str], ...] = ()
    table: Table | None = None
    width: int = WIDTH


def width_of(words: str, *, size: float) -> float:
    """About how wide a text is at this size of type."""
    letters = sum(
        0.0 if combining(letter) else 1.0 if east_asian_width(letter) in "WF" else _LETTER for letter in words
    )
    return letters * size


def wrapped(words: str, *, width: float, size: float) -> list[str]:
    """The text in lines of at most this width. What has no place to break is broken anywhere."""
    lines: list[str] = []
    line = ""
    for word in words.split():
        longer = f"{line} {word}".strip()
        if width_of(longer, size=size) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        line = word
        while width_of(line, size=size) > width and len(line) > 1:
            fits = max((end for end in range(1, len(line)) if width_of(line[:end], size=size) <= width), default=1)
            lines.append(line[:fits])
            line = line[fits:]
    return [*lines, line] if line else lines


class Sheet:
    """Shapes and texts as they are put down, from above."""

    #: Where two boxes beside one another begin, and how wide each is.
    LEFT, RIGHT, SIDE = 4, 192, 164

    def __init__(self) -> None:
        self.boxes: list[Box] = []
        self.texts: list[Text] = []

    def write(self, words: str, *, x: float, y: float, width: float, kind: str, anchor: str = "start") -> float:
        """Lines below one another, the first one's top at ``y``. Returns where they end."""
        size = SIZES[kind]
        lines = wrapped(words, width=width, size=size)
        for index, line in enumerate(lines):
            base = round(y + index * size * LINE + size * 0.95, 1)
            self.texts.append(Text(x=x, y=base, words=line, kind=kind, anchor=anchor))
        return y + size * LINE * len(lines)

    def box(self, *parts: tuple[str, str], x: float, y: float, width: float, kind: str) -> float:
        """A box around lines of text: ``parts`` are words and their kind. Returns the box's lower edge."""
        bottom = y + _PADDING
        for words, text_kind in parts:
            middle, inner = x + width / 2, width - 2 * _PADDING
            bottom = self.write(words, x=middle, y=bottom, width=inner, kind=text_kind, anchor="middle")
        height = round(bottom + _PADDING - y, 1)
        self.boxes.append(Box(x=x, y=y, width=width, height=height, kind=kind))
        return y + height

    def pair(self, left: Sequence[tuple[str, str]], right: Sequence[tuple[str, str]], *, y: float,
             kinds: tuple[str, str] = ("place", "place")) -> float:  # fmt: skip
        """Two boxes beside one another, equally high. Returns their lower edge."""
        self.box(*left, x=self.LEFT, y=y, width=self.SIDE, kind=kinds[0])
        self.box(*right, x=self.RIGHT, y=y, width=self.SIDE, kind=kinds[1])
        height = max(box.height for box in self.boxes[-2:])
        self.boxes[-2:] = [replace(box, height=height) for box in self.boxes[-2:]]
        return y + height


def arrow_down(*, x: float, start: float, end: float) -> Path:
    """A straight arrow from above."""
    return Path(d=f"M{x:g} {start:.1f}V{end - 1:.1f}m-5 -6 5 6 5 -6")


def arrow_aside(*, x: float, y: float, start: float) -> Path:
    """An arrow that comes down from ``start`` and turns back to ``x``."""
    return Path(d=f"M180 {start:.1f}V{y:.1f}H{x:g}m6 -5 -6 5 6 5")
