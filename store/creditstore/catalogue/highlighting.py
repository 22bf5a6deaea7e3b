"""Marking in a title what a question looked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from creditstore.catalogue.results import TextPart
from creditstore.catalogue.words import Word


def title_parts(
    title: str, *, words: Iterable[Word], marked: Collection[str], beginnings: tuple[str, ...] = ()
) -> tuple[TextPart, ...]:
    """The title in pieces of plain text; matched are marked words (folded), and words that begin so.

    Parameters: ``words``, those of the title, as ``words_in`` finds them.
    """
    parts: list[TextPart] = []
    done = 0
    for word in words if marked or beginnings else ():
        if word.folded in marked or word.folded.startswith(beginnings or ("\0",)):
            if word.start > done:
                parts.append(TextPart(title[done : word.start], False))
            parts.append(TextPart(title[word.start : word.end], True))
            done = word.end
    if done < len(title):
        parts.append(TextPart(title[done:], False))
    return tuple(parts)
