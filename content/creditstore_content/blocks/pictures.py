"""Pictures: what they show in words, whose they are, and the figure that stands in a text."""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.images import get_image_model
from wagtail.images.models import SourceImageIOError

from creditstore_content.blocks.base import PICTURES, StoreStructBlock
from creditstore_content.blocks.loading import ImageChooserBlock

#: Widths that the picture is kept in; the browser takes the one it needs.
WIDTHS: Final = (400, 800, 1200)


def image_representation(image: Any, *, alt: str) -> dict[str, Any] | None:
    """A picture for the content API: its largest web size with what it shows and whose it is.

    None for no picture, and for one whose file has been lost.
    """
    if image is None:
        return None
    try:
        rendition = image.get_rendition(f"width-{WIDTHS[-1]}")
    except SourceImageIOError:
        return None
    return {
        "id": image.pk,
        "url": rendition.full_url,
        "width": rendition.width,
        "height": rendition.height,
        "alt": alt,
        "rights": image.rights,
    }


def newest_image() -> Any:
    """The newest picture of the library, so that a preview shows one without a file of its own."""
    return get_image_model().objects.order_by("-pk").first()


def nobodys(image: Any) -> ValidationError | None:
    """What to say of a picture of which nobody knows whose it is; None if it is known."""
    if image is None or image.rights.strip():
        return None
    return ValidationError(
        _("Nobody knows whose this picture is. Fill in “Rights” in the library, then choose it again.")
    )


class PictureValue(blocks.StructValue):  # type: ignore[misc]
    """A picture with its words."""

    @property
    def alt_text(self) -> str:
        """What stands for the picture where it is not seen; empty for one that says nothing."""
        return "" if self.get("decorative") else self.get("alt") or ""


class PictureBlock(StoreStructBlock):
    """A picture, what it shows in words or that it shows nothing to be told; whose it is stands in the library."""

    image = ImageChooserBlock(label=_("Picture"))
    alt = blocks.CharBlock(
        label=_("What the picture shows"),
        max_length=250,
        required=False,
        help_text=_("In one sentence, for readers who do not see it. Not the caption again."),
    )
    decorative = blocks.BooleanBlock(
        label=_("Only decoration"),
        required=False,
        help_text=_("Whoever does not see it misses nothing. Then no words are needed."),
    )

    def clean(self, value: Any) -> Any:
        """Words for every picture that is not mere decoration, and its rights; a draft may still lack the words."""
        cleaned = super().clean(value)
        wrong: dict[str, ValidationError] = {}
        image = cleaned.get("image")
        if image is not None and not self.is_deferred_validation:
            if not cleaned.alt_text and not cleaned.get("decorative"):
                wrong["alt"] = ValidationError(_("Say what the picture shows, or tick “Only decoration”."))
            unknown = nobodys(image)
            if unknown is not None:
                wrong["image"] = unknown
        if wrong:
            raise StructBlockValidationError(wrong)
        return cleaned

    class Meta:
        value_class = PictureValue


class FigureBlock(PictureBlock):
    """A picture with a caption and whose it is."""

    caption = blocks.CharBlock(label=_("Caption"), max_length=250, required=False)

    def get_preview_value(self) -> Any:
        """The newest picture of the library."""
        return self.normalize(
            {"image": newest_image(), "alt": _("A picture from the library"), "caption": _("Its caption")}
        )

    def get_api_representation(self, value: Any, context: dict[str, Any] | None = None) -> dict[str, Any]:
        """The picture's address and size, and the caption."""
        return {"image": image_representation(value["image"], alt=value.alt_text), "caption": value["caption"]}

    class Meta:
        icon = "image"
        group = PICTURES
        label = _("Picture")
        description = _("A picture with a caption. Say what it shows; whose it is comes from the library.")
        template = "blocks/figure.html"
