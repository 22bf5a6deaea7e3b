"""The head of a page: its title, large, with a picture and one action."""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from creditstore_content.blocks.base import WORDS, choice_block
from creditstore_content.blocks.links import OptionalLinkBlock
from creditstore_content.blocks.loading import ImageChooserBlock
from creditstore_content.blocks.pictures import PictureBlock, image_representation, newest_image

#: Grounds with the colours that are read on them; tests/site/test_tokens.py holds each pair to 4.5:1.
TONES: Final = {
    "paper": _("As the page"),
    "sunken": _("Sand"),
    "tint": _("Light green"),
    "band": _("Night blue"),
}


class HeroBlock(PictureBlock):
    """The page's own title as the first-level heading, its lead or another text, a picture, one action.

    It has no title of its own: the first-level heading and the page's title are always the same words.
    """

    text = blocks.TextBlock(
        label=_("Text"), required=False, max_length=300, rows=3, help_text=_("Empty: the page's lead.")
    )
    image = ImageChooserBlock(
        label=_("Picture"), required=False, help_text=_("It is cut around the focal point that the library holds.")
    )
    button = blocks.CharBlock(
        label=_("Text of the button"), required=False, max_length=60, help_text=_("It says what happens, verb first.")
    )
    link = OptionalLinkBlock(label=_("The button leads to"))
    tone = choice_block(label=_("Ground"), choices=list(TONES.items()), default="sunken")

    def clean(self, value: Any) -> Any:
        """A button says what happens and leads somewhere, or there is none."""
        cleaned = super().clean(value)
        leads = any(cleaned["link"].get(name) for name in ("page", "project", "store_page", "address"))
        if leads and not cleaned.get("button") and not self.is_deferred_validation:
            raise StructBlockValidationError({"button": ValidationError(_("Say what the button does."))})
        if cleaned.get("button") and not leads and not self.is_deferred_validation:
            missing = ValidationError(_("Choose where the button leads, or leave its text empty."))
            raise StructBlockValidationError({"button": missing})
        return cleaned

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """With the page's title and lead, which outside a page (in the editor's preview) are examples."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        page = context.get("page")
        context["is_head"] = page is not None
        context["title"] = page.title if page is not None else _("The title of the page")
        context["words"] = value.get("text") or (getattr(page, "lead", "") if page is not None else "")
        return context

    def get_preview_value(self) -> Any:
        """With the newest picture of the library."""
        return self.normalize(
            {
                "image": newest_image(),
                "alt": _("A picture from the library"),
                "text": _("Two or three sentences: what, where, why."),
                "button": _("See all projects"),
                "link": {"store_page": "store:catalogue"},
                "tone": "sunken",
            }
        )

    def get_api_representation(self, value: Any, context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Text (empty: the page's lead), picture, tone, and the action or null."""
        action = {"text": value["button"], "url": value["link"].url or None} if value["button"] else None
        return {
            "text": value["text"],
            "image": image_representation(value["image"], alt=value.alt_text),
            "tone": value["tone"],
            "action": action,
        }

    class Meta:
        icon = "thumbtack"
        group = WORDS
        label = _("Head of the page")
        description = _(
            "The page's title, large, with its lead, a picture and one button. At most one, as the first block."
        )
        template = "blocks/hero.html"
