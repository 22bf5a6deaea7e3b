"""Links in a list, each with its own words."""

from __future__ import annotations

from typing import Any

from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from creditstore_content.blocks.base import StoreStructBlock


class NamedLinkBlock(StoreStructBlock):
    """A page about someone on another site."""

    text = blocks.CharBlock(label=_("Text"), max_length=80, help_text=_("Where it leads: “Website”, “Annual report”."))
    address = blocks.URLBlock(label=_("Address"), max_length=300, validators=[URLValidator(schemes=["https"])])

    def get_api_representation(self, value: Any, context: dict[str, Any] | None = None) -> dict[str, str]:
        """Text and address."""
        return {"text": value["text"], "address": value["address"]}

    class Meta:
        icon = "link"
        label = _("Link to another site")
        description = _("One page about the person or organisation, elsewhere.")
        template = "blocks/named_link.html"
        preview_value = {"text": _("Website"), "address": "https://www.example.org/"}


class NamedLinksBlock(blocks.StreamBlock):  # type: ignore[misc]
    """Up to eight of them."""

    link = NamedLinkBlock()

    class Meta:
        max_num = 8
        required = False
