"""The blocks of a campaign page ask the database at most twelve times, and the page kept in memory at most twice."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from creditstore_content.pages.models import CampaignPage, ExplainerPage
from creditstore_site.page_cache import middleware
from support.findable import make_findable
from support.ledger import make_offer
from support.library import MP4, VTT, make_document, make_image
from support.page_cache import Told

pytestmark = pytest.mark.django_db
#: Of the blocks, and with nothing remembered of the way to the page, its frame and its blocks together.
MOST, WARM = 12, 2


def body(explainer: ExplainerPage, *, of_each: int = 1) -> list[tuple[str, Any]]:
    """Twelve blocks, those that refer to something ``of_each`` times."""
    offers = [make_offer(quantity=50) for _number in range(2 * of_each)]
    projects = [offer.issuance.project for offer in offers]
    for project in projects:
        project.latitude, project.longitude = -12, 34
        project.save()
    make_findable(*projects)
    image = make_image()
    film = {
        "title": "Film", "file": make_document("film.mp4", content=MP4), "poster": make_image(), "transcript": "",
        "captions": [{"document": make_document("film.vtt", content=VTT), "language": "en"}], "rights": "Own work",
        "address": "",
    }  # fmt: skip
    hero = {"image": image, "alt": "A stove", "text": "", "button": "Go", "link": {"page": explainer}, "tone": "band"}
    referring: list[tuple[str, Any]] = []
    for number in range(of_each):
        offer, other = offers[2 * number], offers[2 * number + 1]
        referring += [
            ("figure", {"image": make_image(), "alt": "A stove", "decorative": False, "caption": ""}),
            ("project", {"project": offer.issuance.project, "text": ""}),
            ("offer", {"offer": other, "text": ""}),
            ("call_to_action", {"text": "Read on", "link": {"project": other.issuance.project}, "note": ""}),
        ]
    rule = {"heading": "Wind", "types": [], "countries": [], "order": "price", "count": 3, "fallback": "None."}
    return [
        ("hero", hero),
        ("heading", {"text": "Why", "level": "2", "anchor": "why"}),
        ("text", f'<p><a linktype="page" id="{explainer.pk}">How it works</a></p>'),
        *referring,
        ("projects_by_rule", rule),
        ("live_statistics", {"numbers": ["units_cancelled", "projects", "countries"]}),
        ("map", {"caption": "Where", "projects": projects[:3], "place": "", "latitude": None, "longitude": None}),
        ("video", film),
        ("downloads", {"caption": "", "files": [{"document": make_document(), "title": "", "language": ""}]}),
    ]


@pytest.fixture
def big(campaign: CampaignPage, explainer: ExplainerPage) -> CampaignPage:
    """The campaign with twelve blocks; its pictures have been cut to size."""
    campaign.body = body(explainer)
    campaign.save_revision().publish()
    assert len(campaign.body) == 12
    assert Client().get(campaign.url).status_code == 200
    return campaign


def asked(address: str, reader: Client | None = None) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        answer = (reader or Client()).get(address)
    assert answer.status_code == 200
    assert "no longer" not in answer.content.decode()
    return [query["sql"] for query in captured]


def test_twelve_blocks_of_all_kinds(big: CampaignPage) -> None:
    """Beside what the page asks without any: the frame's and the address's own questions are counted elsewhere."""
    asked(big.url)
    with_blocks = len(asked(big.url))
    big.body = [("heading", {"text": "Why", "level": "2", "anchor": "why"})]
    big.save_revision().publish()
    asked(big.url)
    assert 2 < with_blocks - len(asked(big.url)) <= MOST


def test_twelve_blocks_when_nothing_is_remembered(big: CampaignPage) -> None:
    cache.clear()
    ContentType.objects.clear_cache()
    assert 2 < len(asked(big.url)) <= MOST


def test_a_text_with_links_asks_once(big: CampaignPage, explainer: ExplainerPage) -> None:
    asked(big.url)
    before = len(asked(big.url))
    links = "".join(f'<a linktype="page" id="{page.pk}">Read</a>' for page in (explainer, big, big.get_parent()))
    big.body[2] = ("text", f"<p>{links}</p>")
    big.save_revision().publish()
    asked(big.url)
    assert len(asked(big.url)) == before


def test_twelve_blocks_warm(big: CampaignPage, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CREDITSTORE_PAGE_CACHE_BYTES = 16_000_000
    monkeypatch.setattr(middleware, "this_process", Told())
    reader = Client()
    assert len(asked(big.url, reader)) > WARM
    assert len(asked(big.url, reader)) <= WARM


def test_more_blocks_ask_no_more(big: CampaignPage, explainer: ExplainerPage) -> None:
    cache.clear()
    before = len(asked(big.url))
    big.body = body(explainer, of_each=5)
    big.save_revision().publish()
    assert len(big.body) == 28
    assert Client().get(big.url).status_code == 200
    cache.clear()
    assert len(asked(big.url)) == before
