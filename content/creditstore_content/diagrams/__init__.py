"""The store's own explaining pictures, drawn by the server from the texts of the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from creditstore_content.diagrams.accounts import accounts
from creditstore_content.diagrams.mechanism import mechanism
from creditstore_content.diagrams.scene import Diagram
from creditstore_content.diagrams.two_books import two_books
from creditstore_content.diagrams.vintages import vintages

#: What editors can choose, by the name that a block keeps.
DIAGRAMS: Final[dict[str, tuple[str | Promise, Callable[[], Diagram]]]] = {
    "mechanism": (_("How the mechanism works"), mechanism),
    "accounts": (_("Where a unit can lie"), accounts),
    "vintages": (_("Units by vintage"), vintages),
    "two-books": (_("Registry and host country"), two_books),
}


def diagram_choices() -> list[tuple[str, str | Promise]]:
    """The pictures there are. A callable, so that a new one needs no migration."""
    return [(kind, label) for kind, (label, _draw) in DIAGRAMS.items()]


def draw(kind: str) -> Diagram | None:
    """The picture in the language at hand; None for one that this version of the store does not know."""
    entry = DIAGRAMS.get(kind)
    return entry[1]() if entry else None
