"""The pledge on editors' pages: current whenever a page is shown, and the same for every reader."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from creditstore.accounts.models import User
from creditstore_content.pages.models import CampaignPage
from creditstore_content.pledge.services import withdraw
from support.pledges import shown
from support.visitor import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(campaign: CampaignPage) -> CampaignPage:
    campaign.body = [
        ("pledge_form", {"heading": "Pledge with us", "text": ""}),
        ("pledge_wall", {"heading": "They have pledged", "number": 3}),
    ]
    campaign.save_revision().publish()
    return campaign


def test_a_campaign_leads_to_the_form_and_shows_who_has_signed(page: CampaignPage, moderator: User) -> None:
    pledge = shown(moderator=moderator)
    answer = Client().get(page.url)
    html = answer.content.decode()
    for kind in ("person", "organisation", "event"):
        assert f'href="/en/pledge/?kind={kind}"' in html
    assert f'href="/en/pledge/{pledge.public_id}/"' in html
    assert "Amina Otieno" in words(answer)
    assert "1 has pledged so far" in words(answer)
    assert not answer.cookies
    assert answer["Cache-Control"].startswith("public")
    withdraw(pledge=pledge, actor="signer")
    assert "Amina" not in words(Client().get(page.url))


def test_no_more_are_shown_than_the_editor_wants(page: CampaignPage, moderator: User) -> None:
    for number in range(5):
        shown(moderator=moderator, name=f"Signer {number}", email=f"signer{number}@example.org")
    text = words(Client().get(page.url))
    assert [number for number in range(5) if f"Signer {number}" in text] == [2, 3, 4]


def test_programs_read_the_same(page: CampaignPage, moderator: User) -> None:
    shown(moderator=moderator, listing="anonymous")
    form, wall = (block["value"] for block in _body(page))
    assert form["urls"]["event"] == "/en/pledge/?kind=event"
    assert wall["counts"] == {"persons": 1, "organisations": 0, "events": 0, "countries": 1}
    [entry] = wall["pledges"]
    assert (entry["name"], entry["country"]) == (None, "KE")


def _body(page: CampaignPage) -> list[dict[str, Any]]:
    return page.body.stream_block.get_api_representation(page.body)  # type: ignore[no-any-return]
