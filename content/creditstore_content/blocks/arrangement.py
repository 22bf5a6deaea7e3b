"""How the blocks of a page may stand together: headings in order, one head, names of places that are there once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.blocks.struct_block import StructBlockValidationError

#: Names of places that the pages' own frame has; see the test that reads the templates.
FRAME_ANCHORS: Final = frozenset(
    {
        *("main", "header-q", "contents", "sources", "similar", "feature-facts", "feature-notice"),
        *("campaigns", "project", "versions", "changes"),
    }
)


def misplaced(children: Iterable[Any]) -> dict[int, ValidationError]:
    """What is wrong with the place of a block, by its number in the stream; told at the field that can mend it.

    Parameters: ``children``, the stream's blocks in their order. Above them stands the page's title, the only heading
    of the first level.
    """
    found: dict[int, ValidationError] = {}
    level, anchors = 1, set(FRAME_ANCHORS)
    for number, child in enumerate(children):
        fields: dict[str, ValidationError] = {}
        whole: list[ValidationError] = []
        if child.block_type == "hero" and number:
            whole.append(
                ValidationError(_("The head of the page stands first, and only once. Move or remove this one."))
            )
        for own in _heading_levels(child):
            if own > level + 1:
                _tell_level(child, fields, whole)
            level = own
        anchor = child.value.get("anchor") if child.block_type == "heading" else None
        if anchor and anchor in anchors:
            fields["anchor"] = ValidationError(_("This page has a place of this name already. Choose another one."))
        anchors |= {anchor} if anchor else set()
        if fields or whole:
            found[number] = StructBlockValidationError(block_errors=fields, non_block_errors=whole)
    return found


def _heading_levels(child: Any) -> Iterable[int]:
    levels = getattr(child.block, "heading_levels", None)
    return levels(child.value) if levels is not None else ()


def _tell_level(child: Any, fields: dict[str, ValidationError], whole: list[ValidationError]) -> None:
    if child.block_type == "heading":
        fields["level"] = ValidationError(_("A part needs a section above it. Choose “Section”, or add one above."))
    else:
        whole.append(ValidationError(_("These titles belong into a section. Add a heading above.")))
