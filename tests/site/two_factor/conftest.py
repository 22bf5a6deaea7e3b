"""Staff with and without an authenticator app."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import Settings

from creditstore.accounts.models import User
from creditstore_site.staff_roles.table import EDITORS
from support.desk import make_staff
from support.two_factor import PASSWORD, Telephone, enrol


@pytest.fixture
def forced(settings: Settings) -> None:
    settings.CREDITSTORE_STAFF_TWO_FACTOR = True


@pytest.fixture
def somebody(db: None) -> User:
    user = make_staff(EDITORS)
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def enrolled(somebody: User) -> tuple[User, Telephone, list[str]]:
    return (somebody, *enrol(somebody))


@pytest.fixture
def log_in() -> Callable[[User], Client]:
    """By the form and the password, as a person does."""

    def by_password(user: User, address: str = "/admin/login/") -> Client:
        client = Client()
        prefix = "login-" if address.startswith("/dashboard/") else ""
        values = {f"{prefix}username": user.email, f"{prefix}password": PASSWORD, "username": user.email}
        answer = client.post(address, {**values, "password": PASSWORD})
        assert answer.status_code == 302, re.sub(r"<[^>]*>", "", answer.content.decode())
        return client

    return by_password
