"""Questions and answers: readable without JavaScript, each with an address that stays."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from wagtail.blocks.stream_block import StreamBlockValidationError
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from creditstore_content.blocks.base import anchor_validator
from creditstore_content.blocks.faq import QuestionsBlock, made_anchor
from creditstore_content.pages.models import FaqPage, HomePage
from support.schema_org import schema_of

GROUPS: list[tuple[str, dict[str, Any]]] = [
    (
        "group",
        {
            "heading": "Units",
            "anchor": "units",
            "questions": [
                {"question": "What is a CER?", "answer": "<p>A <b>unit</b>.</p>", "anchor": "what-is-a-cer"},
                {"question": "How long is it <good>?", "answer": "<p>It does not end.</p>", "anchor": "how-long"},
            ],
        },
    ),
    (
        "group",
        {
            "heading": "Paying",
            "anchor": "paying",
            "questions": [{"question": "How?", "answer": '<p><a linktype="page" id="0">Gone</a></p>', "anchor": "how"}],
        },
    ),
]


@pytest.fixture
def faq(home: HomePage) -> FaqPage:
    page = FaqPage(title="Questions", slug="questions", lead="Short answers.", questions=GROUPS)
    home.add_child(instance=page)
    page.save_revision().publish()
    return page


def test_every_answer_can_be_read_and_linked_to(client: Client, faq: FaqPage) -> None:
    html = client.get("/en/questions/").content.decode()
    assert len(re.findall(r"<details", html)) == 3
    assert "A <b>unit</b>." in html
    assert "How long is it &lt;good&gt;?" in html
    contents = html.split('class="explainer__contents')[1].split("</nav>")[0]
    assert re.findall(r'href="#([^"]+)"', contents) == ["units", "paying"]
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert {"units", "paying", "what-is-a-cer", "how-long", "how"} <= set(ids)
    assert len(ids) == len(set(ids))
    # Inside the part that opens: on the way to it, a browser opens the question.
    assert re.search(r'<details class="question">\s*<summary>How\?</summary>\s*<div[^>]* id="how"', html)


def test_search_engines_read_every_question(client: Client, faq: FaqPage) -> None:
    found = schema_of(client.get("/en/questions/").content.decode())
    entries = found["FAQPage"]["mainEntity"]
    assert [entry["name"] for entry in entries] == ["What is a CER?", "How long is it <good>?", "How?"]
    assert entries[0]["acceptedAnswer"] == {"@type": "Answer", "text": "<p>A <b>unit</b>.</p>"}
    assert entries[0]["url"] == f"{settings.SITE_URL}/en/questions/#what-is-a-cer"
    trail = found["BreadcrumbList"]["itemListElement"]
    assert [step["item"] for step in trail] == [f"{settings.SITE_URL}/en/", f"{settings.SITE_URL}/en/questions/"]


def test_programs_read_every_question(client: Client, faq: FaqPage) -> None:
    shown = client.get(f"/api/content/v3/pages/{faq.pk}/").json()
    first = shown["questions"][0]["value"]
    assert first["heading"] == "Units"
    assert first["questions"][0] == {
        "question": "What is a CER?", "answer": "<p>A <b>unit</b>.</p>", "anchor": "what-is-a-cer",
    }  # fmt: skip


def _clean(groups: list[tuple[str, dict[str, Any]]]) -> Any:
    block = QuestionsBlock()
    return block.clean(block.normalize(groups))


def _group(*questions: tuple[str, str], heading: str = "Units", anchor: str = "") -> tuple[str, dict[str, Any]]:
    asked = [{"question": words, "answer": "<p>Yes.</p>", "anchor": anchor} for words, anchor in questions]
    return ("group", {"heading": heading, "anchor": anchor, "questions": asked})


def test_empty_anchors_are_made_from_the_words_and_stay_apart() -> None:
    cleaned = _clean([_group(("What?", ""), ("What?", ""), ("什么?", ""), ("Why?", "what-2")), _group(("Units", ""))])
    anchors = [question["anchor"] for group in cleaned for question in group.value["questions"]]
    assert anchors == ["what", "what-3", "q-4", "what-2", "units-3"]
    assert [group.value["anchor"] for group in cleaned] == ["units", "units-2"]


@pytest.mark.parametrize(
    "groups",
    [
        [_group(("One?", "same"), ("Two?", "same"))],
        [_group(("One?", "same"), anchor="same")],
        [_group(("One?", "same")), _group(("Two?", "same"))],
    ],
)
def test_an_anchor_stands_once_on_a_page(groups: list[tuple[str, dict[str, Any]]]) -> None:
    with pytest.raises(StreamBlockValidationError) as caught:
        _clean(groups)
    assert "Choose another one" in str(caught.value.as_json_data())


@given(st.text(max_size=200))
def test_made_anchors_are_anchors(words: str) -> None:
    anchor = made_anchor(words, otherwise="q-1")
    anchor_validator(anchor)
    assert len(anchor) <= 40


def test_from_the_form_to_the_reader(admin_client: Client, home: HomePage) -> None:
    address = reverse("wagtailadmin_pages:add", args=["creditstore_pages", "faqpage", home.pk])
    assert admin_client.get(address).status_code == 200
    question = {"question": "What is a CER?", "answer": rich_text("<p>A unit.</p>"), "anchor": ""}
    data = nested_form_data(
        {
            "title": "Questions", "slug": "questions", "lead": "",
            "questions": streamfield(
                [("group", {"heading": "Units", "anchor": "", "questions": streamfield([("item", question)])})]
            ),
            "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0},
            "action-publish": "1",
        }
    )  # fmt: skip
    answer = admin_client.post(address, data)
    assert answer.status_code == 302, answer.context["form"].errors
    page = FaqPage.objects.get(slug="questions")
    assert page.live
    html = Client().get("/en/questions/").content.decode()
    assert 'id="what-is-a-cer"' in html
    assert admin_client.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk])).status_code == 200
