"""The sitemap names every public page once, with its translations, and nothing that is not for everybody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest
from django.conf import settings as used
from django.test import Client
from wagtail.models import Locale, Page, PageViewRestriction

from creditstore.catalogue.models import Project
from creditstore_content.pages.models import CampaignPage, ExplainerPage
from creditstore_content.pages.seed import seed_pages
from creditstore_site import one_catalogue, sitemaps

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _messages_joined_again() -> Iterator[None]:
    """Other languages make Django read its messages anew; it does so once more when the settings are put back."""
    yield
    one_catalogue.join_all()


@pytest.fixture
def campaign() -> CampaignPage:
    seed_pages()
    page: CampaignPage = CampaignPage.objects.get(slug="clean-cooking")
    return page


def section(name: str) -> str:
    answer = Client().get(f"/sitemap-{name}.xml")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "public, max-age=300"
    assert not answer.cookies
    ElementTree.fromstring(answer.content)
    return answer.content.decode()


def addresses(name: str) -> list[str]:
    return [one.removeprefix(used.SITE_URL) for one in re.findall(r"<loc>([^<]*)</loc>", section(name))]


def test_every_kind_of_page_is_in_and_can_be_read(campaign: CampaignPage) -> None:
    listed = addresses("pages")
    assert len(listed) == len(set(listed))
    kinds = {page.specific_class for page in Page.objects.live().filter(depth__gt=1)}
    for kind in kinds:
        assert kind.objects.live().first().url in listed
    for address in [*listed, *addresses("service")]:
        assert Client().get(address).status_code == 200


@pytest.mark.parametrize("how", ["unpublished", "restricted", "below what is restricted", "a draft"])
def test_what_is_not_for_everybody_is_not_in(campaign: CampaignPage, how: str) -> None:
    page: Any = ExplainerPage.objects.get(slug="the-store") if how.startswith("below") else campaign
    assert page.url in addresses("pages")
    if how == "unpublished":
        page.unpublish()
    elif how == "a draft":
        Page.objects.filter(pk=page.pk).update(live=False)
    else:
        kept = page.get_parent() if how.startswith("below") else page
        PageViewRestriction.objects.create(page=kept, restriction_type="password", password="open")
    assert page.url not in addresses("pages")


def test_translations_name_each_other(campaign: CampaignPage, settings: Any) -> None:
    settings.WAGTAIL_CONTENT_LANGUAGES = settings.LANGUAGES = [("en", "English"), ("fr", "French")]
    french = Locale.objects.create(language_code="fr")
    for page in (campaign.get_parent().specific, campaign):
        page.copy_for_translation(french).specific.save_revision().publish()
    entry = section("pages").partition(f"<loc>{used.SITE_URL}{campaign.url}</loc>")[2].partition("</url>")[0]
    for language in ("en", "fr"):
        assert f'hreflang="{language}"' in entry


def test_all_projects_are_in_some_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemaps.Projects, "limit", 100)
    parts = [part.removeprefix(used.SITE_URL) for part in sitemaps.files() if "projects" in part]
    assert len(parts) > 2
    found = "".join(Client().get(part).content.decode() for part in parts)
    refs = re.findall(r"<loc>[^<]*/en/store/projects/([^<]*)/</loc>", found)
    assert sorted(refs) == sorted(Project.objects.values_list("ref", flat=True))


def test_an_unknown_part() -> None:
    assert Client().get("/sitemap-nothing.xml").status_code == 404
    assert Client().get("/sitemap-pages.xml?p=99").status_code == 404


def test_robots_may_read_all_that_is_in_the_sitemap(campaign: CampaignPage) -> None:
    lines = Client().get("/robots.txt").content.decode().splitlines()
    closed = [re.escape(line.removeprefix("Disallow: ")).replace(r"\*", ".*") for line in lines if "Disallow" in line]
    for address in [*addresses("pages"), *addresses("service")]:
        assert not any(re.match(path, address) for path in closed), address
