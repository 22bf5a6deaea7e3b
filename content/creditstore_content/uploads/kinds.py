"""The kinds of file that the library takes, and whether a file is of the kind that its name says."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from threading import Lock
from typing import IO, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, ImageFile, UnidentifiedImageError

_HEAD: Final = 4096
_CHUNK: Final = 1 << 20
_one_at_a_time = Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of file: what browsers are told of it, and how it is recognised by its content."""

    media_type: str
    recognises: Callable[[IO[bytes]], bool]


def _starts(*beginnings: bytes, at: int = 0) -> Callable[[IO[bytes]], bool]:
    def recognises(file: IO[bytes]) -> bool:
        return file.read(_HEAD)[at:].startswith(beginnings)

    return recognises


def _pdf(file: IO[bytes]) -> bool:
    # Readers take a PDF whose mark stands a little later, too.
    return b"%PDF-" in file.read(1024)


def _webm(file: IO[bytes]) -> bool:
    head = file.read(_HEAD)
    return head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head


def _text(file: IO[bytes]) -> bool:
    """UTF-8 without control characters of programs."""
    rest = b""
    while chunk := file.read(_CHUNK):
        if b"\0" in chunk:
            return False
        try:
            (rest + chunk).decode()
            rest = b""
        except UnicodeDecodeError as error:
            # A character may be cut in two at the end of a chunk, and nowhere else.
            rest = (rest + chunk)[error.start :]
            if len(rest) > 3:
                return False
    return not rest


def _webvtt(file: IO[bytes]) -> bool:
    head = file.read(16).removeprefix(b"\xef\xbb\xbf")
    file.seek(0)
    return head.startswith(b"WEBVTT") and _text(file)


def _archive(*members: str) -> Callable[[IO[bytes]], bool]:
    """A ZIP archive that holds these members, by which office files are told apart. Nothing is unpacked."""

    def recognises(file: IO[bytes]) -> bool:
        try:
            with zipfile.ZipFile(file) as archive:
                names = set(archive.namelist())
        except (zipfile.BadZipFile, NotImplementedError, ValueError):
            return False
        return all(member in names for member in members)

    return recognises


_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
_OPEN: Final = "application/vnd.oasis.opendocument."
_TYPES: Final = "[Content_Types].xml"

#: By the end of the name. Nothing that a browser would run: no SVG, no HTML.
DOCUMENTS: Final[Mapping[str, Kind]] = {
    "pdf": Kind(media_type="application/pdf", recognises=_pdf),
    "docx": Kind(media_type=f"{_OFFICE}wordprocessingml.document", recognises=_archive(_TYPES, "word/document.xml")),
    "xlsx": Kind(media_type=f"{_OFFICE}spreadsheetml.sheet", recognises=_archive(_TYPES, "xl/workbook.xml")),
    "pptx": Kind(
        media_type=f"{_OFFICE}presentationml.presentation", recognises=_archive(_TYPES, "ppt/presentation.xml")
    ),
    "odt": Kind(media_type=f"{_OPEN}text", recognises=_archive("mimetype", "content.xml")),
    "ods": Kind(media_type=f"{_OPEN}spreadsheet", recognises=_archive("mimetype", "content.xml")),
    "odp": Kind(media_type=f"{_OPEN}presentation", recognises=_archive("mimetype", "content.xml")),
    "zip": Kind(media_type="application/zip", recognises=_archive()),
    "csv": Kind(media_type="text/csv", recognises=_text),
    "txt": Kind(media_type="text/plain", recognises=_text),
    "vtt": Kind(media_type="text/vtt", recognises=_webvtt),
    "mp4": Kind(media_type="video/mp4", recognises=_starts(b"ftyp", at=4)),
    "webm": Kind(media_type="video/webm", recognises=_webm),
}


def check_document(*, name: str, file: IO[bytes]) -> None:
    """Whether a file is what its name says. The file is read from its beginning, and left there.

    Errors: ``ValidationError`` for a kind that is not taken, an empty file, or one that is something else.
    """
    extension = PurePosixPath(name).suffix.removeprefix(".").lower()
    kind = DOCUMENTS.get(extension)
    if kind is None:
        raise ValidationError(
            _("Files of this kind are not taken. Upload one of these: %(kinds)s."),
            params={"kinds": ", ".join(sorted(DOCUMENTS))},
        )
    file.seek(0)
    try:
        recognised = kind.recognises(file)
    finally:
        file.seek(0)
    if not recognised:
        raise ValidationError(
            _("This is no .%(kind)s file, whatever its name says. Save it anew from the program that made it."),
            params={"kind": extension},
        )


@contextmanager
def _strictly() -> Iterator[None]:
    """Take no picture for whole that is cut off: WeasyPrint, where it is loaded, lets Pillow be content with less."""
    with _one_at_a_time:
        before = ImageFile.LOAD_TRUNCATED_IMAGES
        ImageFile.LOAD_TRUNCATED_IMAGES = False
        try:
            yield
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = before


def check_picture(file: IO[bytes], *, most_pixels: int) -> None:
    """Whether a picture is whole, after its size has been read from its head: no more is unpacked than may be.

    What is no picture at all, or says that it is beyond all measure, is left to Wagtail, which has words for it.
    Errors: ``ValidationError`` for one that is too large, damaged or cut off.
    """
    file.seek(0)
    try:
        with Image.open(file) as picture:
            pixels = picture.width * picture.height * getattr(picture, "n_frames", 1)
            if pixels > most_pixels:
                raise ValidationError(
                    _("This picture has too many pixels (%(pixels)d). Make it smaller: %(most)d at most."),
                    params={"pixels": pixels, "most": most_pixels},
                )
            # A JPEG need not be drawn in full to be read to its end.
            picture.draft("RGB", (64, 64))
            with _strictly():
                picture.load()
    except (UnidentifiedImageError, Image.DecompressionBombError):
        return
    except (OSError, SyntaxError, ValueError, EOFError, struct.error) as error:
        raise ValidationError(
            _("This picture is damaged or not whole. Open it in a program for pictures, and save it anew.")
        ) from error
    finally:
        file.seek(0)
