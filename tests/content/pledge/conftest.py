"""A moderator."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group

from creditstore.accounts.models import User


@pytest.fixture
def moderator(db: None) -> User:
    user = User.objects.create_user(email="pledge-moderator@example.org", password="a password of the tests")
    user.groups.add(Group.objects.get(name="Pledge moderators"))
    return user
