"""Film that nobody else hears of: from the store's own library, or as a plain link to another site."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.list_block import ListBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError

from creditstore_content.blocks.base import PICTURES, StoreRichTextBlock, StoreStructBlock, choice_block, public_html
from creditstore_content.blocks.files import (
    extension_of,
    file_representation,
    language_choices,
    language_of,
    newest_document,
)
from creditstore_content.blocks.loading import DocumentChooserBlock, ImageChooserBlock
from creditstore_content.blocks.pictures import image_representation, newest_image, nobodys

#: What browsers play by themselves, and the form of captions that they show.
FILM: Final = ("mp4", "webm")
CAPTIONS: Final = "vtt"


class CaptionsBlock(StoreStructBlock):
    """What is said in a film, in one language."""

    document = DocumentChooserBlock(label=_("Captions (.vtt)"))
    language = choice_block(label=_("Language"), choices=language_choices, default="en")

    def clean(self, value: Any) -> Any:
        """Captions are WebVTT."""
        cleaned = super().clean(value)
        document = cleaned.get("document")
        if document is not None and extension_of(document) != CAPTIONS:
            wrong = ValidationError(_("Choose a file of captions in the form WebVTT; its name ends in .vtt."))
            raise StructBlockValidationError({"document": wrong})
        return cleaned

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """With the file, or None when it is gone."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        context["file"] = file_representation(value["document"]) if value.get("document") else None
        context["language"] = language_of(value.get("language") or "")
        return context

    def get_preview_value(self) -> Any:
        """The newest file of the library, if there is one."""
        return self.normalize({"document": newest_document(), "language": "en"})

    def get_api_representation(self, value: Any, context: dict[str, Any] | None = None) -> dict[str, Any]:
        """The file (null when it is gone) and its language."""
        document = value.get("document")
        return {
            "file": file_representation(document) if document else None,
            "language": language_of(value.get("language") or ""),
        }

    class Meta:
        icon = "openquote"
        label = _("Captions")
        description = _("What is said and heard, for readers who cannot hear it.")
        template = "blocks/captions.html"


class VideoBlock(StoreStructBlock):
    """A film from the store's own library, or a plain link to one elsewhere: nothing is loaded from another site."""

    title = blocks.CharBlock(label=_("Title"), max_length=150)
    file = DocumentChooserBlock(label=_("Film"), required=False, help_text=_("A file of the library: .mp4 or .webm."))
    poster = ImageChooserBlock(
        label=_("Still picture"), required=False, help_text=_("Shown until the film plays. Required with a film.")
    )
    captions = blocks.ListBlock(CaptionsBlock(), label=_("Captions"), default=[], max_num=20, required=False)
    transcript = StoreRichTextBlock(
        label=_("Transcript"),
        required=False,
        max_length=30_000,
        help_text=_("What is said and what is seen. A film needs captions or a transcript; best, both."),
    )
    rights = blocks.CharBlock(label=_("Whose it is"), max_length=200, help_text=_("Who made it, and the licence."))
    address = blocks.URLBlock(
        label=_("Or a film on another site"),
        required=False,
        max_length=300,
        validators=[URLValidator(schemes=["https"])],
        help_text=_("Shown as a link that names the site. Nothing of that site is loaded here."),
    )

    def clean(self, value: Any) -> Any:
        """One film; of our own with a still picture and with words for those who cannot hear it."""
        cleaned = super().clean(value)
        wrong: dict[str, ValidationError] = {}
        film, address, poster = cleaned.get("file"), cleaned.get("address"), cleaned.get("poster")
        if film is not None and address:
            wrong["address"] = ValidationError(_("Choose a film of the library or one on another site, not both."))
        if film is not None and extension_of(film) not in FILM:
            wrong["file"] = ValidationError(_("Browsers play .mp4 and .webm. Convert the film, then upload it again."))
        languages = [captions.get("language") for captions in cleaned["captions"]]
        twice = {
            number: StructBlockValidationError({"language": ValidationError(_("These captions are there already."))})
            for number, code in enumerate(languages)
            if code in languages[:number]
        }
        if twice:
            wrong["captions"] = ListBlockValidationError(block_errors=twice)
        if not self.is_deferred_validation:
            if film is None and not address:
                wrong.setdefault("file", ValidationError(_("Choose a film, or give the address of one.")))
            if film is not None and poster is None:
                wrong["poster"] = ValidationError(_("Choose a still picture. It is shown until the film plays."))
            unknown = nobodys(poster)
            if unknown is not None:
                wrong["poster"] = unknown
            if film is not None and not languages and not strip_tags(cleaned["transcript"].source).strip():
                wrong["transcript"] = ValidationError(_("Add captions or a transcript: not everybody hears the film."))
        if wrong:
            raise StructBlockValidationError(wrong)
        return cleaned

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """With the film, its captions, and the name of the site that a link leads to."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        context["film"] = film_of(value)
        context["captions"] = captions_of(value)
        context["host"] = urlsplit(value.get("address") or "").hostname or ""
        return context

    def get_preview_value(self) -> Any:
        """A link: the library may hold no film."""
        return self.normalize(
            {
                "title": _("How a stove is built"),
                "file": None,
                "poster": newest_image(),
                "captions": [],
                "transcript": "<p>A woman forms clay around a mould.</p>",
                "rights": _("Example"),
                "address": "https://example.org/film",
            }
        )

    def get_api_representation(self, value: Any, context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Title, film (null when it is elsewhere or gone), poster, captions, transcript as HTML, rights, address."""
        return {
            "title": value["title"],
            "file": film_of(value),
            "poster": image_representation(value["poster"], alt=""),
            "captions": captions_of(value),
            "transcript": public_html(value["transcript"].source),
            "rights": value["rights"],
            "url": value["address"] or None,
        }

    class Meta:
        icon = "media"
        group = PICTURES
        label = _("Film")
        description = _(
            "A film of the library with captions, or a link to one elsewhere. No other site learns of readers."
        )
        template = "blocks/video.html"


def film_of(value: Any) -> dict[str, Any] | None:
    """The film of the library, if it is there."""
    document = value.get("file")
    return file_representation(document) if document is not None else None


def captions_of(value: Any) -> list[dict[str, Any]]:
    """Address and language of every file of captions that is there."""
    return [
        {"url": captions["document"].url, "language": language_of(captions.get("language") or "")}
        for captions in value.get("captions") or ()
        if captions.get("document") is not None
    ]
