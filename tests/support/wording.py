"""How the first texts are written: what none of them says, and how it is spelled."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

#: Claims, guilt, loudness; and to retire what is cancelled.
_NEVER = re.compile(
    r"carbon.neutral|climate.neutral|\bplanet\b|\bgreen(er)?\b|eco.friendly|sustainab\w+ choice|!|\bguilt|\bshame"
    r"|retire (your|the) (unit|credit|CER)",
    re.IGNORECASE,
)
#: American where British spelling is the store's.
_AMERICAN = re.compile(
    r"\b(\w+(ization|ize[sd]?|izing)|colors?|favors?|labor|centers?|fulfill|analyze\w*|catalog|gray|judgment)\b",
    re.IGNORECASE,
)
#: Names that keep their owners' spelling.
_NAMES = re.compile(r"International Organization for Standardization|organization level", re.IGNORECASE)
LONGEST_SENTENCE = 36


def plain(markup: str) -> str:
    """The words of HTML, with the ends of paragraphs and items as ends of sentences."""
    return html.unescape(re.sub(r"<[^>]*>", " ", re.sub(r"</(p|li)>", ". ", markup)))


def complaints(text: str) -> list[str]:
    """What is wrong with the wording of a plain text; nothing if it is as it should be."""
    found = [match.group() for match in _NEVER.finditer(text)]
    found += [match.group() for match in _AMERICAN.finditer(_NAMES.sub("", text)) if match.group().lower() != "size"]
    return found


def long_sentences(text: str) -> Iterator[str]:
    """Sentences of a plain text that nobody can read aloud in one breath."""
    for sentence in re.split(r"(?<=[.?:;])\s+", text):
        if len(sentence.split()) > LONGEST_SENTENCE:
            yield sentence
