"""How blocks may stand together on a page, told at the block that can mend it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wagtail.blocks.stream_block import StreamBlockValidationError

from creditstore_content.blocks.arrangement import FRAME_ANCHORS, misplaced
from creditstore_content.blocks.body import MOST_BLOCKS, BodyBlock
from creditstore_content.pages.models import CampaignPage, ExplainerPage, HomePage

TEMPLATES = Path(__file__).resolve().parents[2] / "site/creditstore_site/templates"
TEXT = ("text", "<p>Words.</p>")
HERO = ("hero", {"image": None, "alt": "", "text": "", "button": "", "link": {}, "tone": "paper"})
STEPS = ("steps", {"steps": [{"title": "One", "text": "First."}, {"title": "Two", "text": "Then."}]})


def heading(level: str, anchor: str = "") -> tuple[str, Any]:
    return ("heading", {"text": "A heading", "level": level, "anchor": anchor})


def errors(*children: tuple[str, Any]) -> dict[int, Any]:
    block = BodyBlock()
    try:
        block.clean(block.to_python(list(children)))
    except StreamBlockValidationError as error:
        return dict(error.block_errors)
    return {}


def test_a_part_needs_a_section_above_it() -> None:
    found = errors(TEXT, heading("3"), heading("2"), heading("3"))
    assert set(found) == {1}
    assert "needs a section above" in found[1].block_errors["level"].messages[0]


def test_titles_inside_a_block_need_a_section_too() -> None:
    found = errors(TEXT, STEPS)
    assert "Add a heading above" in found[1].non_block_errors[0]
    assert errors(heading("2"), STEPS) == {}


def test_the_head_is_first_and_only_once() -> None:
    assert errors(HERO, TEXT) == {}
    assert set(errors(TEXT, HERO)) == {1}
    assert set(errors(HERO, HERO, TEXT, HERO)) == {1, 3}


def test_names_of_places_are_there_once() -> None:
    found = errors(heading("2", "limits"), heading("2", "other"), heading("2", "limits"), heading("2", "sources"))
    assert {number: set(error.block_errors) for number, error in found.items()} == {2: {"anchor"}, 3: {"anchor"}}


def test_names_of_the_frame_are_known() -> None:
    """Names that the pages' templates use themselves can be no editor's."""
    named = set()
    for template in [
        *(TEMPLATES / "pages").glob("*.html"),
        *(TEMPLATES / "frame").glob("*.html"),
        TEMPLATES / "base.html",
    ]:
        named |= set(re.findall(r'\sid="([a-z][\w-]*)"', template.read_text(encoding="utf-8")))
    # The first page has no body of blocks.
    home = set(re.findall(r'\sid="([\w-]+)"', (TEMPLATES / "pages/home_page.html").read_text(encoding="utf-8")))
    assert named - home - FRAME_ANCHORS == set()


def test_what_is_wrong_with_a_block_itself_is_told_as_well() -> None:
    found = errors(heading("3"), ("quote", {"text": "", "person": "", "role": ""}))
    assert set(found) == {0, 1}


def test_there_is_an_end_to_a_page() -> None:
    assert errors(*[TEXT] * 200) == {}
    block = BodyBlock()
    with pytest.raises(StreamBlockValidationError) as caught:
        block.clean(block.to_python([TEXT] * (MOST_BLOCKS + 1)))
    assert "maximum number of items is 300" in str(caught.value.non_block_errors)


class Child:
    """As much of a stream's child as is looked at."""

    def __init__(self, block_type: str, value: Any) -> None:
        self.block_type, self.value = block_type, value
        self.block = BodyBlock().child_blocks[block_type]


@given(st.lists(st.sampled_from(["2", "3"]), max_size=12))
def test_exactly_the_headings_that_skip_a_level_are_refused(levels: list[str]) -> None:
    children = [Child("heading", {"level": level, "anchor": ""}) for level in levels]
    first_section = next((number for number, level in enumerate(levels) if level == "2"), len(levels))
    # Told once: what follows a part is compared with that part.
    assert set(misplaced(children)) == ({0} if first_section and levels else set())


@pytest.mark.django_db
def test_the_pages_of_a_new_store_keep_the_rules(home: HomePage) -> None:
    pages = [*CampaignPage.objects.all(), *ExplainerPage.objects.all()]
    assert len(pages) >= 5
    for page in pages:
        assert page.body.stream_block.clean(page.body)
