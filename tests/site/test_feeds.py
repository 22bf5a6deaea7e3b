"""The feeds are Atom as RFC 4287 has it, tell what is public and nothing else, and can be kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from wagtail.models import PageViewRestriction

from creditstore.certificates import register
from creditstore.certificates.register import RegisterEntry
from creditstore.core.paging import Page
from creditstore_content.pages.models import CampaignPage
from creditstore_content.pages.seed import seed_pages
from creditstore_site.views import feeds

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
NEWS, CANCELLATIONS = "/en/feeds/news.atom", "/en/feeds/cancellations.atom"


@pytest.fixture
def campaign() -> CampaignPage:
    seed_pages()
    page: CampaignPage = CampaignPage.objects.get(slug="clean-cooking")
    return page


def entry(**changes: Any) -> RegisterEntry:
    values: dict[str, Any] = {
        "number": "T1-1", "serial_start": "IN-5-1-2-0-1", "serial_end": "IN-5-9-2-0-1", "quantity": 1234,
        "project": "0009", "project_title": "A dam", "country": "IN",
        "completed_at": datetime.fromisoformat("2026-01-02T03:04:05Z"),
        "registry": "cdm", "transaction": "T1", "kind": register.KIND, "beneficiary": None, "reason": None,
        "certificate": None, "simulated": True,
    }  # fmt: skip
    return RegisterEntry(**{**values, **changes})


def read(address: str) -> ElementTree.Element:
    """The feed, with all that RFC 4287 asks of it."""
    answer = Client().get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert answer["Cache-Control"] == "public, max-age=300"
    assert not answer.cookies
    feed = ElementTree.fromstring(answer.content)
    assert feed.tag == f"{ATOM}feed"
    assert feed.find(f"{ATOM}author/{ATOM}name").text
    own = [link.get("href") for link in feed.findall(f"{ATOM}link") if link.get("rel") == "self"]
    assert own == [f"http://127.0.0.1:8000{address}"]
    for element in [feed, *feed.findall(f"{ATOM}entry")]:
        for name in ("id", "title", "updated"):
            assert element.findtext(ATOM + name)
        assert datetime.fromisoformat(element.findtext(f"{ATOM}updated")).tzinfo is not None
        assert all(link.get("href").startswith("http") for link in element.findall(f"{ATOM}link"))
    keys = [one.findtext(f"{ATOM}id") for one in feed.findall(f"{ATOM}entry")]
    assert len(keys) == len(set(keys))
    return feed


def titles(address: str) -> list[str]:
    return [one.findtext(f"{ATOM}title") for one in read(address).findall(f"{ATOM}entry")]


def test_news_are_what_everybody_may_read(campaign: CampaignPage) -> None:
    assert campaign.title in titles(NEWS)
    PageViewRestriction.objects.create(page=campaign, restriction_type="login")
    assert campaign.title not in titles(NEWS)
    PageViewRestriction.objects.all().delete()
    campaign.unpublish()
    assert campaign.title not in titles(NEWS)


def test_an_entry_stays_the_same_when_its_page_moves(campaign: CampaignPage) -> None:
    def key() -> str:
        found = [one for one in read(NEWS) if one.findtext(f"{ATOM}title") == campaign.title]
        return found[0].findtext(f"{ATOM}id")

    before = key()
    campaign.slug = "another"
    campaign.save_revision().publish()
    assert key() == before


def test_no_cancellation_yet_is_a_feed_all_the_same() -> None:
    assert titles(CANCELLATIONS) == []


def test_a_cancellation_says_what_is_published_and_what_is_simulated(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = [entry(), entry(number="T2-1", beneficiary="Ada & Co", simulated=False, quantity=1)]
    monkeypatch.setattr(feeds, "register_page", lambda **_asked: Page(items=listed, next=None, total=2))
    first, second = read(CANCELLATIONS).findall(f"{ATOM}entry")
    assert first.findtext(f"{ATOM}title") == "1,234 units cancelled: A dam"
    assert first.findtext(f"{ATOM}summary").startswith("Simulated: no real unit was cancelled.")
    assert second.findtext(f"{ATOM}title") == "1 unit cancelled: A dam"
    assert second.findtext(f"{ATOM}summary").startswith("For Ada & Co.")
    assert "Simulated" not in second.findtext(f"{ATOM}summary")


@given(text=st.text())
def test_any_text_is_xml(text: str) -> None:
    assert (
        ElementTree.fromstring(
            f"<a>{feeds._readable(text).replace('&', '').replace('<', '').replace(']]>', '')}</a>"
        ).tag
        == "a"
    )


def test_every_page_names_the_feeds(campaign: CampaignPage) -> None:
    for address in (campaign.url, "/en/store/", "/en/register/"):
        html = Client().get(address).content.decode()
        for feed in (NEWS, CANCELLATIONS):
            assert '<link rel="alternate" type="application/atom+xml" title="' in html
            assert f'href="{feed}">' in html
