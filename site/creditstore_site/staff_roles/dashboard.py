"""The flag that Oscar's dashboard asks for follows the groups of staff: nobody has to know that it exists."""

from __future__ import annotations

from typing import Any

from creditstore.accounts.models import User
from creditstore_site.staff_roles.table import DASHBOARD_GROUPS

_CHANGED = frozenset({"post_add", "post_remove", "post_clear"})


def follow_groups(*, instance: Any, action: str, reverse: bool, pk_set: set[int] | None, **_sent: Any) -> None:
    """People were put into groups, or taken out."""
    if action not in _CHANGED:
        # Emptying a group names nobody afterwards: its people are known before only.
        if action == "pre_clear" and reverse:
            instance.former_members = list(instance.user_set.values_list("pk", flat=True))
        return
    if not reverse:
        people = {instance.pk}
    elif pk_set is None:
        people = set(instance.former_members)
    else:
        people = pk_set
    inside = set(User.objects.filter(pk__in=people, groups__name__in=DASHBOARD_GROUPS).values_list("pk", flat=True))
    User.objects.filter(pk__in=inside, is_staff=False).update(is_staff=True)
    User.objects.filter(pk__in=people - inside, is_staff=True, is_superuser=False).update(is_staff=False)
    if not reverse:
        instance.is_staff = instance.pk in inside or instance.is_superuser


def let_administrators_in(*, instance: User, **_sent: Any) -> None:
    """Whoever may do everything may enter the dashboard, too."""
    if instance.is_superuser:
        instance.is_staff = True
