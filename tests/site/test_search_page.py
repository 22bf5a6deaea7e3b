"""One search over editors' pages and projects: what it finds, marks and says, and that any text is safe."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.models import PageViewRestriction

from creditstore_content.pages.models import CampaignPage
from creditstore_content.pages.searching import LONGEST, cleaned
from creditstore_content.pages.seed import seed_pages

pytestmark = pytest.mark.django_db
SEARCH = "/en/search/"


@pytest.fixture
def campaign() -> CampaignPage:
    seed_pages()
    page: CampaignPage = CampaignPage.objects.get(slug="clean-cooking")
    page.lead = "The quokka cooks on a clean stove, without solar power."
    page.save_revision().publish()
    return page


def asked(text: str) -> str:
    answer = Client().get(SEARCH, {"q": text})
    assert answer.status_code == 200
    return answer.content.decode()


def test_without_a_question_there_is_a_form_alone() -> None:
    page = Client().get(SEARCH)
    assert page.status_code == 200
    assert "<h2" not in page.content.decode().partition("<main")[2].partition("</main>")[0]


def test_a_page_is_found_with_its_words_marked(campaign: CampaignPage) -> None:
    html = asked("quokka")
    assert "The <mark>quokka</mark> cooks" in html
    assert f'href="{campaign.url}"' in html
    assert '<h2 id="pages-1">Campaigns</h2>' in html


def test_pages_and_projects_stand_together_with_a_way_to_each(campaign: CampaignPage) -> None:
    html = asked("solar")
    main = html.partition("<main")[2]
    assert 'href="#projects"' in main
    assert 'href="#pages-1"' in main
    assert 'href="/en/store/?q=solar"' in main


def test_a_typing_error_is_mended_and_said(campaign: CampaignPage) -> None:
    assert "“hydor” stands nowhere among the projects; “hydro” was looked for." in unescape(asked("hydor"))


def test_an_empty_answer_helps(campaign: CampaignPage) -> None:
    html = asked("zzzzqqqq wind")
    assert "Nothing has all of these words" in html
    assert "Without “zzzzqqqq”" in unescape(html)
    assert 'href="/en/contact/"' in html


def test_what_is_not_public_is_not_found(campaign: CampaignPage) -> None:
    PageViewRestriction.objects.create(page=campaign, restriction_type="login")
    assert campaign.url not in asked("quokka")
    PageViewRestriction.objects.all().delete()
    assert campaign.url in asked("quokka")
    campaign.unpublish()
    assert campaign.url not in asked("quokka")


def test_a_draft_is_not_found(campaign: CampaignPage) -> None:
    campaign.lead = "A wombat."
    campaign.save_revision()
    assert campaign.url not in asked("wombat")
    assert campaign.url in asked("quokka")


def test_the_answer_can_be_kept_by_anybody_and_is_no_page_for_search_engines() -> None:
    answer = Client().get(SEARCH, {"q": "wind"})
    assert answer["Cache-Control"] == "public, max-age=60"
    assert not answer.cookies
    assert '<meta name="robots" content="noindex">' in answer.content.decode()


def test_editors_pages_lead_to_it_and_the_store_keeps_its_own(campaign: CampaignPage) -> None:
    page, store = Client().get(campaign.url).content.decode(), Client().get("/en/store/compare/").content.decode()
    assert re.search(r'<form class="search[^>]* action="/en/search/"', page)
    assert re.search(r'<form class="search[^>]* action="/en/store/"', store)


_NASTY = st.sampled_from(
    [
        "<script>alert(1)</script>",
        "\x00",
        "'; DROP TABLE wagtailcore_page; --",
        '"><img src=x>',
        "a & !b | (c:*",
        "\ud800",
    ]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.one_of(st.text(max_size=400), st.lists(_NASTY, min_size=1, max_size=4).map(" wind ".join)))
def test_any_text_is_a_question(client: Client, text: str) -> None:
    readable = text.encode("utf-8", "replace").decode()
    answer = client.get(SEARCH, {"q": readable})
    assert answer.status_code == 200
    main = answer.content.decode().partition("<main")[2].partition("</main>")[0]
    assert "<script" not in main
    assert "<img src=x" not in main


@given(text=st.text(max_size=600))
def test_a_question_is_cut_to_size(text: str) -> None:
    question = cleaned(text)
    assert len(question) <= LONGEST
    assert cleaned(question) == question
    assert question.isprintable()
