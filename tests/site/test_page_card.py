"""What other sites show of an editors' page: its own picture, else the site's, else a card drawn from its title."""

from __future__ import annotations

import io
import re
from html import unescape

import pytest
from django.test import Client
from PIL import Image
from wagtail.models import PageViewRestriction, Site

from creditstore_content.navigation.models import Sharing
from creditstore_content.pages.models import CampaignPage
from creditstore_content.pages.seed import seed_pages
from creditstore_site.views.page_card import picture_of
from support.library import make_image

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign() -> CampaignPage:
    seed_pages()
    page: CampaignPage = CampaignPage.objects.get(slug="clean-cooking")
    return page


def told(page: CampaignPage, name: str) -> list[str]:
    html = Client().get(page.url).content.decode()
    return [unescape(one) for one in re.findall(rf'<meta (?:property|name)="{name}" content="([^"]*)"', html)]


def test_a_page_without_a_picture_has_a_card(campaign: CampaignPage) -> None:
    (address,) = told(campaign, "og:image")
    assert told(campaign, "twitter:card") == ["summary_large_image"]
    assert told(campaign, "og:image:alt") == [campaign.title]
    answer = Client().get(address.removeprefix("http://127.0.0.1:8000"))
    assert answer["Content-Type"] == "image/png"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    with Image.open(io.BytesIO(answer.content)) as image:
        assert image.size == (1200, 630)
    assert (told(campaign, "og:image:width"), told(campaign, "og:image:height")) == (["1200"], ["630"])


def test_another_title_is_another_address(campaign: CampaignPage) -> None:
    before = told(campaign, "og:image")
    campaign.title = "Another title"
    campaign.save_revision().publish()
    assert told(campaign, "og:image") != before
    old = Client().get(before[0].removeprefix("http://127.0.0.1:8000"))
    assert old["Cache-Control"] == "public, max-age=3600"


def test_the_pages_own_picture_comes_before_the_sites(campaign: CampaignPage) -> None:
    sharing = Sharing.for_site(Site.objects.get(is_default_site=True))
    sharing.picture = make_image(title="The site's")
    sharing.save()
    (sites,) = told(campaign, "og:image")
    assert "/cards/" not in sites
    hero = {
        "image": make_image(title="A stove"),
        "alt": "A stove",
        "text": "",
        "button": "",
        "link": {},
        "tone": "band",
    }
    campaign.body = [("hero", hero)]
    campaign.save_revision().publish()
    (own,) = told(campaign, "og:image")
    assert own != sites
    assert "/cards/" not in own


def test_no_card_of_what_is_not_public(campaign: CampaignPage) -> None:
    address = f"/en/cards/{campaign.pk}.png"
    assert Client().get(address).status_code == 200
    PageViewRestriction.objects.create(page=campaign, restriction_type="login")
    assert Client().get(address).status_code == 404
    PageViewRestriction.objects.all().delete()
    campaign.unpublish()
    assert Client().get(address).status_code == 404
    assert Client().get("/en/cards/99999999999999999999.png").status_code == 404


def test_a_page_that_is_previewed_before_it_is_saved_has_none(campaign: CampaignPage) -> None:
    assert picture_of(CampaignPage(title="New", lead="Not yet."), default=None) is None
    assert picture_of(campaign, default=None) is not None
