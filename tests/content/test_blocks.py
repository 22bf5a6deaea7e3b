"""Every block tells editors what it is, shows itself in a preview, and has a form for the content API."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from creditstore_content.blocks.body import STREAMS
from creditstore_content.blocks.figures import FigureBlock
from creditstore_content.blocks.links import LinkBlock
from creditstore_content.blocks.projects import ProjectLinkBlock
from creditstore_content.blocks.text import CalloutBlock, HeadingBlock, TextBlock
from creditstore_content.pages.models import ExplainerPage, HomePage


def _all_blocks() -> Iterator[tuple[str, blocks.Block]]:
    """Every block an editor meets, those inside others included, without the single values of a form."""
    for stream in STREAMS:
        waiting = list(stream().child_blocks.items())
        while waiting:
            name, block = waiting.pop()
            if isinstance(block, blocks.ListBlock):
                waiting.append((f"{name}[]", block.child_block))
            elif isinstance(block, blocks.StructBlock):
                yield f"{stream.__name__}.{name}", block
                waiting += [(f"{name}.{key}", child) for key, child in block.child_blocks.items()]
            elif isinstance(block, TextBlock):
                yield f"{stream.__name__}.{name}", block


BLOCKS = dict(_all_blocks())


@pytest.mark.parametrize("name", BLOCKS)
def test_block_tells_editors_what_it_is(name: str) -> None:
    block = BLOCKS[name]
    assert str(block.get_description()), "no description"
    assert str(block.label), "no label"
    assert block.meta.icon != "placeholder", "no icon of its own"
    assert block.is_previewable


@pytest.mark.django_db
@pytest.mark.parametrize("name", BLOCKS)
def test_block_previews_without_inline_code(name: str) -> None:
    block = BLOCKS[name]
    value = block.get_preview_value()
    request = RequestFactory().get("/admin/")
    parent = {"request": request, "block_def": block, "bound_block": block.bind(value), "page_title": "Preview"}
    context = block.get_preview_context(value, parent_context=parent)
    html = render_to_string(block.get_preview_template(value, context), context, request=request)
    body = html.split("<main>")[1].split("</main>")[0]
    assert "creditstore/css/content.css" in html
    assert re.sub(r"<[^>]*>|\s", "", body), "the preview shows nothing"
    assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=", html)


@pytest.mark.django_db
@pytest.mark.parametrize("name", BLOCKS)
def test_block_has_a_form_for_the_api(name: str) -> None:
    block = BLOCKS[name]
    shown = block.get_api_representation(block.get_preview_value())
    assert shown
    json.dumps(shown, default=str)


def test_rich_text_offers_no_headings_pictures_or_embeds() -> None:
    for block in (TextBlock(), CalloutBlock().child_blocks["text"]):
        assert not {"h1", "h2", "h3", "h4", "image", "embed", "hr", "code"} & set(block.features)


def test_heading_never_takes_the_first_level() -> None:
    choices = dict(HeadingBlock().child_blocks["level"].field.choices)
    assert "1" not in choices
    block = HeadingBlock()
    assert '<h2 id="limits">' in block.render(block.to_python({"text": "Limits", "level": "2", "anchor": "limits"}))


@pytest.mark.parametrize("anchor", ["Limits", "1st", "a b", 'a"onload'])
def test_anchor_takes_plain_names_only(anchor: str) -> None:
    block = HeadingBlock()
    with pytest.raises(StructBlockValidationError):
        block.clean(block.to_python({"text": "Limits", "level": "2", "anchor": anchor}))


@pytest.mark.django_db
def test_picture_without_words_is_refused() -> None:
    block = FigureBlock()
    with pytest.raises(StructBlockValidationError) as caught:
        block.clean(block.to_python({"image": None, "alt": "", "caption": "A stove"}))
    assert "alt" in caught.value.block_errors


@pytest.mark.django_db
class TestLink:
    """A link has one target, and notices when it is gone."""

    def clean(self, **value: Any) -> Any:
        block = LinkBlock()
        return block.clean(block.normalize(value))

    def test_exactly_one_target(self, explainer: ExplainerPage) -> None:
        assert self.clean(page=explainer, anchor="limits").url == "/en/how-it-works/the-store/#limits"
        assert self.clean(store_page="register:index").url == "/en/register/"
        with pytest.raises(StructBlockValidationError):
            self.clean()
        with pytest.raises(StructBlockValidationError):
            self.clean(page=explainer, store_page="register:index")

    @pytest.mark.parametrize("address", ["http://example.org/", "javascript:alert(1)", "ftp://example.org/x"])
    def test_other_sites_by_https_only(self, address: str) -> None:
        with pytest.raises(StructBlockValidationError):
            self.clean(address=address)
        assert self.clean(address="https://example.org/").url == "https://example.org/"

    def test_a_draft_may_lack_its_target(self) -> None:
        block = LinkBlock()
        block.defer_required_validation()
        assert block.clean_deferred(block.normalize({})).url == ""

    def test_unpublished_page_is_no_target(self, explainer: ExplainerPage) -> None:
        explainer.unpublish()
        explainer.refresh_from_db()
        link = self.clean(page=explainer)
        assert link.url == ""
        assert LinkBlock().get_api_representation(link) == {"url": None}


@pytest.mark.django_db
def test_a_project_that_is_gone_leads_to_all_projects() -> None:
    block = ProjectLinkBlock()
    value = block.to_python({"project": 2**40, "text": ""})
    html = block.render(value)
    assert 'href="/en/store/"' in html
    assert block.get_api_representation(value) == {"project": None, "text": ""}


def test_api_gives_rich_text_with_links_resolved(explainer: ExplainerPage, home: HomePage) -> None:
    block = TextBlock()
    value = block.to_python(f'<p><a linktype="page" id="{explainer.pk}">How</a></p>')
    assert block.get_api_representation(value) == '<p><a href="/en/how-it-works/the-store/">How</a></p>'
