"""The demo's data: real facts, invented sellers and prices marked as such, and nothing that a second run changes."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.sites.models import Site
from django.db import connection
from django.db.models import Sum
from pytest_django import Settings
from wagtail.models import Site as WagtailSite

from creditstore.accounts.models import User
from creditstore.credits.models import Offer, UnitBlock
from creditstore.credits.serials import UNIT_TYPES
from creditstore.credits.services import carve, mark_cancelled, reserve
from creditstore.orders.models import Terms
from creditstore.sellers.models import Seller
from creditstore_site.demo.data import NotADemo, load_demo
from creditstore_site.demo.logins import demo_logins

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def loaded(settings: Settings, tmp_path: Path) -> list[str]:
    settings.DEMO_DIR = tmp_path
    said: list[str] = []
    load_demo(say=said.append)
    return said


def state_of_the_store() -> tuple[object, ...]:
    return (
        list(Offer.objects.order_by("code").values_list("code", "price_minor", "offered", "reserved", "sold", "state")),
        list(UnitBlock.objects.order_by("pk").values_list("pk", "state", "is_leaf", "offer")),
        list(Seller.objects.order_by("pk").values()),
        list(Terms.objects.order_by("pk").values()),
        list(User.objects.order_by("pk").values_list("pk", "email", "password", "is_staff", "is_superuser")),
    )


def test_a_second_run_changes_nothing(loaded: list[str]) -> None:
    before = state_of_the_store()
    again: list[str] = []
    load_demo(say=again.append)
    assert state_of_the_store() == before
    assert len(again) == len(loaded) == 7
    assert "Offers: 0 new" in again[2]


def test_a_run_after_sales_keeps_them_and_adds_nothing(tmp_path: Path) -> None:
    offer = Offer.objects.order_by("code").first()
    assert offer is not None
    expires_at = datetime.now(UTC) + timedelta(hours=1)
    cancelled = carve(reservation=reserve(offer_id=offer.pk, quantity=7, expires_at=expires_at))
    mark_cancelled(blocks=cancelled, at=datetime.now(UTC), actor="test")
    assigned = carve(reservation=reserve(offer_id=offer.pk, quantity=5, expires_at=expires_at))
    before = state_of_the_store()
    load_demo(say=lambda line: None)
    assert state_of_the_store() == before
    written = (tmp_path / "holdings.csv").read_text(encoding="utf-8")
    assert f",{assigned[0].start},{assigned[0].end}," in written
    assert f",{cancelled[0].start}," not in written


def test_offers_stand_on_real_units_and_say_what_is_invented() -> None:
    offers = list(Offer.objects.select_related("seller", "issuance__project"))
    assert len(offers) > 100
    assert len({offer.issuance.project_id for offer in offers}) == 60
    assert len({offer.issuance.project.country_codes[0] for offer in offers}) >= 25
    assert len({offer.issuance.project.project_type for offer in offers}) >= 12
    assert {offer.issuance.commitment_period for offer in offers} == {1, 2}
    for offer in offers:
        assert offer.price_invented, offer
        assert offer.seller.invented, offer
        assert "invented" in offer.seller.about, offer
        assert 80 <= offer.price_minor <= 650, offer
        assert 100 <= offer.offered <= 50_000, offer
        assert offer.state == "live", offer
        assert not UNIT_TYPES[offer.issuance.unit_type].expires, offer
        assert offer.issuance.project.ref != "5887", offer


def test_some_projects_have_several_sellers() -> None:
    sellers: dict[str, set[int]] = {}
    for ref, seller in Offer.objects.values_list("issuance__project__ref", "seller"):
        sellers.setdefault(ref, set()).add(seller)
    assert {len(of_project) for of_project in sellers.values()} == {1, 2}


def test_every_offer_is_backed_by_held_units() -> None:
    with connection.cursor() as cursor:
        # What the database would check at commit.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    held = UnitBlock.objects.filter(is_leaf=True, state="held").aggregate(total=Sum("quantity"))["total"]
    assert held == Offer.objects.aggregate(total=Sum("offered"))["total"]


def test_the_simulated_registry_is_given_what_sellers_hold(tmp_path: Path) -> None:
    with (tmp_path / "holdings.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == [
        "account", "party", "unit_type", "start", "end", "original_period", "applicable_period", "field6", "project",
    ]  # fmt: skip
    held = UnitBlock.objects.filter(is_leaf=True, state="held")
    assert {(row["party"], int(row["start"]), int(row["end"])) for row in rows} == set(
        held.values_list("series", "start", "end")
    )
    assert {row["account"] for row in rows} == set(Seller.objects.values_list("registry_account", flat=True))


def test_terms_speak_plainly_and_of_the_demonstration() -> None:
    terms = Terms.objects.get(version="2026-11")
    for words in (
        "cancellation of units",
        "right of withdrawal",
        "no corresponding adjustment",
        "demonstration",
        "simulated",
    ):
        assert words in terms.body
    assert terms.body.startswith("# ")
    assert 350 <= len(terms.body.split()) <= 700


def test_staff_can_log_in_and_have_their_roles() -> None:
    users = {user.email: user for user in User.objects.prefetch_related("groups")}
    for login in demo_logins():
        assert users[login.email].check_password(login.password)
    assert users["admin@example.org"].is_superuser
    editor, shop = users["editor@example.org"], users["shop@example.org"]
    assert editor.has_perm("wagtailadmin.access_admin")
    assert not editor.is_staff
    assert shop.is_staff
    assert shop.has_perm("order.view_order")
    assert not shop.has_perm("partner.change_stockrecord")
    assert {user.email for user in users.values() if user.is_superuser} == {"admin@example.org"}


def test_no_link_leads_to_example_com(settings: Settings) -> None:
    settings.SITE_URL = "http://127.0.0.1:8123"
    load_demo(say=lambda line: None)
    assert Site.objects.get_current().domain == "127.0.0.1:8123"
    site = WagtailSite.objects.get(is_default_site=True)
    assert (site.hostname, site.port) == ("127.0.0.1", 8123)


def test_nothing_invented_gets_into_an_operators_store(settings: Settings) -> None:
    settings.CREDITSTORE_DEMO = False
    with pytest.raises(NotADemo):
        load_demo(say=lambda line: None)
