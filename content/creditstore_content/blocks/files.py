"""Files of the library, and the block that offers them."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from django.conf.locale import LANG_INFO
from django.template.defaultfilters import filesizeformat
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents import get_document_model

from creditstore_content.blocks.base import PICTURES, StoreStructBlock, choice_block
from creditstore_content.blocks.loading import DocumentChooserBlock
from creditstore_content.blocks.words import language


def language_choices() -> list[tuple[str, str]]:
    """Languages by their names in the editor's language."""
    found = [(code, str(get_language_info(code)["name_translated"])) for code in LANG_INFO if "name" in LANG_INFO[code]]
    return sorted(found, key=lambda pair: pair[1].casefold())


def language_of(code: str) -> dict[str, str]:
    """Code and name in the reader's language; of the page at hand when none is given."""
    known = code if code in LANG_INFO else language()
    return {"code": known, "name": str(get_language_info(known)["name_translated"])}


def extension_of(document: Any) -> str:
    """``pdf``, in small letters; empty for a name without one."""
    return PurePosixPath(document.filename).suffix.removeprefix(".").lower()


def file_representation(document: Any) -> dict[str, Any]:
    """A document for the content API and for templates: address, type and size in bytes."""
    return {
        "id": document.pk,
        "url": document.url,
        "filename": document.filename,
        "type": extension_of(document).upper(),
        "media_type": document.content_type,
        "bytes": document.get_file_size(),
    }


class DownloadBlock(StoreStructBlock):
    """One file of the library. When it is gone, the page says so."""

    document = DocumentChooserBlock(label=_("File"))
    title = blocks.CharBlock(
        label=_("Title"), required=False, max_length=150, help_text=_("Empty: the title that the library holds.")
    )
    language = choice_block(
        label=_("Language of the file"), choices=language_choices, required=False, help_text=_("Empty: the page's own.")
    )

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """With what is said of the file, or None when it is gone."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        context["file"] = download(value)
        return context

    def get_api_representation(self, value: Any, context: dict[str, Any] | None = None) -> dict[str, Any]:
        """The file; null when it is gone."""
        return {"file": download(value)}

    def get_preview_value(self) -> Any:
        """The newest file of the library, if there is one."""
        return self.normalize({"document": newest_document(), "title": "", "language": ""})

    class Meta:
        icon = "download"
        label = _("File")
        description = _("A file with its type, size and language.")
        template = "blocks/download.html"


class DownloadsBlock(StoreStructBlock):
    """Files to take away."""

    caption = blocks.CharBlock(label=_("Caption"), required=False, max_length=120)
    files = blocks.ListBlock(DownloadBlock(), label=_("Files"), min_num=1, max_num=20)

    def get_preview_value(self) -> Any:
        """With the newest file of the library."""
        newest = {"document": newest_document(), "title": "", "language": ""}
        return self.normalize({"caption": _("To read further"), "files": [newest]})

    class Meta:
        icon = "download"
        group = PICTURES
        label = _("Downloads")
        description = _("Files of the library, each with its type, size and language.")
        template = "blocks/downloads.html"


def download(value: Any) -> dict[str, Any] | None:
    """What a page says of a file: title, address, type, size in bytes and in words, language. None when it is gone."""
    document = value.get("document")
    if document is None:
        return None
    shown = file_representation(document)
    return {
        **shown,
        "title": value.get("title") or document.title,
        "size": filesizeformat(shown["bytes"]) if shown["bytes"] is not None else gettext("size unknown"),
        "language": language_of(value.get("language") or ""),
    }


def newest_document() -> Any:
    """The newest file of the library, for previews; None if there is none."""
    return get_document_model().objects.order_by("-pk").first()
