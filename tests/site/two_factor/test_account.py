"""One's own second factor, and an administrator who takes another one's away."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings
from wagtail.models import ModelLogEntry

from creditstore.accounts.models import User
from creditstore.core.errors import StoreError
from creditstore_site.staff_roles.table import ROLES
from creditstore_site.two_factor import services
from creditstore_site.two_factor.models import Authenticator, RecoveryCodes
from support.desk import make_staff
from support.two_factor import PASSWORD, Telephone, enrol

pytestmark = pytest.mark.django_db
OWN = "/admin/account/two-factor/"
Enrolled = tuple[User, Telephone, list[str]]
LogIn = Callable[..., Client]


@pytest.fixture
def inside(enrolled: Enrolled, log_in: LogIn) -> Client:
    user, _telephone, codes = enrolled
    client = log_in(user)
    assert client.post("/admin/two-factor/", {"code": codes[9]}).status_code == 302
    return client


@pytest.fixture
def administrator(db: None) -> User:
    return User.objects.create_superuser(email="root@example.org", password=PASSWORD)


def logged(user: User) -> set[tuple[str, int | None]]:
    found = ModelLogEntry.objects.filter(object_id=user.pk, action__startswith="creditstore.")
    return set(found.values_list("action", "user"))


def reset_address(user: User) -> str:
    return f"/admin/users/{user.pk}/two-factor/"


def test_the_account_leads_to_setting_up(somebody: User, log_in: LogIn) -> None:
    client = log_in(somebody)
    assert OWN in client.get("/admin/account/").content.decode()
    page = client.get(OWN).content.decode()
    assert "password only" in page
    assert "/admin/two-factor/set-up/" in page
    client.get("/admin/two-factor/set-up/")
    telephone = Telephone(Authenticator.objects.get(user=somebody).bin_key)
    assert client.post("/admin/two-factor/set-up/", {"code": telephone.code()}).status_code == 201
    assert "10 recovery codes left" in client.get(OWN).content.decode()
    assert logged(somebody) == {(services.SET_UP, somebody.pk)}


def test_new_recovery_codes_end_the_old_ones(inside: Client, enrolled: Enrolled) -> None:
    user, _telephone, codes = enrolled
    assert inside.post(OWN, {"wish": "codes", "code": "not-a-code"}).status_code == 422
    RecoveryCodes.objects.update(throttling_failure_count=0)
    page = inside.post(OWN, {"wish": "codes", "code": codes[0]})
    assert page.status_code == 201
    assert "no-store" in page["Cache-Control"]
    new = re.findall(r">([2-9a-z]{4}(?:-[2-9a-z]{4}){2})<", page.content.decode())
    assert len(set(new)) == 10
    assert not set(new) & set(codes)
    with pytest.raises(StoreError):
        services.check(user=user, code=codes[1])
    RecoveryCodes.objects.update(throttling_failure_count=0)
    assert services.check(user=user, code=new[0])


def test_taking_ones_own_away_needs_a_code(inside: Client, enrolled: Enrolled) -> None:
    user, telephone, _codes = enrolled
    assert inside.post(OWN, {"wish": "remove", "code": ""}).status_code == 422
    assert services.authenticator_of(user)
    assert inside.post(OWN, {"wish": "remove", "code": telephone.code()})["Location"] == OWN
    assert services.authenticator_of(user) is None
    assert not RecoveryCodes.objects.filter(user=user).exists()
    assert (services.RESET, user.pk) in logged(user)
    assert inside.get("/admin/").status_code == 200


@pytest.mark.usefixtures("forced")
def test_where_everybody_must_have_one_the_next_is_set_up_at_once(inside: Client, enrolled: Enrolled) -> None:
    answer = inside.post(OWN, {"wish": "remove", "code": enrolled[1].code()})
    assert answer["Location"] == "/admin/two-factor/set-up/"
    assert inside.get("/admin/").status_code == 302
    assert inside.get("/admin/two-factor/set-up/").status_code == 200


def test_an_administrator_resets_and_the_persons_session_ends(
    inside: Client, enrolled: Enrolled, administrator: User, log_in: LogIn, settings: Settings
) -> None:
    user = enrolled[0]
    admin = log_in(administrator)
    assert reset_address(user) in admin.get("/admin/users/").content.decode()
    assert user.email in admin.get(reset_address(user)).content.decode()
    assert services.authenticator_of(user), "looking changes nothing"
    assert admin.post(reset_address(user)).status_code == 302
    assert (services.RESET, administrator.pk) in logged(user)
    settings.CREDITSTORE_STAFF_TWO_FACTOR = True
    assert inside.get("/admin/").status_code == 302
    settings.CREDITSTORE_STAFF_TWO_FACTOR = False
    assert reset_address(user) not in admin.get("/admin/users/").content.decode()
    assert "Nothing was changed" in admin.post(reset_address(user), follow=True).content.decode()
    history = admin.get("/admin/reports/site-history/").content.decode()
    assert "Took the second factor away" in history or "Reset two-factor log-in" in history


@pytest.mark.parametrize("group", [role.group for role in ROLES])
def test_no_role_resets_anybodys(enrolled: Enrolled, group: str) -> None:
    client = Client()
    client.force_login(make_staff(group))
    for answer in (client.get(reset_address(enrolled[0])), client.post(reset_address(enrolled[0]))):
        assert answer.status_code == 302
    assert services.authenticator_of(enrolled[0])


def test_an_administrators_is_reset_by_administrators_only_and_ones_own_with_a_code(administrator: User) -> None:
    from django.contrib.auth.models import Permission

    helper = make_staff("Support")
    helper.user_permissions.add(Permission.objects.get(codename="change_user"))
    helper = User.objects.get(pk=helper.pk)
    other = User.objects.create_superuser(email="root2@example.org", password=PASSWORD)
    assert services.may_reset(user=make_staff("Editors"), actor=helper)
    assert not services.may_reset(user=administrator, actor=helper)
    assert services.may_reset(user=administrator, actor=other)
    assert not services.may_reset(user=administrator, actor=administrator)


def test_the_command_for_when_nobody_gets_in(administrator: User) -> None:
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("reset_two_factor", administrator.email)
    enrol(administrator)
    said = io.StringIO()
    call_command("reset_two_factor", administrator.email.upper(), stdout=said)
    assert "taken away" in said.getvalue()
    assert services.authenticator_of(administrator) is None
    assert (services.RESET, None) in logged(administrator)
    with pytest.raises(CommandError, match="no account"):
        call_command("reset_two_factor", "nobody@example.org")


def test_nothing_secret_reaches_the_log(enrolled: Enrolled, log_in: LogIn, caplog: pytest.LogCaptureFixture) -> None:
    user, telephone, codes = enrolled
    caplog.set_level(logging.DEBUG)
    client = log_in(user)
    client.post("/admin/two-factor/", {"code": "wrong-code"})
    client.post("/admin/two-factor/", {"code": telephone.code()})
    text = caplog.text
    assert f"account {user.pk}" in text
    for secret in (telephone.secret.hex(), "wrong-code", *codes, user.email):
        assert secret not in text


def test_a_second_factor_of_a_forgotten_secret_key_is_told(enrolled: Enrolled, settings: Settings) -> None:
    settings.SECRET_KEY = "another secret key of the tests"
    with pytest.raises(StoreError, match="secret key was changed"):
        services.check(user=enrolled[0], code="123456")


@pytest.mark.usefixtures("fresh_database")
def test_one_code_opens_one_session(interleave: Callable[..., list[object]]) -> None:
    user = make_staff("Editors")
    telephone, _codes = enrol(user)
    code = telephone.code()
    found = interleave(
        *(lambda: services.check(user=user, code=code) for _each in range(2)),
        pause_after="creditstore_site.two_factor.services.authenticator_of",
    )
    assert sorted(isinstance(result, StoreError) for result in found) == [False, True]
