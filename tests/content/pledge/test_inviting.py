"""Inviting by a link of one's own, and taking all that is stored away as a file."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from creditstore.accounts.models import User
from creditstore.core.errors import StoreError
from creditstore_content.pledge.exporting import export
from creditstore_content.pledge.inviting import (
    came,
    end_invitation,
    invitation_address,
    invite,
    known_inviter,
    open_invitation,
)
from creditstore_content.pledge.links import manage_token
from creditstore_content.pledge.models import Invitation, Pledge
from creditstore_content.pledge.services import SIGNER, withdraw
from support.pledges import pledged, shown, signed
from support.visitor import words

pytestmark = pytest.mark.django_db
FRIEND = {"name": "Ben Odera", "email": "ben@example.org"}
#: What an export leaves out: keys of rows, and hashes that say nothing to anybody.
LEFT_OUT = {"id", "public_id", "email_key", "subject_key", "invitation"}


def mine(pledge: Pledge, part: str = "") -> str:
    return f"/en/pledge/mine/{manage_token(pledge)}/{part}"


def test_a_signer_has_one_link_and_it_counts_who_confirmed() -> None:
    pledge = pledged()
    link = invite(pledge=pledge)
    assert invite(pledge=pledge) == link
    signed(**FRIEND, invitation=link.code)
    assert came(pledge=pledge) == 0
    friend = pledged(**FRIEND, invitation=link.code)
    assert friend.invitation == link
    assert came(pledge=pledge) == 1
    withdraw(pledge=friend, actor=SIGNER)
    assert came(pledge=pledge) == 0


def test_an_ended_link_invites_nobody_and_keeps_who_came() -> None:
    pledge = pledged()
    first = invite(pledge=pledge)
    pledged(**FRIEND, invitation=first.code)
    assert end_invitation(pledge=pledge)
    assert not end_invitation(pledge=pledge)
    late = pledged(name="Cleo", email="cleo@example.org", invitation=first.code)
    assert late.invitation is None
    second = invite(pledge=pledge)
    assert second.code != first.code
    assert (open_invitation(pledge=pledge), came(pledge=pledge)) == (second, 1)


def test_who_withdraws_invites_nobody() -> None:
    pledge = pledged()
    link = invite(pledge=pledge)
    friend = pledged(**FRIEND, invitation=link.code)
    withdraw(pledge=pledge, actor=SIGNER)
    friend.refresh_from_db()
    assert (friend.state, friend.invitation, Invitation.objects.count()) == ("active", None, 0)
    assert known_inviter(code=link.code) is None
    with pytest.raises(StoreError) as refused:
        invite(pledge=pledge)
    assert refused.value.code == "conflict"


def test_a_name_is_told_only_where_the_public_list_shows_it(moderator: User) -> None:
    hidden = pledged()
    assert known_inviter(code=invite(pledge=hidden).code) == ""
    listed = shown(moderator=moderator, **FRIEND)
    link = invite(pledge=listed)
    assert known_inviter(code=link.code) == "Ben Odera"
    anonymous = shown(moderator=moderator, name="Cleo", email="cleo@example.org", listing="anonymous")
    assert known_inviter(code=invite(pledge=anonymous).code) == ""
    assert [known_inviter(code=code) for code in ("", "x", "x" * 99)] == [None, None, None]
    address = invitation_address(link).partition("//")[2].partition("/")[2]
    page = words(Client().get(f"/{address}"))
    assert "Ben Odera has pledged, and invites you" in page
    assert "invites you" not in words(Client().get("/en/pledge/?invite=nobody"))


def test_making_and_ending_the_link_on_the_own_page() -> None:
    pledge = pledged()
    client = Client()
    page = words(client.get(mine(pledge)))
    assert "Make my link" in page
    # Whatever opens addresses by itself makes nothing.
    assert client.get(mine(pledge, "invitation/")).status_code == 405
    answer = client.post(mine(pledge, "invitation/"), follow=True)
    link = open_invitation(pledge=pledge)
    assert link is not None
    assert invitation_address(link) in answer.content.decode()
    assert "Your link is ready" in words(answer)
    pledged(**FRIEND, invitation=link.code)
    assert "1 pledge came by your invitation" in words(client.get(mine(pledge)))
    assert "invites nobody any more" in words(client.post(mine(pledge, "invitation/"), {"end": "1"}, follow=True))
    assert open_invitation(pledge=pledge) is None
    assert Client(enforce_csrf_checks=True).post(mine(pledge, "invitation/")).status_code == 403


def test_the_file_holds_all_that_is_stored(moderator: User) -> None:
    pledge = shown(
        moderator=moderator, kind="organisation", name="Bakery <Ö>", signer_name="Ana", signer_role="Head",
    )  # fmt: skip
    invite(pledge=pledge)
    answer = Client().get(mine(pledge, "data.json"))
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    found: dict[str, Any] = json.loads(answer.content)
    assert found == json.loads(json.dumps(export(pledge=pledge)))
    stored = {field.name for field in Pledge._meta.get_fields() if field.concrete} - LEFT_OUT
    assert stored - found["pledge"].keys() == set()
    assert (found["pledge"]["name"], found["pledge"]["email"]) == ("Bakery <Ö>", "amina@example.org")
    assert found["public_listing"]["name"] == "Bakery <Ö>"
    assert len(found["invitations"]) == 1
    assert [row["to"] for row in found["history"]] == ["signed", "active"]


@pytest.mark.parametrize("part", ["invitation/", "data.json"])
def test_an_altered_link_opens_nothing(part: str) -> None:
    pledge = pledged()
    address = mine(pledge, part).replace(manage_token(pledge), f"{manage_token(pledge)}x")
    client = Client()
    answer = client.post(address) if part == "invitation/" else client.get(address)
    assert answer.status_code == 404
    assert "leads to no pledge" in words(answer)
