"""Keys of programs in the admin: shown once, never kept, ended at once, and only for whoever may."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from creditstore.accounts.models import ApiKey, User
from support.desk import live_in

pytestmark = pytest.mark.django_db


def browser(*, permitted: bool) -> Client:
    user = User.objects.create(email=f"keys-{permitted}@example.org", is_staff=True)
    names = ["access_admin", "add_apikey"] if permitted else ["access_admin"]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client = Client()
    client.force_login(user)
    return client


def test_a_key_is_made_shown_once_and_ended() -> None:
    client = browser(permitted=True)
    assert "There are no keys yet" in client.get("/admin/api-keys/").content.decode()
    made = client.post("/admin/api-keys/", {"name": "Travel agency", "scopes": ["orders"]})
    assert made.status_code == 201
    assert "no-store" in made["Cache-Control"]
    found = re.search(r"csk_[\w-]{40,}", made.content.decode())
    assert found
    key = ApiKey.objects.get()
    assert found[0] not in str(ApiKey.objects.values().get())
    page = client.get("/admin/api-keys/").content.decode()
    assert found[0] not in page
    assert "Travel agency" in page
    assert client.get(f"/admin/api-keys/{key.pk}/end/").status_code == 405
    assert client.post(f"/admin/api-keys/{key.pk}/end/").status_code == 302
    key.refresh_from_db()
    assert key.revoked_at is not None


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"name": "x"},
        {"name": "x", "scopes": ["everything"]},
        {"name": "x", "scopes": ["orders"], "expires_at": "2020-01-01 00:00"},
    ],
)
def test_what_is_not_valid_makes_no_key(values: dict[str, object]) -> None:
    assert browser(permitted=True).post("/admin/api-keys/", values).status_code == 422
    assert not ApiKey.objects.exists()


def test_the_end_is_read_in_the_zone_that_the_form_names() -> None:
    client = browser(permitted=True)
    live_in(User.objects.get(email="keys-True@example.org"), "Asia/Tokyo")
    assert "In your own time zone" in client.get("/admin/api-keys/").content.decode()
    end = datetime.now(UTC).replace(hour=0, minute=30, second=0, microsecond=0) + timedelta(days=10)
    typed = f"{end + timedelta(hours=9):%Y-%m-%d %H:%M}"
    assert client.post("/admin/api-keys/", {"name": "x", "scopes": ["orders"], "expires_at": typed}).status_code == 201
    assert ApiKey.objects.get().expires_at == end


def test_nobody_else_sees_or_makes_keys() -> None:
    for client in (browser(permitted=False), Client()):
        assert client.get("/admin/api-keys/").status_code == 302
        assert client.post("/admin/api-keys/", {"name": "x", "scopes": ["orders"]}).status_code == 302
    assert not ApiKey.objects.exists()
