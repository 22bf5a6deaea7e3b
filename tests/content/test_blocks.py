"""Every block tells editors what it is, shows itself in a preview, and has a form for the content API."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from creditstore_content.blocks.body import STREAMS, BodyBlock
from creditstore_content.blocks.links import LinkBlock
from creditstore_content.blocks.projects import ProjectLinkBlock
from creditstore_content.blocks.tables import TableCellsBlock
from creditstore_content.blocks.text import CalloutBlock, HeadingBlock, TextBlock
from creditstore_content.pages.models import CampaignPage, ExplainerPage, HomePage


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


@pytest.mark.parametrize("name", BLOCKS)
def test_every_text_has_an_end(name: str) -> None:
    """A huge paste is refused with a message instead of slowing down every reader."""
    waiting, endless = [(name, BLOCKS[name])], []
    while waiting:
        path, block = waiting.pop()
        if isinstance(block, blocks.StructBlock | TableCellsBlock):
            waiting += [(f"{path}.{key}", child) for key, child in block.child_blocks.items()]
        elif isinstance(block, blocks.ListBlock):
            waiting.append((f"{path}[]", block.child_block))
            if block.meta.max_num is None:
                endless.append(f"{path} has no end")
        elif isinstance(block, blocks.CharBlock | blocks.TextBlock | blocks.URLBlock):
            if block.field.max_length is None:
                endless.append(path)
        elif isinstance(block, blocks.RichTextBlock) and block.max_length is None:
            endless.append(path)
    assert endless == []


def test_a_huge_paste_is_told_at_its_field() -> None:
    block = TextBlock()
    with pytest.raises(ValidationError, match="at most 10000"):
        block.clean(block.to_python(f"<p>{'x' * 10_001}</p>"))
    assert block.clean(block.to_python(f"<p>{'x' * 10_000}</p>"))


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


def test_the_guide_names_every_block() -> None:
    guide = (Path(__file__).resolve().parents[2] / "docs/how-to/edit-pages.md").read_text(encoding="utf-8")
    table = guide.split("## Which block for what")[1].split("\n## ")[0]
    named = [row.split("|")[1].strip() for row in table.splitlines() if row.startswith("| ")][1:]
    named.remove("---")
    assert named == [str(block.label) for block in BodyBlock().child_blocks.values()]


def test_a_script_in_a_paste_does_not_survive() -> None:
    """As the editor sends what was typed or pasted, with a link that would run a program."""
    typed = "click <script>alert(1)</script>"
    link = {"type": "LINK", "mutability": "MUTABLE", "data": {"url": "javascript:alert(1)"}}
    paragraph = {
        "key": "a", "text": typed, "type": "unstyled", "depth": 0, "inlineStyleRanges": [],
        "entityRanges": [{"offset": 0, "length": 5, "key": 0}],
    }  # fmt: skip
    sent = {"field": json.dumps({"blocks": [paragraph], "entityMap": {"0": link}})}
    for block in (TextBlock(), CalloutBlock().child_blocks["text"]):
        value = block.clean(block.value_from_datadict(sent, {}, "field"))
        html = f"{block.render(value)}{block.get_api_representation(value)}"
        assert "click" in html
        assert "<script" not in html
        assert "javascript:" not in html


@pytest.mark.django_db
def test_a_page_of_two_hundred_blocks_works(client: Client, campaign: CampaignPage) -> None:
    several = [
        (name, BodyBlock().child_blocks[name].get_preview_value()) for name in ("text", "quote", "facts", "steps")
    ]
    campaign.body = [("heading", {"text": "A section", "level": "2", "anchor": ""}), *several * 50][:200]
    campaign.save_revision().publish()
    page = CampaignPage.objects.get(pk=campaign.pk)
    assert page.body.stream_block.clean(page.body)
    assert len(page.body) == 200
    answer = client.get(page.url)
    assert answer.status_code == 200
    assert answer.content.decode().count("<blockquote") == 50
