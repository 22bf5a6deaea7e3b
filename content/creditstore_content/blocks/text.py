"""Blocks of words: heading, text, quotation, callout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from creditstore_content.blocks.base import (
    WORDS,
    StoreRichTextBlock,
    StoreStructBlock,
    anchor_block,
    choice_block,
    line_block,
    public_html,
)


class HeadingBlock(StoreStructBlock):
    """A heading below the page's own; the page's title stays the only first-level heading."""

    text = blocks.CharBlock(label=_("Text"), max_length=120)
    level = choice_block(label=_("Level"), choices=[("2", _("Section")), ("3", _("Part of a section"))], default="2")
    anchor = anchor_block()

    def heading_levels(self, value: Any) -> Sequence[int]:
        """Its own."""
        return (3 if value.get("level") == "3" else 2,)

    class Meta:
        icon = "title"
        group = WORDS
        label = _("Heading")
        description = _("Begins a section, or a part of one. It can carry an anchor for links.")
        template = "blocks/heading.html"
        preview_value = {"text": _("What a credit does not do"), "level": "2", "anchor": "limits"}


class TextBlock(StoreRichTextBlock):
    """Paragraphs and lists with links; no headings, pictures or embeds inside."""

    class Meta:
        icon = "pilcrow"
        group = WORDS
        label = _("Text")
        description = _("Paragraphs and lists, with bold, italic and links.")
        template = "blocks/text.html"
        preview_template = "blocks/preview.html"
        preview_value = (
            "<p>One certified emission reduction stands for <b>one tonne</b> of carbon dioxide equivalent.</p>"
        )


class QuoteBlock(StoreStructBlock):
    """Someone's own words and whose they are."""

    text = blocks.TextBlock(label=_("Words"), max_length=600, rows=3)
    person = blocks.CharBlock(label=_("Whose"), max_length=120)
    role = blocks.CharBlock(label=_("Role or source"), max_length=160, required=False)

    class Meta:
        icon = "openquote"
        group = WORDS
        label = _("Quotation")
        description = _("A short quotation; it always says whose words they are.")
        template = "blocks/quote.html"
        preview_value = {
            "text": _("We measure first. What we cannot avoid this year, we report apart."),
            "person": _("A buyer"),
            "role": _("Example"),
        }


class CalloutBlock(StoreStructBlock):
    """Something a reader must not miss."""

    kind = choice_block(
        label=_("Kind"), choices=[("info", _("Good to know")), ("caution", _("Take care"))], default="info"
    )
    title = blocks.CharBlock(label=_("Title"), max_length=100)
    text = line_block(label=_("Text"))

    def get_api_representation(self, value: Any, context: dict[str, Any] | None = None) -> dict[str, str]:
        """Kind, title, and the text as HTML."""
        return {"kind": value["kind"], "title": value["title"], "html": public_html(value["text"].source)}

    class Meta:
        icon = "warning"
        group = WORDS
        label = _("Callout")
        description = _("One thing that must not be missed, in a box. At most one or two on a page.")
        template = "blocks/callout.html"
        preview_value = {
            "kind": "caution",
            "title": _("No corresponding adjustment"),
            "text": "<p>The host country may still count the reduction towards its own target.</p>",
        }
