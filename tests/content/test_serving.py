"""Pages are found by their address in one go, and nobody is let in who would not be by Wagtail's own way."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.models import Page, PageViewRestriction

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
