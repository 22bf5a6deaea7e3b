"""Who counts as staff where two people must agree, and how the audit trail names them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from creditstore.accounts.models import User

#: What the audit trail's names of members of staff begin with; their key follows.
ACTOR_START: Final = "staff:"


def is_staff(user: User) -> bool:
    """An active member of staff: of the admin or of the shop's dashboard."""
    return user.is_active and bool(user.is_staff or user.has_perm("wagtailadmin.access_admin"))


def two_of_staff(people: Iterable[User]) -> bool:
    """Whether at least two different members of staff are among these."""
    return len({user.pk for user in people if is_staff(user)}) >= 2


def actor_of(user: User) -> str:
    """How the audit trail names a member of staff."""
    return f"{ACTOR_START}{user.pk}"
