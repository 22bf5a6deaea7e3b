"""Questions and answers: enough of them, short, true to the figures, and each link leads to an explainer there is."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from creditstore_content.pages import seed
from creditstore_content.pages.models import ExplainerPage, HomePage
from creditstore_content.pages.seed_faq import GROUPS, Question
from creditstore_content.pages.seed_links import with_links
from support.wording import complaints, long_sentences, plain

ALL: list[Question] = [question for _heading, _anchor, questions in GROUPS for question in questions]
BY_ANCHOR = {anchor: (question, answer) for anchor, question, answer in ALL}


def test_there_are_enough_and_none_twice() -> None:
    assert len(ALL) >= 25
    assert len(BY_ANCHOR) == len(ALL)
    assert len({question for question, _answer in BY_ANCHOR.values()}) == len(ALL)
    assert not {anchor for _heading, anchor, _questions in GROUPS} & set(BY_ANCHOR)
    assert all(len(questions) >= 3 for _heading, _anchor, questions in GROUPS)


@pytest.mark.parametrize("anchor", BY_ANCHOR)
def test_an_answer_is_short_and_plain(anchor: str) -> None:
    question, answer = BY_ANCHOR[anchor]
    assert re.fullmatch(r"[a-z][a-z0-9-]{0,39}", anchor)
    assert question.endswith("?")
    words = plain(answer)
    assert 4 <= len(words.split()) <= 90
    assert complaints(f"{question} {words}") == []
    assert list(long_sentences(words)) == []
    assert not set(re.findall(r"<([a-z]+)", answer)) - {"p", "ul", "li", "b", "i", "a"}
    assert answer.startswith("<p>")
    assert answer.endswith("</p>")


def test_links_lead_to_explainers() -> None:
    links = [link for _anchor, _question, answer in ALL for link in re.findall(r"<a ([^>]*)>", answer)]
    assert len(links) >= 10
    keys = {re.fullmatch(r'data-page="([a-z-]+)"', link) for link in links}
    assert all(key is not None and key.group(1) in seed.EXPLAINERS for key in keys)


def test_a_link_to_a_page_that_is_not_there_leaves_its_words() -> None:
    markup = '<p>See <a data-page="sectors">sectors</a> and <a data-page="qualities">qualities</a>.</p>'
    assert with_links(markup, pages={"sectors": 7}) == '<p>See <a linktype="page" id="7">sectors</a> and qualities.</p>'
    assert with_links("<p>None.</p>", pages={}) == "<p>None.</p>"


def test_the_page_shows_all_of_it_and_its_links_lead_to_explainers(home: HomePage, client: Client) -> None:
    response = client.get("/en/faq/")
    assert response.status_code == 200
    shown = response.content.decode()
    for anchor, question, _answer in ALL:
        assert f'id="{anchor}"' in shown
        assert question in shown
    assert "data-page" not in shown
    main = shown[shown.index("<main") : shown.index("</main>")]
    leads = set(re.findall(r'href="(/en/how-it-works/[a-z-]+/)"', main))
    assert len(leads) >= 8
    assert leads <= {page.url for page in ExplainerPage.objects.all()}
    assert 'href="/en/faq/"' in client.get("/en/store/").content.decode()
