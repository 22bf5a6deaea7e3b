"""The pledge through the API."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core import mail
from django.http import HttpResponse
from django.test import Client

from creditstore.accounts.models import User
from creditstore.core.models import IdempotencyRecord
from creditstore_content.pledge.models import Pledge
from support.jobs import run_jobs
from support.pledges import pledged, shown

pytestmark = pytest.mark.django_db
LIST = "/api/v1/pledges"
BODY: dict[str, Any] = {
    "kind": "organisation",
    "name": "Lakeside School",
    "signer": {"name": "Amina Otieno", "role": "Head"},
    "country": "KE",
    "email": "amina@example.org",
    "steps": ["reduce", "measure"],
    "listing": "named",
    "text_version": 1,
}


def post(body: dict[str, Any], key: str | None = "key-1") -> HttpResponse:
    headers = {"Idempotency-Key": key} if key else {}
    return Client().post(LIST, json.dumps(body), content_type="application/json", headers=headers)  # type: ignore[return-value]


def test_signing_takes_a_key_and_happens_once() -> None:
    assert post(BODY, key=None).json()["type"] == "/problems/idempotency-key-required"
    answer = post(BODY)
    assert (answer.status_code, answer.json()) == (202, {"state": "unconfirmed", "confirm_within_hours": 72})
    again = post(BODY)
    assert again["Idempotent-Replayed"] == "true"
    assert again.json() == answer.json()
    assert post({**BODY, "name": "Other"}).status_code == 422
    run_jobs()
    assert len(mail.outbox) == 1
    assert Pledge.objects.get().steps == ["measure", "reduce"]
    record = IdempotencyRecord.objects.get()
    assert "amina" not in f"{record.scope} {record.key} {record.answer}".lower()


def test_known_and_unknown_addresses_are_answered_alike() -> None:
    pledged()
    known = post({**BODY, "kind": "person", "signer": None}, key="a")
    unknown = post({**BODY, "kind": "person", "signer": None, "email": "new@example.org"}, key="b")
    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "x"}, "email"),
        ({"signer": None}, "signer.name"),
        ({"steps": []}, "steps"),
        ({"steps": ["neutral"]}, "steps.0"),
        ({"kind": "state"}, "kind"),
        ({"country": "XX"}, "country"),
        ({"text_version": 9}, "text_version"),
        ({"language": "tlh"}, "language"),
        ({"newsletter": True}, "newsletter"),
    ],
)
def test_errors_name_the_value(changes: dict[str, Any], field: str) -> None:
    answer = post({**BODY, **changes})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert not Pledge.objects.exists()


def test_the_public_list(moderator: User) -> None:
    pledge = shown(moderator=moderator)
    shown(moderator=moderator, listing="anonymous", email="other@example.org", country="CL")
    pledged(email="third@example.org", listing="none")
    answer = Client().get(LIST, {"limit": 1}).json()
    assert answer["total"] == 2
    assert answer["items"][0]["name"] is None
    second = Client().get(LIST, {"limit": 1, "cursor": answer["next"]}).json()
    [entry] = second["items"]
    assert second["next"] is None
    assert entry["id"] == str(pledge.public_id)
    assert entry["name"] == "Amina Otieno"
    assert entry["url"].endswith(f"/en/pledge/{pledge.public_id}/")
    assert "email" not in json.dumps(second)
    assert Client().get(LIST, {"country": "cl"}).json()["total"] == 1
    assert Client().get(LIST, {"kind": "x"}).status_code == 422
    assert Client().get(LIST, {"cursor": "x"}).status_code == 400
    counts = Client().get(f"{LIST}/counts").json()
    assert counts == {"persons": 3, "organisations": 0, "events": 0, "countries": 2}


def test_the_text() -> None:
    answer = Client().get(f"{LIST}/text").json()
    assert (answer["version"], answer["language"]) == (1, "en")
    assert set(answer["steps"]) == {"measure", "reduce", "contribute"}
