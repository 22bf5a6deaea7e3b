"""Reconciliation as everybody sees it, page and API, and as staff do: items, runs, files, closing with a reason."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from creditstore.accounts.models import User
from creditstore.reconciliation.models import OpenItem, Step
from support.desk import live_in
from support.reconciled import NOW, make_item, make_run

pytestmark = pytest.mark.django_db

PAGE = "/en/register/reconciliation/"
API = "/api/v1/reconciliation"


def test_before_the_first_run_nothing_is_claimed(client: Client) -> None:
    page = client.get(PAGE)
    assert page.status_code == 200
    assert "No reconciliation was made yet" in page.content.decode()
    assert "What was compared" not in page.content.decode()
    told = client.get(API).json()
    assert (told["state"], told["last_run_at"], told["unmatched"], told["stages"]) == ("never", None, 0, [])
    assert told["simulated"] is True


def test_a_run_is_told_with_what_was_not_compared(client: Client) -> None:
    make_item(make_run())
    page = client.get(PAGE).content.decode()
    assert "12,345" in page
    assert "No answer that can be trusted" in page
    assert "more than two days old" not in page
    told = client.get(API).json()
    assert (told["state"], told["unmatched"]) == ("current", 1)
    assert told["oldest_at"] == NOW.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert {stage["stage"]: stage["outcome"] for stage in told["stages"]} == {"orders": "matched", "totals": "not_told"}


def test_an_old_run_is_said_to_be_old(client: Client) -> None:
    make_run(days_ago=3)
    assert "more than two days old" in client.get(PAGE).content.decode()
    assert client.get(API).json()["state"] == "late"


def test_everybody_sees_numbers_only(client: Client) -> None:
    make_item(make_run())
    for address in (PAGE, API):
        told = client.get(address).content.decode()
        assert "CDM-000000007" not in told
        assert "ACC-7" not in told
        assert "a note" not in told


def test_the_register_leads_there(client: Client) -> None:
    assert f'href="{PAGE}"' in client.get("/en/register/").content.decode()
    assert "register/reconciliation/" in client.get("/sitemap-service.xml").content.decode()


@pytest.fixture
def staff(client: Client) -> Callable[..., Client]:
    """Logs somebody in who may enter the admin and has these permissions besides."""

    def log_in(*names: str) -> Client:
        user = User.objects.create_user(email="staff@example.org", password="x")
        user.user_permissions.add(
            Permission.objects.get(codename="access_admin"), *Permission.objects.filter(codename__in=names)
        )
        client.force_login(user)
        return client

    return log_in


def addresses(item: OpenItem) -> list[str]:
    return [
        reverse("creditstore_reconciliation"),
        reverse("creditstore_reconciliation_runs"),
        reverse("creditstore_reconciliation_run", args=[item.first_run_id]),
        reverse("creditstore_reconciliation_item", args=[item.pk]),
    ]


def test_the_report_is_for_those_who_may_see_it(staff: Callable[..., Client]) -> None:
    item = make_item(make_run())
    stranger = staff()
    for address in addresses(item):
        assert stranger.get(address).status_code == 302
    assert "reports/reconciliation" not in stranger.get("/admin/").content.decode()


def test_the_report_shows_items_runs_and_details(staff: Callable[..., Client]) -> None:
    item = make_item(make_run())
    reader = staff("view_openitem")
    items, runs, run, details = (reader.get(address) for address in addresses(item))
    assert "The registry cancelled other serial numbers" in items.content.decode()
    assert "schedule" in runs.content.decode()
    assert "a note" in run.content.decode()
    assert "CL 4-6" in details.content.decode()
    assert "Close with this reason" not in details.content.decode()
    assert reader.post(addresses(item)[3], {"reason": "No."}).status_code == 302
    item.refresh_from_db()
    assert item.closed_at is None
    assert "reports/reconciliation" in reader.get("/admin/").content.decode()


def test_staff_close_an_item_with_a_reason(staff: Callable[..., Client]) -> None:
    item = make_item(make_run())
    desk = staff("view_openitem", "change_openitem")
    address = addresses(item)[3]
    assert "This field is required" in desk.post(address, {"reason": " "}).content.decode()
    assert desk.post(address, {"reason": "The registry has mended it."}).status_code == 302
    item.refresh_from_db()
    assert (item.resolution, item.closed_by) == (
        "The registry has mended it.",
        f"staff:{User.objects.get(email='staff@example.org').pk}",
    )
    assert "closed already" in desk.post(address, {"reason": "Again."}).content.decode()
    assert item.subject not in desk.get(reverse("creditstore_reconciliation")).content.decode()
    closed = desk.get(reverse("creditstore_reconciliation"), {"state": "closed"}).content.decode()
    assert "The registry has mended it." in closed


def test_both_lists_are_files_too(staff: Callable[..., Client]) -> None:
    make_item(make_run())
    reader = staff("view_openitem")
    found = reader.get(reverse("creditstore_reconciliation"), {"export": "csv"})
    (row,) = csv.DictReader(io.StringIO(b"".join(found.streaming_content).decode()))  # type: ignore[attr-defined]
    assert row["Kind"] == "other_range"
    assert "CL 4-6" in row["Facts"]
    found = reader.get(reverse("creditstore_reconciliation_runs"), {"export": "csv"})
    (row,) = csv.DictReader(io.StringIO(b"".join(found.streaming_content).decode()))  # type: ignore[attr-defined]
    assert (row["Comparisons"], row["Of these without an answer"]) == ("2", "1")


def test_times_that_are_called_utc_are_for_staff_elsewhere_too(staff: Callable[..., Client]) -> None:
    reader = staff("view_openitem")
    live_in(User.objects.get(email="staff@example.org"), "Asia/Tokyo")
    at = datetime(2026, 3, 1, 20, 15, tzinfo=UTC)
    run = make_run(started_at=at, finished_at=at.replace(minute=16))
    Step.objects.create(run=run, stage="records", outcome="matched", since=at.replace(minute=17), asked_at=at)
    item = make_item(
        run, last_seen=at.replace(minute=18), closed_at=at.replace(minute=19), closed_by="staff:1", resolution="Mended."
    )
    _items, runs, of_run, details = (reader.get(address).content.decode() for address in addresses(item))
    assert "2026-03-01 20:15" in runs
    for minute in (15, 16, 17):
        assert f"2026-03-01 20:{minute}" in of_run
    for minute in (15, 18, 19):
        assert f"2026-03-01 20:{minute}" in details
    assert "2026-03-02" not in runs + of_run + details


@pytest.mark.parametrize("state", ["all", "closed", "open", "nonsense", ""])
def test_any_question_is_answered(staff: Callable[..., Client], state: str) -> None:
    make_item(make_run())
    assert staff("view_openitem").get(reverse("creditstore_reconciliation"), {"state": state}).status_code == 200


def test_what_does_not_exist_is_not_found(staff: Callable[..., Client]) -> None:
    reader = staff("view_openitem")
    for name in ("creditstore_reconciliation_run", "creditstore_reconciliation_item"):
        assert reader.get(reverse(name, args=[987654321]), follow=True).status_code == 404


def test_the_roles_at_the_desk_have_their_part() -> None:
    given = {
        group.name: set(group.permissions.filter(codename__endswith="_openitem").values_list("codename", flat=True))
        for group in Group.objects.filter(name__in=("Registry officers", "Support", "Shop managers", "Editors"))
    }
    assert given == {
        "Registry officers": {"view_openitem", "change_openitem"},
        "Support": {"view_openitem"},
        "Shop managers": {"view_openitem"},
        "Editors": set(),
    }
