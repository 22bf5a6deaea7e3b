"""From a campaign to an order and back: links carry the key, and the goal moves when the registry has cancelled."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wagtail.models import Page

from creditstore.campaigns.models import Campaign
from creditstore.catalogue.models import Project
from creditstore.credits.models import Offer
from creditstore.orders.attribution import Progress
from creditstore.orders.models import Order
from creditstore_content.blocks.goal import GoalBlock, goal_of
from creditstore_content.pages.attribution import with_key
from creditstore_content.pages.models import CampaignPage, HomePage
from support.desk import settle
from support.pages import publish
from support.plugin_host import ScriptedProvider, ScriptedRegistry
from support.visitor import Visitor, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer() -> Offer:
    return Offer.objects.filter(state="live").select_related("issuance__project").order_by("pk")[0]


@pytest.fixture
def page(offer: Offer) -> CampaignPage:
    project = offer.issuance.project
    made = CampaignPage(
        title="Light for Lamu",
        slug="light-for-lamu",
        lead="Lamps instead of kerosene.",
        locale=HomePage.objects.get().locale,
        body=[
            ("goal", {"target": 10, "until": None, "campaign": None}),
            ("project", {"project": project, "text": ""}),
            ("text", f'<p><a href="/en/store/projects/{project.ref}/#offers">The offers</a></p>'),
        ],
    )
    return publish(made, below=HomePage.objects.get())


def read(visitor: Visitor, page: Page) -> str:
    answer = visitor.get(page.url)
    assert answer.status_code == 200
    assert not answer.cookies
    return answer.content.decode()


def test_publishing_announces_the_campaign_and_its_links_carry_its_key(
    visitor: Visitor, page: CampaignPage, offer: Offer
) -> None:
    campaign = Campaign.objects.get(source=page.translation_key)
    address = f"/en/store/projects/{offer.issuance.project.ref}/"
    html = read(visitor, page)
    assert f'href="{address}?campaign={campaign.key}"' in html
    assert f'href="{address}?campaign={campaign.key}#offers"' in html
    assert not re.search(rf'href="{address}["#]', html)
    # Other pages of the site lead there as ever.
    assert "?campaign=" not in read(visitor, HomePage.objects.get())


def test_the_goal_moves_when_the_registry_has_cancelled(
    visitor: Visitor, page: CampaignPage, offer: Offer, registry: ScriptedRegistry, provider: ScriptedProvider
) -> None:
    assert "0 of 10 t" in words(visitor.get(page.url))
    assert "Nothing has been cancelled for it yet." in words(visitor.get(page.url))
    link = re.search(r'href="(/en/store/projects/[^"]*\?campaign=[^"#]*)"', read(visitor, page))
    assert link is not None
    form = visitor.get(link[1]).content.decode()
    key = re.search(r'name="campaign" value="([^"]*)"', form)
    assert key is not None
    visitor.post("/en/store/basket/add/", {"offer": offer.code, "quantity": "4", "campaign": key[1]})
    answer = visitor.order(visitor.checkout_form())
    order = Order.objects.get(number=answer["Location"].rstrip("/").rpartition("/")[2])
    assert "0 of 10 t" in words(visitor.get(page.url))
    assert settle(order).state == "certified"
    assert "4 of 10 t" in words(visitor.get(page.url))


def test_unpublishing_closes_it_and_publishing_opens_it_again(page: CampaignPage) -> None:
    page.title = "Light for all of Lamu"
    page.unpublish()
    assert not Campaign.objects.get(source=page.translation_key).open
    page.save_revision().publish()
    campaign = Campaign.objects.get(source=page.translation_key)
    assert campaign.open
    assert campaign.title == "Light for all of Lamu"


def test_deleting_the_page_keeps_what_was_counted(page: CampaignPage) -> None:
    source = page.translation_key
    page.delete()
    assert not Campaign.objects.get(source=source).open


def test_the_api_of_the_block_tells_numbers(page: CampaignPage) -> None:
    block = GoalBlock()
    value = block.normalize({"campaign": page, "target": 10, "until": date(2026, 12, 1)})
    assert block.get_api_representation(value) == {
        "target": 10,
        "until": "2026-12-01",
        "campaign": page.pk,
        "cancelled": 0,
        "simulated": 0,
    }


def test_without_a_campaign_it_says_so() -> None:
    html = GoalBlock().render(GoalBlock().normalize({"target": 10}), context={"page": HomePage.objects.get()})
    assert "once the campaign is named" in html


@given(target=st.integers(1, 10**9), cancelled=st.integers(0, 10**10))
def test_a_goal_never_tells_more_than_there_is(target: int, cancelled: int) -> None:
    goal = goal_of(target=target, until=None, progress=Progress(cancelled=cancelled), today=date(2026, 1, 1))
    assert 0 <= goal.shown <= goal.target
    # 100 % is said when all of it is there, and not before.
    assert (goal.percent >= 100) == (cancelled >= target)
    assert not goal.ended


@pytest.mark.parametrize(("today", "ended"), [(date(2026, 12, 1), False), (date(2026, 12, 2), True)])
def test_the_last_day_still_belongs_to_it(today: date, ended: bool) -> None:
    goal = goal_of(target=5, until=date(2026, 12, 1), progress=Progress(), today=today)
    assert goal.ended is ended


def test_the_projects_of_the_store_are_there() -> None:
    assert Project.objects.exists()


def test_links_are_rewritten_whatever_stands_in_them(page: CampaignPage) -> None:
    from django.template.response import TemplateResponse

    from creditstore_content.pages.attribution import carry_key, key_of

    def finished(html: str) -> str:
        response = TemplateResponse(None, "pages/none.html")
        response._is_rendered = False
        carry_key(response, key=key)
        response.content = html
        for callback in response._post_render_callbacks:
            callback(response)
        return response.content.decode()

    key: Any = Campaign.objects.get(source=page.translation_key).key
    assert key_of(page) == key
    assert finished('<a href="/en/store/projects/0009/">') == f'<a href="/en/store/projects/0009/?campaign={key}">'
    assert finished('<a href="/en/store/projects/0009/card.png">') == '<a href="/en/store/projects/0009/card.png">'
    assert finished('<a href="/en/store/">') == f'<a href="/en/store/?campaign={key}">'
    assert finished('<a href="/en/store/?type=Wind#q">') == f'<a href="/en/store/?type=Wind&amp;campaign={key}#q">'
    assert finished('<a href="/en/store/basket/">') == '<a href="/en/store/basket/">'
    frame = '<a href="/en/store/"><main>{}</main><a href="/en/store/">'
    assert finished(frame.format('<a href="?q=x">')) == frame.format('<a href="?q=x">')
    assert finished('<a href="https://other.example/en/store/projects/1/">').count("campaign") == 0


def test_lists_of_projects_hand_the_key_on(visitor: Visitor, page: CampaignPage, offer: Offer) -> None:
    key = Campaign.objects.get(source=page.translation_key).key
    ref = offer.issuance.project.ref
    main = (
        visitor.get(f"/en/store/?q={ref}&campaign={key}").content.decode().partition("<main")[2].partition("</main>")[0]
    )
    assert f'href="/en/store/projects/{ref}/?campaign={key}"' in main
    assert all(f"campaign={key}" in link for link in re.findall(r'href="(\?[^"]*|/en/store/(?:\?[^"]*)?)"', main))
    forms = re.findall(r"<form[^>]*>(.*?)</form>", main, re.DOTALL)
    assert forms
    assert all(f'name="campaign" value="{key}"' in form for form in forms)
    assert (
        f'/en/store/projects/{ref}/?campaign={key}"'
        in visitor.get(f"/en/store/compare/?ref={ref}&campaign={key}").content.decode()
    )


@pytest.mark.parametrize("key", ["", "unknown", "<script>", "\x00", "x" * 400])
def test_a_list_hands_no_unknown_key_on(visitor: Visitor, key: str) -> None:
    answer = visitor.get("/en/store/", {"campaign": key})
    assert answer.status_code == 200
    assert not re.search(r"projects/[^\"]*campaign=", answer.content.decode())
    assert "<script>" not in answer.content.decode().partition("<main")[2].partition("</main>")[0]


@given(question=st.text(st.characters(exclude_characters='"#<>', codec="utf-8"), max_size=40))
def test_a_key_is_added_once(question: str) -> None:
    html = f'<main><a href="/en/store/?{question}">'.encode()
    once = with_key(html, key="abc", in_catalogue=True)
    assert with_key(once, key="abc", in_catalogue=True) == once
    assert once.count(b"campaign=") >= 1
