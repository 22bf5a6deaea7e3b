"""Lists of pages: filters in the address, twenty at a time."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.conf import settings
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from creditstore_content.pages.listing import PER_PAGE, list_pages
from creditstore_content.pages.models import (
    CampaignPage,
    ContentIndexPage,
    ExplainerPage,
    HomePage,
    PageTopic,
    StoryPage,
    Topic,
)
from support.pages import TEXT, publish

LIST = "/en/reading/"


@pytest.fixture
def index(home: HomePage) -> ContentIndexPage:
    index = publish(ContentIndexPage(title="Reading", slug="reading", lead="All of it."), below=home)
    wind = Topic.objects.create(name="Wind", slug="wind", locale=home.locale)
    cooking = Topic.objects.create(name="Clean cooking", slug="cooking", locale=home.locale)
    stories = [("Bakery", date(2023, 5, 1), [wind]), ("School", date(2024, 6, 1), [wind, cooking])]
    for title, day, topics in stories:
        story = StoryPage(
            title=title, lead=f"{title} tells.", subject_name=title, date=day, consent_on=day, body=TEXT,
            page_topics=[PageTopic(topic=topic) for topic in topics],
        )  # fmt: skip
        publish(story, below=index)
    publish(CampaignPage(title="Trees", lead="Ten of them.", body=TEXT), below=index)
    return index


def _titles(client: Client, query: str = "") -> list[str]:
    answer = client.get(f"{LIST}{query}")
    assert answer.status_code == 200
    return re.findall(r"<h2>\s*<a [^>]*>([^<]*)</a>", answer.content.decode())


def test_newest_first_by_the_day_of_a_story(client: Client, index: ContentIndexPage) -> None:
    assert _titles(client) == ["Trees", "School", "Bakery"]


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("?kind=storypage", ["School", "Bakery"]),
        ("?kind=campaignpage", ["Trees"]),
        ("?topic=wind", ["School", "Bakery"]),
        ("?topic=cooking", ["School"]),
        ("?year=2023", ["Bakery"]),
        ("?kind=storypage&topic=wind&year=2024", ["School"]),
        ("?topic=wind&page=1", ["School", "Bakery"]),
        ("?page=99", ["Trees", "School", "Bakery"]),
        ("?page=x", ["Trees", "School", "Bakery"]),
        ("?utm=x", ["Trees", "School", "Bakery"]),
    ],
)
def test_filters_stand_in_the_address(client: Client, index: ContentIndexPage, query: str, titles: list[str]) -> None:
    assert _titles(client, query) == titles


@pytest.mark.parametrize(
    "query",
    [
        "?kind=nope", "?topic=nope", "?year=1999", "?year=abc", "?year=\u0662\u0660\u0662\u0664", "?year=0000",
        "?year=99999", "?kind=%00", "?topic=%00", f"?topic={'x' * 500}",
    ],
)  # fmt: skip
def test_nothing_found_leads_on(client: Client, index: ContentIndexPage, query: str) -> None:
    answer = client.get(f"{LIST}{query}")
    assert answer.status_code == 200
    html = answer.content.decode()
    assert "No page meets all of this." in html
    assert f'href="{LIST}"' in html


def test_counts_are_those_beside_the_other_filters(index: ContentIndexPage) -> None:
    listing = list_pages(below=index, parameters=QueryDict("topic=wind&year=2024"), in_tree_order=False)
    assert [(choice.value, choice.count) for choice in listing.kinds] == [("storypage", 1)]
    assert [(choice.label, choice.count, choice.selected) for choice in listing.topics] == [
        ("Clean cooking", 1, False), ("Wind", 1, True),
    ]  # fmt: skip
    assert [(choice.value, choice.count) for choice in listing.years] == [("2024", 1), ("2023", 1)]


def test_the_form_works_without_javascript_and_leaves_a_short_address(client: Client, index: ContentIndexPage) -> None:
    html = client.get(f"{LIST}?topic=wind").content.decode()
    form = html.split('class="filter-form')[1].split("</form>")[0]
    assert 'method="get"' in form
    assert '<option value="wind" selected>Wind (2)</option>' in form
    answer = client.get(f"{LIST}?kind=&topic=wind&year=")
    assert (answer.status_code, answer["Location"]) == (302, f"{LIST}?topic=wind")
    assert client.get(f"{LIST}?kind=&topic=&year=")["Location"] == LIST


def test_pages_of_twenty_keep_the_filters(client: Client, index: ContentIndexPage) -> None:
    for number in range(PER_PAGE):
        index.refresh_from_db()
        index.add_child(instance=CampaignPage(title=f"Campaign {number}", lead="More.", body=TEXT))
    first = client.get(f"{LIST}?kind=campaignpage").content.decode()
    assert len(_titles(client, "?kind=campaignpage")) == PER_PAGE
    assert 'href="?kind=campaignpage&amp;page=2"' in first
    second = client.get(f"{LIST}?kind=campaignpage&page=2").content.decode()
    assert 'href="?kind=campaignpage"' in second
    assert len(_titles(client, "?kind=campaignpage&page=2")) == 1
    whole = client.get(f"{LIST}?page=2").content.decode()
    assert f'<link rel="canonical" href="{settings.SITE_URL}{LIST}?page=2">' in whole
    assert f'<link rel="canonical" href="{settings.SITE_URL}{LIST}">' in second


def test_queries_do_not_grow_with_the_list(client: Client, index: ContentIndexPage) -> None:
    def count() -> int:
        client.get(LIST)
        with CaptureQueriesContext(
            connection,
        ) as found:
            client.get(f"{LIST}?page=1")
        return len(found)

    before = count()
    for number in range(12):
        index.refresh_from_db()
        index.add_child(instance=CampaignPage(title=f"Campaign {number}", lead="More.", body=TEXT))
    assert count() == before


def test_private_pages_and_drafts_are_not_listed(client: Client, index: ContentIndexPage) -> None:
    StoryPage.objects.get(title="School").unpublish()
    assert _titles(client) == ["Trees", "Bakery"]
    assert "Clean cooking" not in client.get(LIST).content.decode()


def test_a_list_of_one_kind_shows_no_filter_for_it(client: Client, home: HomePage) -> None:
    index = publish(ContentIndexPage(title="Reading", slug="reading"), below=home)
    publish(ExplainerPage(title="One", lead="One.", body=TEXT, sources=[]), below=index)
    assert 'name="kind"' not in client.get(LIST).content.decode()
