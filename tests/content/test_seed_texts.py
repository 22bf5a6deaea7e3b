"""The texts that a new store begins with: every page renders, has sources, leads somewhere, and claims nothing."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client
from django.urls import reverse

from creditstore_content.pages import seed
from creditstore_content.pages.models import ExplainerPage, HomePage
from support.wording import complaints, long_sentences, plain

SLUGS = [text.PAGE["slug"] for text in seed.EXPLAINERS.values()]


def _words(page: ExplainerPage) -> str:
    return plain(" ".join(str(block.render()) for block in page.body))


def _page(slug: str) -> ExplainerPage:
    page: ExplainerPage = ExplainerPage.objects.get(slug=slug)
    return page


@pytest.mark.parametrize("slug", SLUGS)
def test_explainer_renders_with_its_sources(home: HomePage, client: Client, slug: str) -> None:
    page = _page(slug)
    response = client.get(page.url)
    assert response.status_code == 200
    shown = html.unescape(response.content.decode())
    assert len(page.sources) >= 4
    for source in page.sources:
        assert source.value["title"] in shown
        assert source.value["publisher"]
        assert source.value["note"]
    addresses = [block.value["address"] for block in page.sources if block.value["address"]]
    assert len(addresses) >= 2
    assert all(address.startswith("https://") for address in addresses)
    page.full_clean()


@pytest.mark.parametrize("slug", SLUGS)
def test_explainer_is_long_enough_and_claims_nothing(home: HomePage, slug: str) -> None:
    page = _page(slug)
    text = _words(page)
    assert 400 <= len(text.split()) <= 1_150
    assert "no corresponding adjustment" in text.lower()
    assert complaints(f"{text} {page.lead} {page.search_description}") == []
    assert len(page.search_description) <= 250
    anchors = [block.value["anchor"] for block in page.body if block.block_type == "heading"]
    assert all(anchors)
    assert len(anchors) == len(set(anchors))
    assert {block.block_type for block in page.body} >= {"heading", "text", "steps", "callout"}


@pytest.mark.parametrize("slug", SLUGS)
def test_sentences_are_short(home: HomePage, slug: str) -> None:
    prose = [block.value.source for block in _page(slug).body if block.block_type == "text"]
    assert list(long_sentences(plain(" ".join(prose)))) == []


@pytest.mark.parametrize("slug", SLUGS)
def test_every_link_in_the_text_leads_somewhere(home: HomePage, client: Client, slug: str) -> None:
    page = _page(slug)
    shown = client.get(page.url).content.decode()
    main = shown[shown.index("<main") : shown.index("</main>")]
    ids = set(re.findall(r'\sid="([^"]+)"', main))
    for address in re.findall(r'href="([^"]+)"', main):
        if address.startswith("#"):
            assert address[1:] in ids
        elif address.startswith("/"):
            assert client.get(address.partition("#")[0]).status_code == 200
        else:
            assert address.startswith("https://")


def test_explainers_stand_in_the_order_in_which_they_are_read(home: HomePage, client: Client) -> None:
    listed = client.get("/en/how-it-works/").content.decode()
    places = [listed.index(f"/how-it-works/{slug}/") for slug in SLUGS]
    assert places == sorted(places)
    menu = client.get(reverse("store:catalogue")).content.decode()
    assert 'href="/en/how-it-works/"' in menu
