"""Every role tries every action, and the tables of the documentation say what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest
from django.db import transaction

from creditstore.accounts.models import User
from creditstore_site.staff_roles.table import ROLES
from support.desk import make_staff
from support.roles import order_actions, page_actions
from support.roles.documented import documented_actions, documented_rights
from support.roles.stage import Stage, World

pytestmark = pytest.mark.django_db
ACTIONS: dict[str, Callable[[World], bool]] = {**page_actions.ACTIONS, **order_actions.ACTIONS}
NOBODY, ADMINISTRATOR = "without a role", "administrator"
#: Four eyes are four eyes: not even administrators may do this.
NEVER: Final = frozenset({"decide what one asked for oneself"})


def everybody() -> dict[str, User]:
    people = {role.group: make_staff(role.group) for role in ROLES}
    administrator = make_staff("")
    administrator.is_superuser = True
    administrator.save()
    return {**people, NOBODY: make_staff(""), ADMINISTRATOR: administrator}


@pytest.mark.parametrize("action", ACTIONS)
def test_each_role_does_what_the_table_says_and_nothing_else(
    stage: Stage, action: str, subtests: pytest.Subtests
) -> None:
    allowed = documented_actions()[action] | (frozenset() if action in NEVER else {ADMINISTRATOR})
    stage.prepare(refused=action in order_actions.NEEDS_REFUSED, cancelled=action in order_actions.NEEDS_CANCELLED)
    for role, user in everybody().items():
        with subtests.test(role=role), transaction.atomic():
            done = ACTIONS[action](stage.enter(user))
            transaction.set_rollback(True)
            assert done is (role in allowed)


def test_the_documentation_names_every_action_and_every_right() -> None:
    assert set(documented_actions()) == set(ACTIONS)
    assert documented_rights() == {role.group: role.rights for role in ROLES}
