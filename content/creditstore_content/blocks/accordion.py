"""Questions whose answers open one by one, without JavaScript."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from creditstore_content.blocks.base import WORDS, StoreRichTextBlock, StoreStructBlock, public_html


class AccordionItemBlock(StoreStructBlock):
    """What can be opened."""

    title = blocks.CharBlock(label=_("Question or title"), max_length=150)
    text = StoreRichTextBlock(label=_("Text"), max_length=3_000)

    def get_api_representation(self, value: Any, context: dict[str, Any] | None = None) -> dict[str, str]:
        """Title, and the text as HTML."""
        return {"title": value["title"], "html": public_html(value["text"].source)}

    class Meta:
        icon = "plus-inverse"
        label = _("Part")
        description = _("A question or title, and what is read when it is opened.")
        template = "blocks/accordion_item.html"
        preview_value = {
            "title": _("Can I cancel less than one tonne?"),
            "text": "<p>No. A unit is one tonne, and units are not divided.</p>",
        }


class AccordionBlock(StoreStructBlock):
    """Parts that open one by one."""

    items = blocks.ListBlock(AccordionItemBlock(), label=_("Parts"), min_num=1, max_num=40)

    class Meta:
        icon = "collapse-down"
        group = WORDS
        label = _("Parts that open")
        description = _("Questions and answers, or details that not every reader needs. Each opens by itself.")
        template = "blocks/accordion.html"
        preview_value = {
            "items": [
                {
                    "title": _("Can I cancel less than one tonne?"),
                    "text": "<p>No. A unit is one tonne, and units are not divided.</p>",
                },
                {
                    "title": _("Can I sell the units later?"),
                    "text": "<p>No. What is cancelled stays cancelled.</p>",
                },
            ]
        }
