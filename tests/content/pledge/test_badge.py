"""The badge states facts, and leads to the record."""

from __future__ import annotations

import html
import re
from uuid import uuid4
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from creditstore.accounts.models import User
from creditstore.core import clock
from creditstore.core.states import transition
from creditstore_content.pledge.models import Pledge
from creditstore_content.pledge.services import SIGNER, withdraw
from creditstore_content.pledge.states import PLEDGES
from support.pledges import pledged, shown

pytestmark = pytest.mark.django_db
SVG = "{http://www.w3.org/2000/svg}"


def badge(pledge: Pledge, *, status: int = 200) -> str:
    """What stands on it."""
    answer = Client().get(f"/en/pledge/{pledge.public_id}/badge.svg")
    assert answer.status_code == status
    assert answer["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert "Set-Cookie" not in answer.headers
    drawn = ElementTree.fromstring(answer.content.strip())
    assert drawn.tag == f"{SVG}svg"
    assert not list(drawn.iter(f"{SVG}script"))
    return " | ".join(str(line.text) for line in drawn.iter(f"{SVG}text"))


def test_it_says_what_was_pledged_and_since_when(moderator: User) -> None:
    pledge = shown(moderator=moderator, name="Bakery <script> & Söhne", steps=("measure", "reduce"))
    said = badge(pledge)
    assert "Bakery <script> & Söhne" in said
    assert "has pledged: measure, reduce" in said
    assert str(clock.shared_now().year) in said
    assert "neutral" not in said


def test_it_says_that_a_pledge_has_lapsed(moderator: User) -> None:
    pledge = shown(moderator=moderator)
    with transaction.atomic():
        transition(
            instance=pledge, table=PLEDGES, to="lapsed", actor="system", values={"lapsed_at": clock.shared_now()}
        )
    said = badge(pledge)
    assert "has lapsed: no report was given" in said
    assert "has pledged" not in said


def test_of_what_is_not_public_it_tells_nothing(moderator: User) -> None:
    hidden = pledged(name="Ben", email="ben@example.org")
    gone = shown(moderator=moderator)
    withdraw(pledge=gone, actor=SIGNER)
    never = Pledge(public_id=uuid4())
    assert len({badge(one, status=404) for one in (hidden, gone, never)}) == 1
    assert "no such public pledge" in badge(gone, status=404)


def test_the_record_has_the_code_for_other_sites(moderator: User) -> None:
    pledge = shown(moderator=moderator, name="Bakery <script> & Söhne")
    page = Client().get(f"/en/pledge/{pledge.public_id}/").content.decode()
    (code,) = re.findall(r"<code>(.*?)</code>", page)
    code = html.unescape(code)
    address = f"{settings.SITE_URL}/en/pledge/{pledge.public_id}/"
    assert code.startswith(f'<a href="{address}"><img src="{address}badge.svg"')
    assert "<script>" not in code
    assert "Bakery &lt;script&gt; &amp; Söhne" in code
