"""Downloads say what they are; film comes from the store itself, or from a link that says where it leads."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.documents import get_document_model

from creditstore_content.blocks.files import DownloadsBlock
from creditstore_content.blocks.video import VideoBlock
from creditstore_content.pages.models import CampaignPage
from support.library import MP4, VTT, make_document, make_image

pytestmark = pytest.mark.django_db


class TestDownloads:
    """Files of the library."""

    def value(self, document: Any, **given: Any) -> Any:
        entry = {"document": document, "title": "", "language": "", **given}
        return DownloadsBlock().normalize({"caption": "To read further", "files": [entry]})

    def test_type_size_and_language_are_said(self) -> None:
        document = make_document(content=b"%PDF-1.7\n" + bytes(2048))
        html = re.sub(r"\s+", " ", DownloadsBlock().render(self.value(document, language="fr")))
        assert f'<a href="{document.url}" hreflang="fr" type="application/pdf">Report</a>' in html
        assert "PDF, 2.0 KB, French" in html
        shown = DownloadsBlock().get_api_representation(self.value(document, title="The report"))
        assert shown["files"][0]["file"] | {"id": 0} == {
            "id": 0, "url": document.url, "filename": document.filename, "type": "PDF",
            "media_type": "application/pdf", "bytes": 2057, "title": "The report", "size": "2.0\xa0KB",
            "language": {"code": "en", "name": "English"},
        }  # fmt: skip

    def test_a_file_that_is_gone_says_so(self) -> None:
        value = DownloadsBlock().to_python({"caption": "", "files": [{"type": "item", "value": {"document": 2**40}}]})
        assert "no longer there" in DownloadsBlock().render(value)
        assert DownloadsBlock().get_api_representation(value)["files"] == [{"file": None}]


class TestVideo:
    """Film."""

    def value(self, **given: Any) -> Any:
        empty = {
            "title": "A stove", "file": None, "poster": None, "captions": [], "transcript": "", "rights": "Own work",
            "address": "", **given,
        }  # fmt: skip
        return VideoBlock().normalize(empty)

    def film(self, **given: Any) -> Any:
        film = make_document("stove.mp4", content=MP4, title="Film")
        captions = [{"document": make_document("stove.vtt", content=VTT, title="Captions"), "language": "en"}]
        return self.value(**{"file": film, "poster": make_image(), "captions": captions, **given})

    def wrong(self, value: Any) -> dict[str, Any]:
        with pytest.raises(StructBlockValidationError) as caught:
            VideoBlock().clean(value)
        return caught.value.block_errors

    def test_plays_from_the_library_with_captions(self) -> None:
        value = VideoBlock().clean(self.film())
        html = VideoBlock().render(value)
        assert f'<source src="{value["file"].url}" type="video/mp4">' in html
        assert '<track kind="captions"' in html
        assert 'srclang="en"' in html
        assert " controls" in html
        assert 'preload="none"' in html
        assert "autoplay" not in html
        assert re.search(r'poster="/media/[^"]+"', html)
        assert not re.search(r'(?:src|href|poster)="https?:', html)
        shown = VideoBlock().get_api_representation(value)
        assert shown["file"]["media_type"] == "video/mp4"
        assert shown["captions"][0]["language"] == {"code": "en", "name": "English"}
        assert shown["url"] is None

    def test_page_lets_it_play_and_nothing_else(self, client: Client, campaign: CampaignPage) -> None:
        campaign.body = [("video", self.film())]
        campaign.save_revision().publish()
        answer = client.get(campaign.url)
        assert "media-src 'self'" in answer["Content-Security-Policy"]
        assert "<video" in answer.content.decode()

    def test_link_names_the_site_and_loads_nothing(self) -> None:
        html = VideoBlock().render(VideoBlock().clean(self.value(address="https://films.example.org/stove")))
        assert "Watch it on films.example.org" in html
        assert "leaves this site" in html
        assert not re.search(r"<(?:iframe|embed|object|video|script)", html)
        assert 'src="https:' not in html

    def test_film_that_is_gone_says_so(self) -> None:
        value = self.film()
        get_document_model().objects.all().delete()
        html = VideoBlock().render(VideoBlock().to_python(VideoBlock().get_prep_value(value)))
        assert "no longer there" in html

    @pytest.mark.parametrize(
        ("given", "field", "words"),
        [
            ({"captions": [], "transcript": "<p> </p>"}, "transcript", "captions or a transcript"),
            ({"poster": None}, "poster", "still picture"),
            ({"address": "https://example.org/film"}, "address", "not both"),
            ({"rights": ""}, "rights", "required"),
            ({"title": "x" * 151}, "title", "at most 150"),
        ],
    )
    def test_mistakes_are_told_at_the_field(self, given: dict[str, Any], field: str, words: str) -> None:
        assert words in self.wrong(self.film(**given))[field].messages[0]

    def test_a_film_or_an_address(self) -> None:
        assert "Choose a film" in self.wrong(self.value())["file"].messages[0]

    @pytest.mark.parametrize("address", ["javascript:alert(1)", "http://example.org/", "data:text/html,x"])
    def test_address_is_a_safe_one(self, address: str) -> None:
        assert "address" in self.wrong(self.value(address=address))

    def test_only_what_browsers_play(self) -> None:
        film = self.film(file=make_document("stove.avi", content=b"RIFF"))
        assert ".mp4 and .webm" in self.wrong(film)["file"].messages[0]

    def test_captions_are_webvtt_and_once_in_a_language(self) -> None:
        other = [{"document": make_document(), "language": "en"}]
        assert "captions" in self.wrong(self.film(captions=other))
        track = {"document": make_document("a.vtt", content=VTT), "language": "en"}
        assert "captions" in self.wrong(self.film(captions=[track, track]))

    def test_transcript_alone_is_enough_and_a_draft_may_lack_all(self) -> None:
        cleaned = VideoBlock().clean(self.film(captions=[], transcript="<p>Clay is formed.</p>"))
        assert "Clay is formed." in VideoBlock().render(cleaned)
        block = VideoBlock()
        block.defer_required_validation()
        assert block.clean_deferred(self.value(rights=""))
