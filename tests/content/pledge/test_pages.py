"""The pledge's pages, as a visitor meets them: forms without JavaScript, links from mails."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.http import HttpResponse
from django.test import Client

from creditstore.accounts.models import User
from creditstore_content.pledge.models import Pledge
from support.jobs import run_jobs
from support.pledges import mailed_token, pledged, shown, signed
from support.visitor import words

pytestmark = pytest.mark.django_db
SIGN, WALL = "/en/pledge/", "/en/pledge/wall/"
TYPED = {
    "name": "Amina Otieno",
    "country": "KE",
    "email": "amina@example.org",
    "steps": ["measure", "reduce"],
    "listing": "named",
}


@pytest.fixture(autouse=True)
def _as_quick_as_a_test(settings: Any) -> None:
    settings.CREDITSTORE_PLEDGE_FORM_SECONDS = -1


def hidden(page: HttpResponse) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', page.content.decode()))


def send(client: Client, *, kind: str = "person", **changes: Any) -> HttpResponse:
    address = f"{SIGN}?kind={kind}"
    values = {**hidden(client.get(address)), **TYPED, **changes}
    return client.post(address, values)  # type: ignore[return-value]


def test_signing_and_confirming_without_javascript() -> None:
    client = Client(enforce_csrf_checks=True)
    answer = send(client)
    assert (answer.status_code, answer["Location"]) == (303, "/en/pledge/sent/")
    assert "Look into your mailbox" in words(client.get(answer["Location"]))
    run_jobs()
    link = f"/en/pledge/confirm/{mailed_token()}/"
    # Whatever opens links by itself, changes nothing.
    for method in (Client().get, Client().head, client.get):
        page = method(link)
        assert page.status_code == 200
        assert page["Cache-Control"].startswith("max-age=0") or "no-store" in page["Cache-Control"]
    assert Pledge.objects.get().state == "signed"
    assert "Amina Otieno" in words(page)
    assert Client(enforce_csrf_checks=True).post(link).status_code == 403
    done = client.post(link, {"csrfmiddlewaretoken": hidden(page)["csrfmiddlewaretoken"]}, follow=True)
    assert "Your pledge is confirmed" in words(done)
    assert Pledge.objects.get().state == "active"
    again = client.get(link)
    assert again.status_code == 409
    assert "confirmed already" in words(again)
    assert "1 person" in " ".join(words(client.get(WALL)).split()) or "person 1" in words(client.get(WALL))


def test_known_and_unknown_addresses_get_the_same_page() -> None:
    pledged()
    answers = [send(Client()), send(Client(), email="new@example.org")]
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(303, "/en/pledge/sent/")}


@pytest.mark.parametrize(
    ("kind", "changes", "said"),
    [
        ("person", {"email": "amina"}, "Enter an e-mail address"),
        ("person", {"name": ""}, "Enter your name"),
        ("person", {"steps": []}, "Choose at least one step"),
        ("person", {"listing": ""}, "Choose what the public list may show"),
        ("person", {"country": ""}, "Choose a country"),
        ("person", {"text_version": "7"}, "The text of the pledge has changed"),
        ("event", {}, "Enter your own name"),
        ("person", {"website": "https://example.org"}, "Leave this field empty"),
        ("person", {"shown": ""}, "This form was not complete"),
        ("person", {"shown": "shown:1:forged"}, "This form was not complete"),
    ],
)
def test_what_is_wrong_is_said_at_its_place_and_nothing_typed_is_lost(
    kind: str, changes: dict[str, Any], said: str
) -> None:
    answer = send(Client(), kind=kind, **changes)
    assert answer.status_code == 422
    assert said in words(answer)
    assert not Pledge.objects.exists()
    kept = {**TYPED, **changes}
    if kept["name"]:
        assert f'value="{kept["name"]}"' in answer.content.decode()
    assert answer.content.decode().count("checked") == len(kept["steps"]) + bool(kept["listing"])


def test_a_form_that_no_person_sent_is_refused(settings: Any) -> None:
    settings.CREDITSTORE_PLEDGE_FORM_SECONDS = 60
    assert "quicker than we expect" in words(send(Client()))
    settings.CREDITSTORE_PLEDGE_FORM_SECONDS = -1
    settings.CREDITSTORE_PLEDGE_FORM_HOURS = -1
    assert "has lain open for long" in words(send(Client()))
    assert not Pledge.objects.exists()


def test_too_many_from_one_address_wait(settings: Any) -> None:
    settings.CREDITSTORE_RATE_LIMITS = {"sign_pledge": (1, 60)}
    assert send(Client()).status_code == 303
    answer = send(Client(), email="other@example.org")
    assert answer.status_code == 429
    assert "Too many requests" in words(answer)
    assert 'value="other@example.org"' in answer.content.decode()


@pytest.mark.parametrize("token", ["x", "x:y", "%00", "a" * 500])
def test_an_altered_link_says_what_to_do(token: str) -> None:
    for path in (f"confirm/{token}", f"mine/{token}", f"mine/{token}/withdraw"):
        answer = Client().get(f"{SIGN}{path}/")
        assert answer.status_code == 404
        assert "Copy the whole link" in words(answer) or "copy the whole link" in words(answer)
    assert Client().post(f"{SIGN}confirm/{token}/not-me/").status_code == 404


def test_not_me() -> None:
    signed()
    answer = Client().post(f"{SIGN}confirm/{mailed_token()}/not-me/")
    assert "The signature is deleted" in words(answer)
    assert not Pledge.objects.exists()


def test_the_signers_own_page_and_withdrawing(moderator: User) -> None:
    pledge = shown(moderator=moderator)
    own = f"{SIGN}mine/{mailed_token('mine')}/"
    record = f"{SIGN}{pledge.public_id}/"
    client = Client()
    assert record in client.get(own).content.decode()
    assert "Amina Otieno" in words(client.get(record))
    assert "Amina Otieno" in words(client.get(WALL))
    assert client.post(own, {"listing": "anonymous"}).status_code == 303
    assert client.get(record).status_code == 404
    assert client.post(own, {"listing": "everywhere"}).status_code == 422
    assert Pledge.objects.get().state == "active"
    assert client.get(f"{own}withdraw/").status_code == 200
    assert Pledge.objects.get().state == "active"
    assert "Your pledge is withdrawn" in words(client.post(f"{own}withdraw/"))
    assert Pledge.objects.get().state == "withdrawn"
    assert client.get(own).status_code == 404
    assert "Amina" not in words(client.get(WALL))


def test_the_links_come_again() -> None:
    pledged()
    sent = len(mail.outbox)
    client = Client()
    address = f"{SIGN}links/"
    for email in ("amina@example.org", "nobody@example.org"):
        values = {**hidden(client.get(address)), "email": email}
        assert client.post(address, values)["Location"] == "/en/pledge/sent/"
    run_jobs()
    assert len(mail.outbox) == sent + 1
    assert client.post(address, {**values, "email": "x"}).status_code == 422


def test_the_wall_is_searched(moderator: User) -> None:
    shown(moderator=moderator)
    shown(moderator=moderator, listing="anonymous", email="other@example.org", country="CL")
    assert "Amina Otieno" in words(Client().get(WALL, {"q": "amina"}))
    assert "No public pledge answers" in words(Client().get(WALL, {"q": "nobody"}))
    anonymous = words(Client().get(WALL, {"country": "CL"}))
    assert "Without a name" in anonymous
    assert "Amina" not in anonymous
    assert Client().get(WALL, {"cursor": "x"}).status_code == 400
    assert Client().get(WALL, {"kind": "x"}).status_code == 400
    assert Client().get(WALL)["Cache-Control"].startswith("public")


def test_markup_in_a_name_is_text(moderator: User) -> None:
    pledge = shown(moderator=moderator, name="<script>alert(1)</script>")
    for address in (WALL, f"{SIGN}{pledge.public_id}/"):
        assert "<script>alert" not in Client().get(address).content.decode()


def test_no_page_asks_the_database_for_much(moderator: User, django_assert_max_num_queries: Any) -> None:
    for number in range(12):
        shown(moderator=moderator, email=f"signer{number}@example.org")
    client = Client()
    client.get(WALL)
    with django_assert_max_num_queries(8):
        client.get(WALL)
    with django_assert_max_num_queries(8):
        client.get(SIGN)
