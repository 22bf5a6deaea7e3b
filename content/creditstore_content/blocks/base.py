"""What all blocks share."""

from __future__ import annotations

from typing import Any

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.rich_text import expand_db_html

#: Enough to write with; headings, pictures and calls to action are blocks of their own.
TEXT_FEATURES = ["bold", "italic", "ol", "ul", "link", "document-link"]
#: For short texts inside other blocks.
LINE_FEATURES = ["bold", "italic", "link"]

anchor_validator = RegexValidator(
    r"^[a-z][a-z0-9-]*$", _("Use small letters, digits and hyphens, beginning with a letter.")
)


def public_html(source: str) -> str:
    """Rich text as a reader gets it: links to pages and documents resolved. ``source`` is the stored form."""
    return str(expand_db_html(source))


class StoreStructBlock(blocks.StructBlock):  # type: ignore[misc]
    """A block of several values, previewed with the store's own style sheets."""

    class Meta:
        preview_template = "blocks/preview.html"


def anchor_block() -> Any:
    """A name by which links reach the heading."""
    return blocks.CharBlock(
        label=_("Anchor"),
        required=False,
        max_length=40,
        validators=[anchor_validator],
        help_text=_("Lets a link lead to this place, for example “measure” for …/#measure."),
    )
