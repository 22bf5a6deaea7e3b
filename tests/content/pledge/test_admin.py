"""Moderators decide, administrators publish texts, and nobody sees more than the work needs."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from creditstore.accounts.models import User
from creditstore_content.pledge.listing import waiting_listings
from creditstore_content.pledge.models import PledgeText, PublicListing
from creditstore_content.pledge.texts import current_text
from support.jobs import pending_jobs
from support.pledges import pledged, signed
from support.visitor import words

pytestmark = pytest.mark.django_db
LIST, TEXTS = "/admin/pledge-listings/", "/admin/pledge-texts/"
SCHOOL = {
    "kind": "organisation",
    "name": "Lakeside <b>School</b>",
    "signer_name": "Amina Otieno",
    "signer_role": "Head",
}
TEXT = {
    "version": "2",
    "language": "en",
    **dict.fromkeys(("title", "introduction", "measure", "reduce", "contribute", "closing"), "New words."),
}


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def administrator(db: None) -> Client:
    return logged_in(User.objects.create_superuser(email="publisher@example.org", password="a password of the tests"))


def test_a_moderator_sees_what_waits_without_the_address(moderator: User) -> None:
    pledged(**SCHOOL)
    signed(email="other@example.org", name="Nobody confirmed this")
    client = logged_in(moderator)
    listed = client.get(LIST).content.decode()
    listing = waiting_listings().get()
    address = f"{LIST}{listing.pk}/"
    assert address in listed
    assert "Nobody confirmed this" not in listed
    page = client.get(address).content.decode()
    assert "Lakeside &lt;b&gt;School" in page
    assert "amina@" not in listed + page
    assert "example.org" in page


def test_yes_and_no(moderator: User) -> None:
    pledged(**SCHOOL)
    client, listing = logged_in(moderator), waiting_listings().get()
    address = f"{LIST}{listing.pk}/"
    refused = client.post(address, {"decision": "refuse", "note": "", "seen": listing.name})
    assert refused.status_code == 422
    assert "Give the signer a reason" in refused.content.decode()
    stale = client.post(address, {"decision": "show", "seen": "Another name"})
    assert stale.status_code == 422
    assert "changed this meanwhile" in stale.content.decode()
    assert PublicListing.objects.get().state == "waiting"
    assert client.post(address, {"decision": "show", "seen": listing.name}).status_code == 302
    assert PublicListing.objects.get().state == "shown"
    assert pending_jobs() == ["creditstore.pledge.mail_decision"]
    assert address not in client.get(LIST).content.decode()
    assert address in client.get(f"{LIST}?state=all").content.decode()
    assert client.post(address, {"decision": "refuse", "note": "Not theirs.", "seen": listing.name}).status_code == 302
    assert PublicListing.objects.get().state == "refused"


@pytest.mark.parametrize("group", ["Editors", "Support", "Shop managers", "Registry officers"])
def test_others_neither_see_nor_decide(group: str) -> None:
    pledged(**SCHOOL)
    user = User.objects.create_user(email="other-staff@example.org", password="a password of the tests")
    user.groups.add(Group.objects.get(name=group))
    client, listing = logged_in(user), waiting_listings().get()
    for address in (LIST, f"{LIST}{listing.pk}/"):
        assert client.get(address).status_code in (302, 403)
        assert client.post(address, {"decision": "show", "seen": listing.name}).status_code in (302, 403, 405)
    assert client.get(TEXTS).status_code in (302, 403)
    assert PublicListing.objects.get().state == "waiting"


def test_a_moderator_writes_no_texts(moderator: User) -> None:
    client = logged_in(moderator)
    assert client.get(f"{TEXTS}new/").status_code in (302, 403)
    assert client.post(f"{TEXTS}new/", {**TEXT, "publish": "on"}).status_code in (302, 403)
    assert current_text(language="en").version == 1


def test_a_text_is_drafted_changed_and_published_once(administrator: Client) -> None:
    assert administrator.post(f"{TEXTS}new/", TEXT).status_code == 302
    draft = PledgeText.objects.get(version=2)
    assert current_text(language="en").version == 1
    address = f"{TEXTS}edit/{draft.pk}/"
    changed: dict[str, Any] = {**TEXT, "measure": "Better words.", "publish": "on"}
    assert administrator.post(address, changed).status_code == 302
    assert current_text(language="en").measure == "Better words."
    late = administrator.post(address, {**TEXT, "measure": "Easier words."})
    assert late.status_code == 200
    assert "This text is published" in words(late)
    assert current_text(language="en").measure == "Better words."
    assert administrator.post(f"{TEXTS}delete/{draft.pk}/").status_code in (302, 403)
    assert PledgeText.objects.filter(pk=draft.pk).exists()


def test_a_number_that_does_not_come_next_is_refused_before_anything_is_saved(administrator: Client) -> None:
    answer = administrator.post(f"{TEXTS}new/", {**TEXT, "version": "1", "language": "en-xa", "publish": "on"})
    assert answer.status_code == 302
    answer = administrator.post(f"{TEXTS}new/", {**TEXT, "version": "0", "publish": "on"})
    assert "needs a higher number" in words(answer)
    assert not PledgeText.objects.filter(version=0).exists()
