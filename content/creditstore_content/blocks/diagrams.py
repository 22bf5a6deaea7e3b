"""The block of the store's own explaining pictures."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language_bidi
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from creditstore_content.blocks.base import PICTURES, StoreStructBlock, choice_block
from creditstore_content.diagrams import diagram_choices, draw


class DiagramBlock(StoreStructBlock):
    """A picture that the store draws itself, with the same in words. Editors choose which."""

    kind = choice_block(label=_("Which picture"), choices=diagram_choices)
    note = blocks.CharBlock(label=_("Source"), max_length=200, help_text=_("What the picture rests on."))

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """With the picture in the reader's language."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        context["diagram"] = draw(value["kind"])
        context["mirrored"] = get_language_bidi()
        return context

    def get_api_representation(self, value: Any, context: dict[str, Any] | None = None) -> dict[str, Any]:
        """What the picture says: title, description, the same in words, its figures."""
        diagram = draw(value["kind"])
        if diagram is None:
            return {"kind": value["kind"], "source": value["note"]}
        return {
            "kind": value["kind"],
            "title": diagram.title,
            "description": diagram.description,
            "words": [{"name": name, "text": text} for name, text in diagram.words],
            "table": [list(diagram.table.headings), *map(list, diagram.table.rows)] if diagram.table else None,
            "source": value["note"],
        }

    class Meta:
        icon = "view"
        group = PICTURES
        label = _("Explaining picture")
        description = _("A picture that the store draws in the reader's language, with the same in words.")
        template = "blocks/diagram.html"
        preview_value = {"kind": "mechanism", "note": _("Decision 3/CMP.1")}
