"""Blocks of words: heading, text, quotation, callout, steps."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from creditstore_content.blocks.base import LINE_FEATURES, TEXT_FEATURES, StoreStructBlock, anchor_block, public_html


class HeadingBlock(StoreStructBlock):
    """A heading below the page's own; the page's title stays the only first-level heading."""

    text = blocks.CharBlock(label=_("Text"), max_length=120)
    level = blocks.ChoiceBlock(
        label=_("Level"), choices=[("2", _("Section")), ("3", _("Part of a section"))], default="2"
    )
    anchor = anchor_block()

    class Meta:
        icon = "title"
        label = _("Heading")
        description = _("Begins a section, or a part of one. It can carry an anchor for links.")
        template = "blocks/heading.html"
        preview_value = {"text": _("What a credit does not do"), "level": "2", "anchor": "limits"}


class TextBlock(blocks.RichTextBlock):  # type: ignore[misc]
    """Paragraphs and lists with links; no headings, pictures or embeds inside."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"features": TEXT_FEATURES, **kwargs})

    def get_api_representation(self, value: Any, context: dict[str, Any] | None = None) -> str:
        """HTML with links resolved."""
        return public_html(value.source)

    class Meta:
        icon = "pilcrow"
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

    kind = blocks.ChoiceBlock(
        label=_("Kind"), choices=[("info", _("Good to know")), ("caution", _("Take care"))], default="info"
    )
    title = blocks.CharBlock(label=_("Title"), max_length=100)
    text = blocks.RichTextBlock(label=_("Text"), features=LINE_FEATURES)

    def get_api_representation(self, value: Any, context: dict[str, Any] | None = None) -> dict[str, str]:
        """Kind, title, and the text as HTML."""
        return {"kind": value["kind"], "title": value["title"], "html": public_html(value["text"].source)}

    class Meta:
        icon = "warning"
        label = _("Callout")
        description = _("One thing that must not be missed, in a box. At most one or two on a page.")
        template = "blocks/callout.html"
        preview_value = {
            "kind": "caution",
            "title": _("No corresponding adjustment"),
            "text": "<p>The host country may still count the reduction towards its own target.</p>",
        }


class StepBlock(StoreStructBlock):
    """One step of several."""

    title = blocks.CharBlock(label=_("Title"), max_length=80)
    text = blocks.TextBlock(label=_("Text"), max_length=300, rows=2)

    class Meta:
        icon = "tick"
        label = _("Step")
        description = _("What happens in one step. Verbs first.")
        template = "blocks/step.html"
        preview_value = {
            "title": _("Choose a project"),
            "text": _("Look at what it does, where, and what has been verified."),
        }


class StepsBlock(StoreStructBlock):
    """Steps in their order."""

    steps = blocks.ListBlock(StepBlock(), label=_("Steps"), min_num=2, max_num=8)

    class Meta:
        icon = "list-ol"
        label = _("Steps")
        description = _("Numbered steps, two to eight.")
        template = "blocks/steps.html"
        preview_value = {
            "steps": [
                {"title": _("Choose a project"), "text": _("Compare facts, vintages and prices.")},
                {"title": _("Order and pay"), "text": _("Say for whom and why. The units are held for you.")},
            ]
        }
