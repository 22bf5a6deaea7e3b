"""The store's own pictures: nothing runs over an edge, and who does not see them reads the same."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from creditstore_content.blocks.diagrams import DiagramBlock
from creditstore_content.diagrams import DIAGRAMS, diagram_choices, draw
from creditstore_content.diagrams.scene import SIZES, WIDTH, Diagram, Text, width_of, wrapped

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=80)


@given(words=WORDS, width=st.integers(40, 360), size=st.sampled_from(sorted(set(SIZES.values()))))
def test_wrapping_keeps_every_letter_and_the_width(words: str, width: int, size: int) -> None:
    lines = wrapped(words, width=width, size=size)
    assert "".join("".join(lines).split()) == "".join(words.split())
    assert all(line for line in lines)
    assert all(width_of(line, size=size) <= width or len(line) == 1 for line in lines)


def _ends(text: Text) -> tuple[float, float]:
    wide = width_of(text.words, size=SIZES[text.kind])
    start = {"start": text.x, "middle": text.x - wide / 2, "end": text.x - wide}[text.anchor]
    return start, start + wide


def _drawn(kind: str) -> Diagram:
    diagram = draw(kind)
    assert diagram is not None
    return diagram


@pytest.mark.parametrize("language", ["en", "en-xa", "ar-xb"])
@pytest.mark.parametrize("kind", DIAGRAMS)
def test_everything_lies_within_the_plane(kind: str, language: str) -> None:
    with translation.override(language):
        diagram = _drawn(kind)
    for text in diagram.texts:
        start, end = _ends(text)
        assert start >= -1, text.words
        assert end <= WIDTH + 1, text.words
        assert 0 < text.y <= diagram.height
    for box in diagram.boxes:
        assert 0 <= box.x <= box.x + box.width <= WIDTH
        assert 0 <= box.y <= box.y + box.height <= diagram.height
    for circle in diagram.circles:
        assert circle.radius <= circle.x <= WIDTH - circle.radius
        assert circle.radius <= circle.y <= diagram.height - circle.radius


@pytest.mark.parametrize("language", ["en", "en-xa"])
@pytest.mark.parametrize("kind", DIAGRAMS)
def test_texts_do_not_cover_one_another(kind: str, language: str) -> None:
    with translation.override(language):
        texts = _drawn(kind).texts
    for index, one in enumerate(texts):
        for other in texts[index + 1 :]:
            if abs(one.y - other.y) < 11:
                first, second = sorted([_ends(one), _ends(other)])
                assert first[1] <= second[0] + 0.5, (one.words, other.words)


@pytest.mark.parametrize("kind", DIAGRAMS)
def test_the_picture_and_the_same_in_words(kind: str) -> None:
    block = DiagramBlock()
    html = str(block.render(block.normalize({"kind": kind, "note": "A source"})))
    diagram = _drawn(kind)
    svg = ElementTree.fromstring(html[html.index("<svg") : html.index("</svg>") + 6])
    assert svg.get("role") == "img"
    assert svg.findtext("title", "").strip() == diagram.title
    assert svg.findtext("desc", "").strip() == diagram.description
    drawn = " ".join(element.text or "" for element in svg.iter("text"))
    assert all(text.words in drawn for text in diagram.texts)
    for said in [
        *(word for pair in diagram.words for word in pair),
        *(cell for row in (diagram.table.rows if diagram.table else ()) for cell in row),
    ]:
        assert said in html.replace("&#x27;", "'")
    assert diagram.words or diagram.table
    assert "Source: A source" in html
    assert not re.search(r"\sstyle=|<script|<image|href=", html)


def test_from_right_to_left_places_are_mirrored_and_letters_are_not() -> None:
    context = {"diagram": _drawn("mechanism"), "value": {"note": ""}}
    plain = render_to_string("blocks/diagram.html", {**context, "mirrored": False})
    mirrored = render_to_string("blocks/diagram.html", {**context, "mirrored": True})
    assert 'dir="rtl"' in mirrored
    assert f"translate({WIDTH} 0) scale(-1 1)" in mirrored
    assert "scale(" not in plain
    group = mirrored[mirrored.index("<g") : mirrored.index("</g>")]
    assert "<text" not in group
    places = [[float(x) for x in re.findall(r'<text[^>]*\sx="([^"]*)"', html)] for html in (plain, mirrored)]
    assert places[0]
    assert [round(one + other, 2) for one, other in zip(*places, strict=True)] == [WIDTH] * len(places[0])


def test_a_picture_that_is_not_there_any_more_is_said_and_breaks_nothing() -> None:
    block = DiagramBlock()
    value = block.normalize({"kind": "of-an-earlier-version", "note": "A source"})
    assert "no longer there" in str(block.render(value))
    assert block.get_api_representation(value) == {"kind": "of-an-earlier-version", "source": "A source"}


def test_the_api_tells_what_a_picture_says() -> None:
    block = DiagramBlock()
    told = block.get_api_representation(block.normalize({"kind": "vintages", "note": "UNFCCC"}))
    assert told["table"][0] == ["Vintage", "Issued", "Of these cancelled"]
    assert told["table"][-1] == ["2020", "32,798,748", "7,084,709"]
    assert told["title"] == "68 % of all units are from periods that began in 2008 to 2013"
    assert [kind for kind, _label in diagram_choices()] == list(DIAGRAMS)
