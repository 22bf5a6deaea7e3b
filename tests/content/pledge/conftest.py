"""A moderator, and counts of calls that begin anew."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache

from creditstore.accounts.models import User


@pytest.fixture(autouse=True)
def _no_calls_counted_yet() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def moderator(db: None) -> User:
    user = User.objects.create_user(email="pledge-moderator@example.org", password="a password of the tests")
    user.groups.add(Group.objects.get(name="Pledge moderators"))
    return user
