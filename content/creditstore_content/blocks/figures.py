"""Blocks of things to look at: a picture, numbers, a list of facts."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images import get_image_model
from wagtail.images.blocks import ImageChooserBlock

from creditstore_content.blocks.base import StoreStructBlock

#: Widths that the picture is kept in; the browser takes the one it needs.
WIDTHS = (400, 800, 1200)


def image_representation(image: Any, *, alt: str) -> dict[str, Any] | None:
    """A picture for the content API: its largest web size with what it shows and whose it is. None for no picture."""
    if image is None:
        return None
    rendition = image.get_rendition(f"width-{WIDTHS[-1]}")
    return {
        "id": image.pk,
        "url": rendition.full_url,
        "width": rendition.width,
        "height": rendition.height,
        "alt": alt,
        "rights": image.rights,
    }


class FigureBlock(StoreStructBlock):
    """A picture with what it shows in words. The words are required: not every reader sees the picture."""

    image = ImageChooserBlock(label=_("Picture"))
    alt = blocks.CharBlock(
        label=_("What the picture shows"),
        max_length=250,
        help_text=_("In one sentence, for readers who do not see it. Not the caption again."),
    )
    caption = blocks.CharBlock(label=_("Caption"), max_length=250, required=False)

    def get_preview_value(self) -> Any:
        """The newest picture of the library, so that the preview shows one without a file of its own."""
        image = get_image_model().objects.order_by("-pk").first()
        return self.normalize({"image": image, "alt": _("A picture from the library"), "caption": _("Its caption")})

    def get_api_representation(self, value: Any, context: dict[str, Any] | None = None) -> dict[str, Any]:
        """The picture's address and size, and the caption."""
        return {"image": image_representation(value["image"], alt=value["alt"]), "caption": value["caption"]}

    class Meta:
        icon = "image"
        label = _("Picture")
        description = _("A picture with a caption. Say what it shows: this text is required.")
        template = "blocks/figure.html"


class NumberBlock(StoreStructBlock):
    """One number with what it counts."""

    value = blocks.CharBlock(label=_("Number"), max_length=20, help_text=_("As it is shown: 126,686"))
    label = blocks.CharBlock(label=_("What it counts, with the unit"), max_length=80)

    class Meta:
        icon = "order"
        label = _("Number")
        description = _("One number, large, with its unit.")
        template = "blocks/number.html"
        preview_value = {"value": "126,686", "label": _("tonnes verified")}


class NumbersBlock(StoreStructBlock):
    """Up to four numbers and where they come from."""

    numbers = blocks.ListBlock(NumberBlock(), label=_("Numbers"), min_num=1, max_num=4)
    source = blocks.CharBlock(label=_("Source"), max_length=200, help_text=_("Every number has a source."))

    class Meta:
        icon = "order"
        label = _("Numbers")
        description = _("One to four large numbers and their source.")
        template = "blocks/numbers.html"
        preview_value = {
            "numbers": [
                {"value": "126,686", "label": _("units issued")},
                {"value": "3", "label": _("monitoring periods")},
            ],
            "source": _("CDM registry"),
        }


class FactBlock(StoreStructBlock):
    """One row of facts."""

    label = blocks.CharBlock(label=_("What"), max_length=80)
    value = blocks.CharBlock(label=_("Value"), max_length=250)

    class Meta:
        icon = "list-ul"
        label = _("Fact")
        description = _("A name and its value.")
        template = "blocks/fact.html"
        preview_value = {"label": _("Host country"), "value": _("Malawi")}


class FactsBlock(StoreStructBlock):
    """A list of facts and where they come from."""

    caption = blocks.CharBlock(label=_("Caption"), max_length=120)
    facts = blocks.ListBlock(FactBlock(), label=_("Facts"), min_num=1, max_num=20)
    source = blocks.CharBlock(label=_("Source"), max_length=200)

    class Meta:
        icon = "table"
        label = _("Facts")
        description = _("Names and values in two columns, with their source.")
        template = "blocks/facts.html"
        preview_value = {
            "caption": _("The project in short"),
            "facts": [
                {"label": _("Host country"), "value": _("Malawi")},
                {"label": _("Methodology"), "value": "AMS-II.G."},
            ],
            "source": _("UNFCCC, CDM registry"),
        }
