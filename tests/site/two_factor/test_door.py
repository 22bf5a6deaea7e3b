"""No way leads into the back offices without the second factor, and the way with it is short."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from creditstore.accounts.models import User
from creditstore.core import clock
from creditstore_content.pages.models import HomePage
from creditstore_site.staff_roles.table import SHOP_MANAGERS
from creditstore_site.two_factor.models import Authenticator
from support.desk import make_staff
from support.two_factor import PASSWORD, Telephone, enrol

pytestmark = pytest.mark.django_db
ASK, SET_UP = "/admin/two-factor/", "/admin/two-factor/set-up/"
LogIn = Callable[..., Client]
Enrolled = tuple[User, Telephone, list[str]]
INSIDE = ("/admin/", "/admin/pages/", "/admin/account/", "/admin/account/two-factor/", "/admin/orders/", "/dashboard/")


def is_inside(client: Client) -> bool:
    return bool(client.get("/admin/").status_code == 200)


def test_without_the_setting_and_without_an_app_the_password_is_enough(somebody: User, log_in: LogIn) -> None:
    assert is_inside(log_in(somebody))


@pytest.mark.usefixtures("forced")
def test_staff_set_up_an_app_before_they_reach_anything(somebody: User, log_in: LogIn) -> None:
    client = log_in(somebody)
    for address in INSIDE:
        answer = client.get(address)
        assert answer.status_code == 302, address
        assert answer["Location"].startswith(ASK), address
    page = client.get(f"{ASK}?next=/admin/pages/", follow=True)
    assert page.redirect_chain[-1][0].startswith(SET_UP)
    device = Authenticator.objects.get(user=somebody)
    telephone = Telephone(device.bin_key)
    text = page.content.decode()
    assert "data:image/svg+xml" in text
    assert "no-store" in page["Cache-Control"]
    assert client.get(SET_UP).content.decode().count("<code") == 1
    assert Authenticator.objects.get(user=somebody).key == device.key, "a second look shows the same key"

    done = client.post(SET_UP, {"code": telephone.code(), "next": "/admin/pages/"})
    assert done.status_code == 201
    assert 'href="/admin/pages/"' in done.content.decode()
    assert done.content.decode().count("<code") == 10
    assert is_inside(client)


@pytest.mark.usefixtures("forced")
def test_a_wrong_code_sets_nothing_up(somebody: User, log_in: LogIn) -> None:
    client = log_in(somebody)
    client.get(SET_UP)
    for code in ("000000", "", "no code", "1" * 50):
        answer = client.post(SET_UP, {"code": code})
        assert answer.status_code == 422
        assert "data:image/svg+xml" in answer.content.decode()
    assert not Authenticator.objects.get(user=somebody).confirmed
    assert not is_inside(client)


def test_whoever_has_an_app_is_asked_even_where_nobody_must(enrolled: Enrolled, log_in: LogIn) -> None:
    user, telephone, _codes = enrolled
    client = log_in(user)
    answer = client.get("/admin/pages/?p=2")
    assert answer["Location"] == f"{ASK}?next=%2Fadmin%2Fpages%2F%3Fp%3D2"
    assert user.email in client.get(ASK).content.decode()
    answer = client.post(ASK, {"code": telephone.code(), "next": "/admin/pages/"})
    assert answer["Location"] == "/admin/pages/"
    assert is_inside(client)


@pytest.mark.parametrize("wanted", ["https://example.com/", "//example.com", "javascript:alert(1)", "\\\\example.com"])
def test_the_way_onward_never_leads_to_others(enrolled: Enrolled, log_in: LogIn, wanted: str) -> None:
    user, telephone, _codes = enrolled
    answer = log_in(user).post(f"{ASK}?next={wanted}", {"code": telephone.code(), "next": wanted})
    assert answer["Location"] == "/admin/"


def test_a_code_works_once_and_wrong_ones_slow_down(enrolled: Enrolled, log_in: LogIn) -> None:
    user, telephone, _codes = enrolled
    code = telephone.code()
    assert log_in(user).post(ASK, {"code": code}).status_code == 302
    again = log_in(user).post(ASK, {"code": code})
    assert again.status_code == 422
    assert "Wait" in again.content.decode()
    client = log_in(user)
    # Right, but too soon after a wrong one: whoever tries all of them never gets there.
    assert client.post(ASK, {"code": telephone.code()}).status_code == 422
    assert not is_inside(client)


def test_guessing_grows_slower_with_every_guess(enrolled: Enrolled, log_in: LogIn) -> None:
    user, _telephone, _codes = enrolled
    client = log_in(user)
    for guesses in range(1, 6):
        client.post(ASK, {"code": "123456"})
        device = Authenticator.objects.get(user=user)
        assert device.throttling_failure_count == guesses
        allowed, details = device.verify_is_allowed()
        assert not allowed
        assert details["locked_until"] - device.throttling_failure_timestamp == timedelta(seconds=2 ** (guesses - 1))
        Authenticator.objects.filter(user=user).update(
            throttling_failure_timestamp=clock.now() - timedelta(seconds=2**guesses)
        )


def test_recovery_codes_let_in_once_each(enrolled: Enrolled, log_in: LogIn) -> None:
    user, _telephone, codes = enrolled
    assert len(set(codes)) == 10
    client = log_in(user)
    assert client.post(ASK, {"code": codes[0].upper().replace("-", " ")}).status_code == 302
    assert is_inside(client)
    assert log_in(user).post(ASK, {"code": codes[0]}).status_code == 422


def test_few_recovery_codes_are_told(enrolled: Enrolled, log_in: LogIn) -> None:
    user, _telephone, codes = enrolled
    client = Client()
    for code in codes[:7]:
        client = log_in(user)
        client.post(ASK, {"code": code})
    assert "You have 3 recovery codes left" in client.get("/admin/").content.decode()


class TestNoWayAround:
    """What an attacker who knows the password would try."""

    def test_the_dashboards_own_log_in(self, log_in: LogIn) -> None:
        user = make_staff(SHOP_MANAGERS)
        user.set_password(PASSWORD)
        user.save()
        telephone, _codes = enrol(user)
        client = log_in(user, "/dashboard/login/")
        answer = client.get("/dashboard/orders/")
        assert answer["Location"].startswith(ASK)
        client.post(ASK, {"code": telephone.code()})
        assert client.get("/dashboard/orders/").status_code == 200

    def test_a_new_password(self, enrolled: Enrolled, log_in: LogIn) -> None:
        user, _telephone, _codes = enrolled
        client = Client()
        client.post(reverse("wagtailadmin_password_reset"), {"email": user.email})
        (message,) = mail.outbox
        address = next(line for line in message.body.splitlines() if "password_reset" in line).strip()
        page = client.get(address[address.index("/admin/") :], follow=True)
        values = {"new_password1": "another password of the tests", "new_password2": "another password of the tests"}
        done = client.post(page.redirect_chain[-1][0], values)
        assert done.status_code == 302
        assert not is_inside(client)
        client.post("/admin/login/", {"username": user.email, "password": "another password of the tests"})
        assert client.get("/admin/")["Location"].startswith(ASK)

    def test_setting_up_another_app(self, enrolled: Enrolled, log_in: LogIn) -> None:
        user, _telephone, _codes = enrolled
        key = Authenticator.objects.get(user=user).key
        client = log_in(user)
        assert client.get(SET_UP)["Location"].startswith(ASK)
        assert client.post(SET_UP, {"code": "000000"})["Location"].startswith(ASK)
        assert Authenticator.objects.get(user=user).key == key

    def test_the_pages_for_those_inside(self, enrolled: Enrolled, log_in: LogIn) -> None:
        user, _telephone, _codes = enrolled
        client = log_in(user)
        for wish in ("codes", "remove"):
            answer = client.post("/admin/account/two-factor/", {"code": "000000", "wish": wish})
            assert answer["Location"].startswith(ASK)
        assert client.get("/admin/", headers={"x-requested-with": "XMLHttpRequest"}).status_code == 403

    def test_public_pages_do_not_know_such_a_person(self, enrolled: Enrolled, log_in: LogIn) -> None:
        user, telephone, _codes = enrolled
        home = HomePage.objects.get(depth=2)
        home.get_view_restrictions().model.objects.create(page=home, restriction_type="login")
        client = log_in(user)
        assert client.get("/en/").status_code == 302
        client.post(ASK, {"code": telephone.code()})
        assert client.get("/en/").status_code == 200

    def test_another_ones_device_in_ones_session(self, enrolled: Enrolled, log_in: LogIn) -> None:
        other = make_staff("Editors")
        enrol(other)
        user, _telephone, _codes = enrolled
        client = log_in(user)
        session = client.session
        session["otp_device_id"] = Authenticator.objects.get(user=other).persistent_id
        session["two_factor_at"] = clock.now().timestamp()
        session.save()
        assert not is_inside(client)

    def test_an_app_that_was_never_confirmed(self, somebody: User, log_in: LogIn) -> None:
        from creditstore_site.two_factor import services

        services.begin(user=somebody)
        assert is_inside(log_in(somebody)), "looking at the picture locks nobody out"

    def test_strangers_see_nothing(self) -> None:
        for address in (ASK, SET_UP):
            assert Client().get(address)["Location"].startswith("/admin/login/")
        buyer = User.objects.create_user(email="buyer@example.org", password=PASSWORD)
        client = Client()
        client.force_login(buyer)
        assert client.get(SET_UP)["Location"].startswith("/admin/login/")
        assert not Authenticator.objects.filter(user=buyer).exists()


def test_the_session_gets_a_new_key_when_it_begins_to_count(enrolled: Enrolled, log_in: LogIn) -> None:
    user, telephone, _codes = enrolled
    client = log_in(user)
    before = client.cookies["sessionid"].value
    client.post(ASK, {"code": telephone.code()})
    assert client.cookies["sessionid"].value != before
    stolen = Client()
    stolen.cookies["sessionid"] = before
    assert not is_inside(stolen)


def test_after_some_hours_it_is_asked_once_more(enrolled: Enrolled, log_in: LogIn, settings: Settings) -> None:
    user, telephone, _codes = enrolled
    client = log_in(user)
    client.post(ASK, {"code": telephone.code()})
    assert is_inside(client)
    settings.CREDITSTORE_TWO_FACTOR_HOURS = 0
    assert client.get("/admin/")["Location"].startswith(ASK)


def test_one_can_leave_half_way(enrolled: Enrolled, log_in: LogIn) -> None:
    client = log_in(enrolled[0])
    assert client.get("/admin/two-factor/leave/").status_code == 405
    assert client.post("/admin/two-factor/leave/")["Location"] == "/admin/login/"
    assert client.get("/admin/")["Location"].startswith("/admin/login/")


def test_a_form_from_elsewhere_is_refused(enrolled: Enrolled) -> None:
    user, telephone, _codes = enrolled
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    for address in (ASK, SET_UP, "/admin/two-factor/leave/"):
        assert client.post(address, {"code": telephone.code()}).status_code == 403


def test_public_pages_stay_the_same_for_everybody(client: Client) -> None:
    assert "Cookie" not in client.get("/en/").get("Vary", "")
