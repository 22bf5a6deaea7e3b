"""Finding editors' pages by words, through Wagtail's index in PostgreSQL; what matched is marked.

What is typed is only ever a parameter of a query, and plain text in an answer: whoever shows it escapes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from wagtail.models import Page, Site
from wagtail.search.models import IndexEntry

from creditstore.catalogue.highlighting import title_parts
from creditstore.catalogue.results import TextPart
from creditstore.catalogue.words import Word, folded_words, words_in

#: As the search of projects cuts a question.
LONGEST: Final = 200
MOST_WORDS: Final = 12
MOST_PAGES: Final = 60
#: How much of a page stands below its title, in characters.
_EXCERPT: Final = 220
_BEFORE: Final = 60
#: A word is marked in another form of it, too: PostgreSQL finds "cancelled" by "cancel".
_SHORTEST_STEM: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class PageHit:
    """A page that was found. ``title_parts`` and ``excerpt`` are plain text in pieces."""

    title_parts: tuple[TextPart, ...]
    excerpt: tuple[TextPart, ...]
    url: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PagesOfKind:
    """The pages of one kind, best first."""

    kind: str
    hits: tuple[PageHit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPages:
    """What was found, in groups; ``total`` of all pages, of which ``MOST_PAGES`` are shown at most."""

    groups: tuple[PagesOfKind, ...]
    total: int


def cleaned(text: str) -> str:
    """The question as it is looked for: short enough, without characters that PostgreSQL refuses."""
    readable = "".join(letter if letter.isprintable() else " " for letter in text[:LONGEST])
    return " ".join(readable.encode("utf-8", "ignore").decode().split()[:MOST_WORDS])


def search_pages(*, text: str, site: Site | None) -> FoundPages:
    """The live, public pages of the site, in the reader's language, in which every word stands.

    Parameters: ``text`` as it was typed; ``site`` whose pages are meant, None for none.
    """
    question = cleaned(text)
    words = tuple(dict.fromkeys(folded_words(question)))
    if not words or site is None:
        return FoundPages(groups=(), total=0)
    home = site.root_page.localized
    pages = Page.objects.live().public().descendant_of(home, inclusive=True).filter(locale=home.locale_id)
    found = pages.search(question, operator="and")
    shown = list(found[:MOST_PAGES])
    texts = _texts(shown)
    groups: dict[str, list[PageHit]] = {}
    for page in shown:
        kind = str(getattr(page.specific_class, "kind_name", "") or page.page_type_display_name)
        hit = _hit(page, text=texts.get(page.pk, ""), words=words, kind=kind)
        if hit.url:
            groups.setdefault(kind, []).append(hit)
    return FoundPages(
        groups=tuple(PagesOfKind(kind=kind, hits=tuple(hits)) for kind, hits in groups.items()),
        total=found.count() if len(shown) == MOST_PAGES else sum(map(len, groups.values())),
    )


def _texts(pages: Sequence[Page]) -> dict[int, str]:
    """What the index holds of each page beside its title."""
    keys = [str(page.pk) for page in pages]
    kinds = {page.content_type_id for page in pages}
    entries = IndexEntry.objects.filter(object_id__in=keys, content_type__in=kinds)
    return {int(key): text for key, text in entries.values_list("object_id", "body_text")}


def _hit(page: Page, *, text: str, words: tuple[str, ...], kind: str) -> PageHit:
    return PageHit(
        title_parts=_marked(page.title, words),
        excerpt=_marked(_excerpt(text, words), words),
        url=page.url or "",
        kind=kind,
    )


def _marked(text: str, words: tuple[str, ...]) -> tuple[TextPart, ...]:
    return title_parts(text, words=words_in(text), marked=words, beginnings=_stems(words))


def _stems(words: tuple[str, ...]) -> tuple[str, ...]:
    """Beginnings that stand for other forms of the words."""
    return tuple(word[: max(_SHORTEST_STEM, len(word) - 2)] for word in words if len(word) >= _SHORTEST_STEM)


def _excerpt(text: str, words: tuple[str, ...]) -> str:
    """The text around the first match; its beginning where nothing in it matched."""
    text = " ".join(text.split())
    stems = _stems(words)
    first = next(
        (word for word in words_in(text) if word.folded in words or word.folded.startswith(stems or "\0")), None
    )
    start = _beginning(text, first)
    end = start + _EXCERPT
    cut = text[start:end]
    if end < len(text):
        cut = f"{cut.rpartition(' ')[0] or cut} …"
    return f"… {cut}" if start else cut


def _beginning(text: str, first: Word | None) -> int:
    """Where the excerpt begins: at a word, a little before the match."""
    if first is None or first.start <= _BEFORE:
        return 0
    return text.rfind(" ", 0, first.start - _BEFORE) + 1
