"""What staff upload is what it says, and can harm nobody; film comes in parts."""

from __future__ import annotations

import contextlib
import io
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Collection, CollectionViewRestriction

from creditstore_content.uploads.kinds import DOCUMENTS, check_document
from creditstore_content.uploads.ranges import MOST, asked_part, part_response
from support.library import MP4, PDF, VTT, make_document

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def archive(*names: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return content.getvalue()


def picture(kind: str = "PNG", size: tuple[int, int] = (64, 64)) -> bytes:
    content = io.BytesIO()
    Image.effect_noise(size, 80).convert("RGB").save(content, kind)
    return content.getvalue()


def bomb(side: int = 40_000) -> bytes:
    """A PNG of few bytes that says it is ``side`` pixels wide and high."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(side // 8 + 1) * 64)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


GOOD = {
    "pdf": PDF,
    "docx": archive("[Content_Types].xml", "word/document.xml"),
    "xlsx": archive("[Content_Types].xml", "xl/workbook.xml"),
    "pptx": archive("[Content_Types].xml", "ppt/presentation.xml"),
    "odt": archive("mimetype", "content.xml"),
    "ods": archive("mimetype", "content.xml"),
    "odp": archive("mimetype", "content.xml"),
    "zip": archive("a.csv"),
    "csv": "Größe,Wert\n".encode(),
    "txt": b"\xef\xbb\xbfWords.\n",
    "vtt": VTT,
    "mp4": MP4,
    "webm": b"\x1a\x45\xdf\xa3" + bytes(20) + b"webm" + bytes(20),
}


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_each_kind_is_taken_for_what_it_is(kind: str) -> None:
    file = io.BytesIO(GOOD[kind])
    check_document(name=f"a.{kind.upper()}", file=file)
    assert file.tell() == 0


@pytest.mark.parametrize("kind", DOCUMENTS)
@pytest.mark.parametrize(
    "content", [b"MZ\x90\x00\x03", b"\x00" * 300, SVG + b"\xff\xfe"], ids=["program", "nothing", "svg"]
)
def test_a_program_is_nothing_that_is_taken(kind: str, content: bytes) -> None:
    with pytest.raises(ValidationError, match="whatever its name says"):
        check_document(name=f"report.{kind}", file=io.BytesIO(content))


@pytest.mark.parametrize("name", ["a.svg", "a.html", "a.exe", "a.js", "a", ".pdf", "a.pdf.html", "a.pdf "])
def test_other_kinds_are_not_taken(name: str) -> None:
    with pytest.raises(ValidationError, match="Files of this kind are not taken"):
        check_document(name=name, file=io.BytesIO(PDF))


@given(st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=80))
def test_any_text_is_text_also_where_it_is_cut(text: str) -> None:
    check_document(name="a.txt", file=io.BytesIO(b"x" * ((1 << 20) - 3) + text.encode()))


@given(st.binary(max_size=400))
def test_any_content_is_answered(content: bytes) -> None:
    for kind in DOCUMENTS:
        file = io.BytesIO(content)
        with contextlib.suppress(ValidationError):
            check_document(name=f"a.{kind}", file=file)
        assert file.tell() == 0


@pytest.mark.django_db
class TestForms:
    """In the library, as staff see it."""

    def document(self, client: Client, name: str, content: bytes) -> str:
        data = {"title": "A file", "file": SimpleUploadedFile(name, content), "collection": "1", "tags": ""}
        answer = client.post(reverse("wagtaildocs:add"), data)
        return "" if answer.status_code == 302 else answer.content.decode()

    def image(self, client: Client, name: str, content: bytes) -> str:
        data = {
            "title": "A picture", "file": SimpleUploadedFile(name, content), "collection": "1", "tags": "",
            "caption": "", "rights": "Own work", "description": "",
        }  # fmt: skip
        answer = client.post(reverse("wagtailimages:add"), data)
        return "" if answer.status_code == 302 else answer.content.decode()

    def test_good_files_are_taken(self, admin_client: Client) -> None:
        assert self.document(admin_client, "report.pdf", PDF) == ""
        for kind in ("PNG", "JPEG", "WEBP", "GIF"):
            assert self.image(admin_client, f"stove.{kind.lower()}", picture(kind)) == "", kind
        assert get_document_model().objects.count() == 1
        assert get_image_model().objects.count() == 4

    def test_bad_documents_get_a_message_and_keep_the_title(self, admin_client: Client) -> None:
        for name, content in (("report.pdf", b"MZ"), ("drawing.svg", SVG), ("film.mp4", SVG), ("empty.pdf", b"")):
            html = self.document(admin_client, name, content)
            assert 'value="A file"' in html
            assert "error" in html
        assert get_document_model().objects.count() == 0

    @pytest.mark.parametrize(
        ("name", "content", "words"),
        [
            ("drawing.svg", SVG, "Supported formats"),
            ("drawing.png", SVG, "not"),
            ("page.png", b"<html><script>alert(1)</script>", "image"),
            ("photo.png", picture("JPEG"), "does not match the file format"),
            ("cut.png", picture("PNG")[:-2000], "damaged or not whole"),
            ("cut.jpg", picture("JPEG")[:-1500], "damaged or not whole"),
            ("bomb.png", bomb(), "too many pixels"),
            ("wide.png", bomb(6_000), "too many pixels (36000000)"),
        ],
    )
    def test_bad_pictures_get_a_message(self, admin_client: Client, name: str, content: bytes, words: str) -> None:
        html = self.image(admin_client, name, content)
        assert words in html
        assert 'value="A picture"' in html
        assert get_image_model().objects.count() == 0

    def test_the_uploader_of_many_says_the_same(self, admin_client: Client) -> None:
        answer = admin_client.post(
            reverse("wagtailimages:add_multiple"),
            {"title": "cut", "files[]": SimpleUploadedFile("cut.png", picture("PNG")[:-2000])},
        )
        assert answer.json()["success"] is False
        assert "damaged or not whole" in answer.json()["error_message"]


class TestRanges:
    """Parts of a file."""

    @pytest.mark.parametrize(
        ("header", "part"),
        [
            ("bytes=0-", (0, 99)),
            ("bytes=0-1", (0, 1)),
            ("bytes=10-19", (10, 19)),
            ("bytes=10-5000", (10, 99)),
            ("bytes=-10", (90, 99)),
            ("bytes=-500", (0, 99)),
            ("bytes=0-1,5-9", None),
            ("bytes=9-5", None),
            ("bytes=-", None),
            ("items=0-1", None),
            ("", None),
            ("bytes=٣-", None),
        ],
    )
    def test_what_is_asked_for(self, header: str, part: tuple[int, int] | None) -> None:
        assert asked_part(header, size=100) == part

    @pytest.mark.parametrize("header", ["bytes=100-", "bytes=999-1000", "bytes=-0"])
    def test_beyond_the_file(self, header: str) -> None:
        answer = part_response(file=io.BytesIO(bytes(100)), size=100, header=header, media_type="video/mp4")
        assert answer is not None
        assert (answer.status_code, answer["Content-Range"]) == (416, "bytes */100")

    @given(st.binary(min_size=1, max_size=300), st.integers(0, 320), st.integers(0, 320))
    def test_a_part_is_that_part(self, content: bytes, first: int, last: int) -> None:
        answer = part_response(
            file=io.BytesIO(content), size=len(content), header=f"bytes={first}-{last}", media_type="video/mp4"
        )
        if first >= len(content) and first <= last:
            assert answer is not None
            assert answer.status_code == 416
        elif first > last:
            assert answer is None or answer.status_code == 416
        else:
            assert answer is not None
            assert answer.content == content[first : last + 1]

    def test_no_answer_holds_more_than_it_may(self) -> None:
        size = MOST + 10
        answer = part_response(file=io.BytesIO(bytes(size)), size=size, header="bytes=0-", media_type="video/mp4")
        assert answer is not None
        assert len(answer.content) == MOST
        assert answer["Content-Range"] == f"bytes 0-{MOST - 1}/{size}"

    @pytest.mark.django_db
    def test_film_is_served_in_parts(self, client: Client, settings: Any, tmp_path: Path) -> None:
        files = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
        settings.STORAGES = {**settings.STORAGES, "default": files}
        film = make_document("film.mp4", content=MP4)
        whole: Any = client.get(film.url)
        assert (whole.status_code, whole["Content-Type"]) == (200, "video/mp4")
        part = client.get(film.url, headers={"Range": "bytes=4-7"})
        assert (part.status_code, part.content) == (206, b"ftyp")
        assert part["Content-Range"] == f"bytes 4-7/{len(MP4)}"
        assert part["X-Content-Type-Options"] == "nosniff"
        assert client.get(film.url, headers={"Range": "bytes=4-7", "If-Range": '"another"'}).status_code == 200
        assert client.get(make_document("c.vtt", content=VTT).url)["Content-Type"] == "text/vtt"

    @pytest.mark.django_db
    def test_parts_of_a_private_file_are_as_private(self, client: Client) -> None:
        collection = Collection.get_first_root_node().add_child(name="Internal")
        CollectionViewRestriction.objects.create(collection=collection, restriction_type="login")
        film = make_document("film.mp4", content=MP4)
        film.collection = collection
        film.save()
        answer: Any = client.get(film.url, headers={"Range": "bytes=0-9"})
        assert answer.status_code == 302
        assert b"ftyp" not in answer.content
