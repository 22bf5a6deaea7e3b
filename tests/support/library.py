"""Pictures and files in the editors' library."""

from __future__ import annotations

import io
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from PIL import Image
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

#: The beginning of an MP4 file, which is enough to be taken for one.
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + bytes(200)
VTT = b"WEBVTT\n\n00:00.000 --> 00:02.000\nShe forms clay around a mould.\n"
PDF = b"%PDF-1.7\n%%EOF\n"


def make_image(*, title: str = "Stove", rights: str = "Own work", size: tuple[int, int] = (1600, 1200)) -> Any:
    """A picture of one colour."""
    content = io.BytesIO()
    Image.new("RGB", size, (90, 130, 120)).save(content, "PNG")
    return get_image_model().objects.create(title=title, rights=rights, file=ImageFile(content, name="stove.png"))


def make_document(name: str = "report.pdf", *, content: bytes = PDF, title: str = "Report") -> Any:
    """A file."""
    document = get_document_model()(title=title, file=ContentFile(content, name=name))
    document._set_document_file_metadata()
    document.save()
    return document
