"""Marking in a title what a question looked for."""

from __future__ import annotations

from collections.abc import Collection

from creditstore.catalogue.results import TextPart
from creditstore.catalogue.words import words_in


def title_parts(title: str, *, words: Collection[str], beginnings: tuple[str, ...] = ()) -> tuple[TextPart, ...]:
    """The title in pieces of plain text; matched are these words (folded), and words that begin so."""
    parts: list[TextPart] = []
    done = 0
    for word in words_in(title) if words or beginnings else ():
        if word.folded in words or word.folded.startswith(beginnings or ("\0",)):
            if word.start > done:
                parts.append(TextPart(title[done : word.start], False))
            parts.append(TextPart(title[word.start : word.end], True))
            done = word.end
    if done < len(title):
        parts.append(TextPart(title[done:], False))
    return tuple(parts)
