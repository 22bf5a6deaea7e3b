"""What a reader finds on a page, taken from its HTML: links, places to link to, pictures."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass(frozen=True, slots=True)
class Link:
    """``address`` is ``None`` where the link has lost its target; ``text`` is what it says."""

    address: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """``alt`` is ``None`` where the picture has no such text at all."""

    address: str
    alt: str | None


@dataclass(slots=True)
class Markup:
    """Links and pictures of the main part, and the ids of the whole page."""

    links: list[Link] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)


def read_markup(html: str) -> Markup:
    """Read a page. The frame around ``<main>`` is the same everywhere and no page's own: its links do not count."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    return parser.found


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found = Markup()
        self._in_main = False
        self._link: str | None = None
        self._text: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if identifier := attributes.get("id"):
            self.found.ids.add(identifier)
        if tag == "main":
            self._in_main = True
        if not self._in_main:
            return
        if tag == "a":
            self._end_link()
            self._link, self._text = attributes.get("href"), []
        elif tag == "img":
            alt = (attributes["alt"] or "") if "alt" in attributes else None
            if attributes.get("role") not in {"presentation", "none"}:
                self.found.pictures.append(Picture(attributes.get("src") or "", alt))
            if self._text is not None and alt:
                self._text.append(alt)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._end_link()
        elif tag == "main":
            self._end_link()
            self._in_main = False

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def _end_link(self) -> None:
        if self._text is not None:
            self.found.links.append(Link(self._link, " ".join("".join(self._text).split())))
        self._link, self._text = None, None
