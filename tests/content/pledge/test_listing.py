"""The public list: nothing before a moderator's yes, and nothing after a withdrawal."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core import mail
from django.db import ProgrammingError, transaction
from hypothesis import given
from hypothesis import strategies as st

from creditstore.accounts.models import User
from creditstore.core.errors import StoreError
from creditstore.core.paging import encode_cursor
from creditstore_content.pledge.listing import (
    PledgeFilters,
    change_listing,
    decide,
    folded,
    listing_wish,
    newest,
    pledge_counts,
    public_page,
    public_pledge,
    waiting_listings,
)
from creditstore_content.pledge.models import FOLDED_LIMIT, Pledge, PublicListing
from creditstore_content.pledge.services import open_own, withdraw
from support.jobs import run_jobs
from support.pledges import mailed_token, pledged, shown, signed

pytestmark = pytest.mark.django_db


def names(**filters: str) -> list[str]:
    return [item.name for item in public_page(filters=PledgeFilters(**filters)).items]


def test_nothing_is_public_before_a_moderators_yes(moderator: User) -> None:
    pledge = pledged()
    assert names() == []
    with pytest.raises(StoreError):
        public_pledge(public_id=pledge.public_id)
    listing = waiting_listings().get()
    assert decide(listing=listing, show=True, by=moderator, seen_name="Amina Otieno")
    assert not decide(listing=listing, show=True, by=moderator, seen_name="Amina Otieno")
    run_jobs()
    assert names() == ["Amina Otieno"]
    assert public_pledge(public_id=pledge.public_id).steps == ("measure", "reduce", "contribute")
    assert f"/en/pledge/{pledge.public_id}/" in mail.outbox[-1].body


def test_a_no_has_a_reason_that_the_signer_reads(moderator: User) -> None:
    pledge = pledged()
    listing = waiting_listings().get()
    with pytest.raises(StoreError) as refused:
        decide(listing=listing, show=False, by=moderator, seen_name=listing.name, note="  ")
    assert refused.value.errors[0].field == "note"
    decide(listing=listing, show=False, by=moderator, seen_name=listing.name, note="This is not a name.")
    run_jobs()
    assert "This is not a name." in mail.outbox[-1].body
    assert names() == []
    assert pledge_counts().persons == 1
    assert listing_wish(pledge=pledge) == "named"


def test_an_anonymous_signer_is_shown_without_the_name(moderator: User) -> None:
    shown(moderator=moderator, listing="anonymous")
    assert names() == [""]
    assert names(q="amina") == []


def test_who_is_not_listed_is_counted() -> None:
    pledged(listing="none")
    assert not PublicListing.objects.exists()
    assert (names(), pledge_counts().persons) == ([], 1)


def test_a_signer_who_changes_the_wish_waits_again_or_is_gone_at_once(moderator: User) -> None:
    pledge = shown(moderator=moderator)
    assert change_listing(pledge=pledge, wish="anonymous")
    assert names() == []
    decide(listing=waiting_listings().get(), show=True, by=moderator, seen_name="")
    assert names() == [""]
    assert not change_listing(pledge=pledge, wish="anonymous")
    assert change_listing(pledge=pledge, wish="none")
    assert names() == []
    assert change_listing(pledge=pledge, wish="named")
    assert waiting_listings().count() == 1


def test_a_moderator_decides_on_the_name_that_stands_there(moderator: User) -> None:
    pledge = pledged()
    listing = waiting_listings().get()
    change_listing(pledge=pledge, wish="anonymous")
    with pytest.raises(StoreError, match="changed this meanwhile"):
        decide(listing=listing, show=True, by=moderator, seen_name="Amina Otieno")


def test_withdrawing_takes_everything_personal_away_at_once(moderator: User) -> None:
    pledge = shown(
        moderator=moderator, kind="event", name="Lake Run", signer_name="Amina Otieno", signer_role="Organiser"
    )
    token = mailed_token("mine")
    assert withdraw(pledge=open_own(token=token), actor="signer")
    assert names() == []
    assert pledge_counts().events == 0
    kept = Pledge.objects.get(pk=pledge.pk)
    for secret in ("Amina", "Lake Run", "Organiser", "example.org"):
        assert secret not in str(vars(kept))
    assert (kept.email_key, kept.subject_key, kept.state, kept.kind) == ("", "", "withdrawn", "event")
    assert not withdraw(pledge=kept, actor="signer")
    with pytest.raises(StoreError):
        open_own(token=token)
    # The same may pledge again.
    again = pledged(kind="event", name="Lake Run", signer_name="Amina Otieno")
    assert again.pk != kept.pk


def test_the_list_is_searched_and_paged(moderator: User) -> None:
    for number, (name, country) in enumerate([("Zoë Ñandú", "CL"), ("Łukasz Nowak", "PL"), ("zoe park", "KE")]):
        shown(moderator=moderator, name=name, country=country, email=f"signer{number}@example.org")
    school = {"kind": "organisation", "signer_name": "Head", "email": "school@example.org"}
    shown(moderator=moderator, name="Park 100% School_A", **school)
    assert names() == ["Park 100% School_A", "zoe park", "Łukasz Nowak", "Zoë Ñandú"]
    assert names(q="ZOE") == ["zoe park", "Zoë Ñandú"]
    assert names(q="park", kind="person") == ["zoe park"]
    assert names(q="100%") == ["Park 100% School_A"]
    assert names(q="%") == ["Park 100% School_A"]
    assert names(country="pl") == ["Łukasz Nowak"]
    seen, cursor = [], None
    while True:
        page = public_page(filters=PledgeFilters(), cursor=cursor, limit=3)
        assert page.total == 4
        seen += [item.name for item in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert seen == names()
    assert [item.name for item in newest(limit=2)] == seen[:2]
    odd = encode_cursor(["2026-01-01T00:00:00+23:59:59", 1])
    for broken in ("x", "W10", "WyJ4IiwxXQ", "WyIyMDI2LTAxLTAxIiwiYSJd", odd):
        with pytest.raises(StoreError):
            public_page(filters=PledgeFilters(), cursor=broken)
    with pytest.raises(StoreError):
        public_pledge(public_id=uuid4())


def test_the_database_shows_nothing_that_nobody_confirmed_and_no_other_name(moderator: User) -> None:
    pledge = signed()
    decided = {"decided_at": pledge.signed_at, "decided_by": moderator}
    with pytest.raises(ProgrammingError, match="only a confirmed pledge"), transaction.atomic():
        PublicListing.objects.filter(pledge=pledge).update(state="shown", **decided)
    other = shown(moderator=moderator, email="other@example.org")
    with pytest.raises(ProgrammingError, match="waits for a moderator again"), transaction.atomic():
        PublicListing.objects.filter(pledge=other).update(name="Another name")


@given(st.text(max_size=200))
def test_folding_is_stable_and_fits(name: str) -> None:
    assert len(folded(name)) <= FOLDED_LIMIT
    assert folded(name.upper()) == folded(folded(name.upper()))
