"""Signing and confirming: nothing counts before the owner of the address presses the button."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, ProgrammingError, transaction

from creditstore.core import clock
from creditstore.core.errors import StoreError
from creditstore.core.models import TransitionRecord
from creditstore_content.pledge.listing import pledge_counts, waiting_listings
from creditstore_content.pledge.models import Pledge, PledgeText, PublicListing
from creditstore_content.pledge.services import confirm, disown, forget_unconfirmed, open_confirmation, send_links, sign
from creditstore_content.pledge.texts import current_text, publish_text, signed_words
from support.jobs import pending_jobs, run_jobs
from support.pledges import mailed_token, pledged, request, signed

pytestmark = pytest.mark.django_db


def test_a_signature_counts_once_its_owner_confirms_it() -> None:
    pledge = signed()
    assert (pledge.state, pledge_counts().pledges) == ("signed", 0)
    [sent] = mail.outbox
    assert sent.to == ["amina@example.org"]
    # Whoever types an address of somebody else's cannot have words of their own sent to it.
    assert "Amina" not in sent.body + sent.subject
    token = mailed_token()
    assert open_confirmation(token=token) == pledge
    assert pledge_counts().pledges == 0
    assert confirm(token=token) == pledge
    run_jobs()
    counts = pledge_counts()
    assert (counts.persons, counts.organisations, counts.events, counts.countries) == (1, 0, 0, 1)
    told = mail.outbox[-1].body
    assert "To measure:" in told
    assert "/withdraw/" in told
    assert confirm(token=token) == pledge
    assert pledge_counts().pledges == 1
    assert [(row.source, row.target) for row in TransitionRecord.objects.filter(machine="pledge").order_by("pk")] == [
        ("", "signed"),
        ("signed", "active"),
    ]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "amina"}, "email"),
        ({"email": "a@b.c\nBcc: x@example.org"}, "email"),
        ({"name": " \u202e "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"country": "XX"}, "country"),
        ({"steps": ()}, "steps"),
        ({"steps": ("measure", "neutral")}, "steps"),
        ({"listing": ""}, "listing"),
        ({"kind": "state"}, "kind"),
        ({"kind": "organisation", "name": "Lakeside School"}, "signer.name"),
        ({"text_version": 2}, "text_version"),
        ({"language": "tlh"}, "language"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_stored(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(StoreError) as refused:
        sign(request=request(**changes))
    assert refused.value.code == "invalid"
    assert [error.field for error in refused.value.errors] == [field]
    assert not Pledge.objects.exists()
    assert pending_jobs() == []


def test_whoever_has_pledged_learns_it_by_mail_and_nobody_else_does() -> None:
    pledge = pledged()
    before = mail.outbox[-1].body
    assert sign(request=request(email="AMINA+again@example.org", name="Somebody else")) is None
    run_jobs()
    assert mail.outbox[-1].to == ["amina@example.org"]
    assert mail.outbox[-1].body != before
    assert "nothing was changed" in mail.outbox[-1].body
    assert "Somebody else" not in mail.outbox[-1].body
    assert list(Pledge.objects.all()) == [pledge]


def test_one_address_may_sign_for_itself_and_for_several_organisations() -> None:
    school = {"kind": "organisation", "name": "Lakeside School", "signer_name": "Amina Otieno", "signer_role": "Head"}
    pledged()
    pledged(**school)
    pledged(**{**school, "name": "Lakeside Hospital"})
    sign(request=request(**{**school, "name": "LAKESIDE  school"}))
    run_jobs()
    assert "nothing was changed" in mail.outbox[-1].body
    counts = pledge_counts()
    assert (counts.persons, counts.organisations) == (1, 2)


def test_no_mailbox_is_filled(settings: Any) -> None:
    for number in range(10):
        # Sub-addresses lead to the same mailbox.
        sign(request=request(email=f"amina+{number}@example.org"))
    run_jobs()
    assert len(mail.outbox) == settings.CREDITSTORE_PLEDGE_MAILS_PER_DAY
    assert Pledge.objects.count() == len(mail.outbox)
    sign(request=request(email="other@example.org"))
    run_jobs()
    assert mail.outbox[-1].to == ["other@example.org"]


def test_of_two_signatures_one_is_confirmed_and_the_other_is_gone() -> None:
    signed(name="A bad joke")
    first = mailed_token()
    signed()
    pledge = confirm(token=mailed_token())
    assert pledge.name == "Amina Otieno"
    with pytest.raises(StoreError, match="not complete, or it is so old"):
        confirm(token=first)
    assert Pledge.objects.get() == pledge


@pytest.mark.parametrize(
    "spoil", [lambda t: t[:-1], lambda t: t + "a", lambda t: "x" + t, lambda t: "", lambda t: "a:b"]
)
def test_an_altered_link_confirms_nothing(spoil: Any) -> None:
    signed()
    with pytest.raises(StoreError, match="Copy the whole link"):
        confirm(token=spoil(mailed_token()))
    assert pledge_counts().pledges == 0


def test_one_kind_of_link_is_none_of_the_other() -> None:
    pledged()
    manage = mailed_token("mine")
    with pytest.raises(StoreError, match="not complete"):
        confirm(token=manage)


def test_a_link_runs_out(settings: Any) -> None:
    settings.CREDITSTORE_PLEDGE_CONFIRM_HOURS = 0
    signed()
    with pytest.raises(StoreError, match="Sign again to get a new one"):
        confirm(token=mailed_token())
    assert pledge_counts().pledges == 0


def test_who_did_not_sign_has_it_deleted_at_once() -> None:
    signed()
    token = mailed_token()
    disown(token=token)
    assert not Pledge.objects.exists()
    with pytest.raises(StoreError):
        confirm(token=token)


def test_what_nobody_confirms_is_forgotten(settings: Any) -> None:
    signed()
    kept = pledged(email="other@example.org")
    days = settings.CREDITSTORE_PLEDGE_UNCONFIRMED_DAYS
    assert forget_unconfirmed(now=clock.now() + timedelta(days=days - 1)) == 0
    assert forget_unconfirmed(now=clock.now() + timedelta(days=days + 1)) == 1
    assert list(Pledge.objects.all()) == [kept]
    assert TransitionRecord.objects.filter(machine="pledge", target="forgotten").count() == 1


def test_links_are_sent_to_those_who_have_pledged() -> None:
    pledged()
    sent = len(mail.outbox)
    send_links(email="Amina@example.org")
    send_links(email="nobody@example.org")
    run_jobs()
    assert [message.to for message in mail.outbox[sent:]] == [["amina@example.org"]]
    assert mailed_token("mine")


def test_nothing_waits_for_a_moderator_that_nobody_confirmed() -> None:
    pledge = signed()
    assert not waiting_listings().exists()
    confirm(token=mailed_token())
    assert [listing.pledge for listing in waiting_listings()] == [pledge]


def test_a_new_version_changes_nothing_for_those_who_signed() -> None:
    pledge = pledged(steps=("measure",))
    words = signed_words(text=pledge.text, steps=pledge.steps)
    assert not any(part.startswith("To reduce:") for part in words)
    fields = ("title", "introduction", "measure", "reduce", "contribute", "closing")
    text = PledgeText.objects.create(version=2, language="en", **dict.fromkeys(fields, "New words."))
    assert current_text(language="en").version == 1
    publish_text(text=text)
    assert current_text(language="en").version == 2
    pledge.refresh_from_db()
    assert signed_words(text=pledge.text, steps=pledge.steps) == words
    with pytest.raises(StoreError) as refused:
        sign(request=request(email="other@example.org"))
    assert "Read the new one" in refused.value.errors[0].message
    with pytest.raises(ProgrammingError), transaction.atomic():
        PledgeText.objects.filter(version=1).update(measure="Something easier.")
    with pytest.raises(ProgrammingError), transaction.atomic():
        PledgeText.objects.filter(version=2).delete()


def test_a_text_in_another_language_is_signed_where_there_is_one() -> None:
    fields = ("title", "introduction", "measure", "reduce", "contribute", "closing")
    text = PledgeText.objects.create(version=1, language="ar-xb", **dict.fromkeys(fields, "Words."))
    assert current_text(language="ar-xb").language == "en"
    publish_text(text=text)
    assert current_text(language="ar-xb").language == "ar-xb"
    with pytest.raises(StoreError, match="published"):
        publish_text(text=text)


@pytest.mark.parametrize(("version", "language"), [(1, "en-xa-x"), (3, "ar-xb")])
def test_a_text_is_published_in_the_stores_own_language_first(version: int, language: str) -> None:
    fields = ("title", "introduction", "measure", "reduce", "contribute", "closing")
    text = PledgeText.objects.create(version=version, language=language, **dict.fromkeys(fields, "Words."))
    if version == 1:
        publish_text(text=text)
        assert text.published_at
    else:
        with pytest.raises(StoreError, match="own language first"):
            publish_text(text=text)


def test_the_database_holds_what_pledges_promise() -> None:
    pledge = pledged()
    with pytest.raises(IntegrityError), transaction.atomic():
        Pledge.objects.create(
            **{
                field.attname: getattr(pledge, field.attname)
                for field in Pledge._meta.concrete_fields
                if field.attname not in ("id", "public_id")
            }
        )
    for broken in ({"state": "signed"}, {"steps": ["reduce"]}, {"country": "CL"}):
        with pytest.raises(ProgrammingError), transaction.atomic():
            Pledge.objects.filter(pk=pledge.pk).update(**broken)
    PublicListing.objects.all().delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        Pledge.objects.filter(pk=pledge.pk).update(state="withdrawn")
    with pytest.raises(ProgrammingError), transaction.atomic():
        Pledge.objects.filter(pk=pledge.pk).delete()
