"""What all blocks share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.rich_text import expand_db_html

#: Enough to write with; headings, pictures and calls to action are blocks of their own.
TEXT_FEATURES = ["bold", "italic", "ol", "ul", "link", "document-link"]
#: For short texts inside other blocks.
LINE_FEATURES = ["bold", "italic", "link"]

#: The most that a text may hold, in characters without markup.
TEXT_LENGTH: Final = 10_000
LINE_LENGTH: Final = 600

#: The groups of the window in which editors choose a block.
WORDS: Final = _("Words")
PICTURES: Final = _("Pictures, film and files")
NUMBERS: Final = _("Numbers and tables")
STORE: Final = _("The store")

anchor_validator = RegexValidator(
    r"^[a-z][a-z0-9-]*$", _("Use small letters, digits and hyphens, beginning with a letter.")
)


def public_html(source: str) -> str:
    """Rich text as a reader gets it: links to pages and documents resolved. ``source`` is the stored form."""
    return str(expand_db_html(source))


class StoreStructBlock(blocks.StructBlock):  # type: ignore[misc]
    """A block of several values, previewed with the store's own style sheets."""

    def heading_levels(self, value: Any) -> Sequence[int]:
        """The levels of the headings that the block brings onto the page, in their order."""
        return ()

    class Meta:
        preview_template = "blocks/preview.html"


class StoreRichTextBlock(blocks.RichTextBlock):  # type: ignore[misc]
    """Rich text that says what it may hold, at most ``TEXT_LENGTH`` characters unless told otherwise."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"features": TEXT_FEATURES, "max_length": TEXT_LENGTH, **kwargs})

    def get_api_representation(self, value: Any, context: dict[str, Any] | None = None) -> str:
        """HTML with links resolved."""
        return public_html(value.source)


def line_block(**kwargs: Any) -> StoreRichTextBlock:
    """A short text inside another block."""
    return StoreRichTextBlock(**{"features": LINE_FEATURES, "max_length": LINE_LENGTH, **kwargs})


def choice_block(**options: Any) -> Any:
    """A choice among a few. What it is called is no text of the page: nobody finds a page by it."""
    return blocks.ChoiceBlock(search_index=False, **options)


def anchor_block() -> Any:
    """A name by which links reach the heading."""
    return blocks.CharBlock(
        label=_("Anchor"),
        required=False,
        max_length=40,
        validators=[anchor_validator],
        search_index=False,
        help_text=_("Lets a link lead to this place, for example “measure” for …/#measure."),
    )
