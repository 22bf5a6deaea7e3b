"""Wagtail's forms for uploads, with a look at what was uploaded (the settings name them)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.forms import BaseImageForm

from creditstore_content.uploads.kinds import check_document, check_picture


class DocumentForm(BaseDocumentForm):  # type: ignore[misc]
    """Takes a file that is what its name says."""

    def clean_file(self) -> Any:
        """Only what has just been uploaded: a file of the library was looked at when it came."""
        file = self.cleaned_data["file"]
        if isinstance(file, UploadedFile):
            check_document(name=file.name or "", file=file)
        return file


class ImageForm(BaseImageForm):  # type: ignore[misc]
    """Takes a picture that can be drawn to its end.

    Wagtail's own field unpacks a picture before it counts the pixels, and stumbles over one that is cut off; so this is
    looked at first.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Wagtail also makes forms for the words alone.
        if "file" in self.fields:
            field = self.fields["file"]
            wagtails = field.to_python

            def to_python(data: Any) -> Any:
                if isinstance(data, UploadedFile):
                    check_picture(data, most_pixels=settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS)
                return wagtails(data)

            field.to_python = to_python
