"""What a project is found by: the lexemes of its search row, written as PostgreSQL reads a ``tsvector``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from creditstore.catalogue.words import compounds, folded_words

#: What the source's abbreviations stand for, and other words for the same.
_SPELLED_OUT: Final = {
    "EE": "energy efficiency",
    "N2O": "nitrous oxide",
    "HFCs": "hydrofluorocarbons refrigerant",
    "PFCs": "perfluorocarbons",
    "SF6": "sulphur hexafluoride",
    "Hydro": "hydropower water power",
    "Solar": "photovoltaic pv",
    "solar": "photovoltaic pv",
    "Wind": "windpower",
    "wind": "windpower",
    "households": "cookstoves stoves lighting",
    "Reforestation": "forest forestry trees",
    "Afforestation": "forest forestry trees",
}
#: PostgreSQL counts positions in a text up to here.
_LAST_POSITION: Final = 16_383


def country_mark(code: str) -> str:
    """The lexeme of a host country."""
    return f"country:{code.lower()}"


def type_mark(project_type: str) -> str:
    """The lexeme of a type of project."""
    return f"type:{'-'.join(folded_words(project_type))}"


def ref_mark(ref: str) -> str:
    """The lexeme of a reference: a number, however many zeros stand before it."""
    return f"ref:{ref.lstrip('0') or '0'}"


@lru_cache(maxsize=1024)
def method_words(number: str) -> tuple[str, ...]:
    """A methodology as one word, its kind, and its family: ``amsiiiav``, ``ams``, ``amsiii`` for AMS-III.AV."""
    parts = folded_words(number)
    found = ["".join(parts[:count]) for count in range(len(parts), 0, -1)]
    kind = re.match(r"[a-z]+", parts[-1]) if parts else None
    if kind and kind.group() in ("am", "acm", "ams"):
        found.append(kind.group())
    return tuple(found)


def tsvector(
    *,
    ref: str,
    title: str,
    country_codes: Iterable[str],
    methodologies: Iterable[str],
    project_type: str,
    project_subtype: str,
    other_texts: Iterable[str],
) -> str:
    """The row's lexemes. Only words of the title have positions, so that phrases are found there and nowhere else."""
    places: dict[str, list[int]] = {}
    for position, word in enumerate(folded_words(title), start=1):
        places.setdefault(word, []).append(min(position, _LAST_POSITION))
    others = {word for _number, word in compounds(title)}
    spelled = [_SPELLED_OUT[word] for word in re.split(r"[\s&]+", project_type) if word in _SPELLED_OUT]
    for text in (project_type, project_subtype, *spelled, *other_texts):
        others.update(folded_words(text))
    for number in methodologies:
        others.update(method_words(number))
    others.update(map(country_mark, country_codes))
    others.update((ref, ref_mark(ref), type_mark(project_type)))
    written = [f"'{word}':{','.join(map(str, at[:200]))}" for word, at in places.items()]
    return " ".join([*written, *(f"'{word}'" for word in others if word not in places)])
