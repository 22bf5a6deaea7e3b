"""Pages are found by their address in one go, and nobody is let in who would not be by Wagtail's own way."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.models import Locale, Page, PageViewRestriction, Site

from creditstore_content.pages import serving
from creditstore_content.pages.models import CampaignPage, ExplainerPage, HomePage

pytestmark = pytest.mark.django_db


def request() -> Any:
    return RequestFactory().get("/", headers={"host": "testserver"})


def wagtails(path: str) -> Page | None:
    found = Page.route_for_request(request(), path)
    return found[0] if found else None


def test_every_live_page_is_found_where_wagtail_finds_it(home: HomePage) -> None:
    pages = Page.objects.live().filter(path__startswith=home.path)
    assert len(pages) > 10
    for page in pages:
        path = page.url_path.removeprefix(home.url_path)
        with override("en"):
            found = serving.find(request(), path)
            assert wagtails(path).specific == page.specific
        assert found is None or found == page.specific
        assert found is not None or type(page.specific).route is not Page.route


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(["clean-cooking", "explained", "the-store", "home", "", "x"]), max_size=4))
def test_no_address_leads_where_wagtail_would_not(home: HomePage, steps: list[str]) -> None:
    path = "".join(f"{step}/" for step in steps)
    with override("en"):
        found = serving.find(request(), path)
        if found is not None:
            assert wagtails(path) == found


@pytest.mark.parametrize("translated", [False, True])
def test_root_paths_are_told_as_wagtail_finds_them(home: HomePage, translated: bool) -> None:
    if translated:
        home.copy_for_translation(Locale.objects.create(language_code="en-xa"))
    for path in ("", "clean-cooking/", "not-there/"):
        cache.clear()
        with override("en"):
            serving.find(request(), path)
        with CaptureQueriesContext(connection) as captured:
            told = Site.get_site_root_paths()
        assert not captured.captured_queries
        cache.clear()
        assert told == Site.get_site_root_paths()
        assert len(told) == 1 + translated


def test_of_several_sites_each_host_has_its_own(home: HomePage) -> None:
    other = ExplainerPage.objects.live().first()
    assert other is not None
    site = Site.objects.create(hostname="other.example.org", root_page=other)
    cache.clear()
    asked = RequestFactory().get("/", headers={"host": "other.example.org"})
    with override("en"):
        found = serving.find(asked, "")
        mine = serving.find(request(), "")
    assert (Site.find_for_request(asked), found) == (site, other)
    assert mine == home
    cache.clear()
    assert len(Site.get_site_root_paths()) == 2


def test_a_host_that_no_site_has_finds_nothing(home: HomePage) -> None:
    Site.objects.update(is_default_site=False, hostname="elsewhere.example.org")
    cache.clear()
    assert serving.find(request(), "") is None


def test_a_page_that_is_not_live(campaign: CampaignPage) -> None:
    campaign.unpublish()
    assert Client().get("/en/clean-cooking/").status_code == 404


@pytest.mark.parametrize("above", [True, False])
def test_a_restriction_holds(campaign: CampaignPage, above: bool) -> None:
    kept = campaign.get_parent() if above else campaign
    PageViewRestriction.objects.create(page=kept, restriction_type="password", password="let me in")
    answer = Client().get(campaign.url)
    assert campaign.lead not in answer.content.decode()
    assert "password" in answer.content.decode()


def test_an_alias_is_as_restricted_as_its_source(campaign: CampaignPage, explainer: ExplainerPage) -> None:
    alias = campaign.create_alias(update_slug="the-same")
    PageViewRestriction.objects.create(page=campaign, restriction_type="password", password="let me in")
    assert campaign.lead not in Client().get(alias.url).content.decode()
