"""The demo's staff: an administrator, and somebody in each role."""

from __future__ import annotations

from typing import Final

from django.contrib.auth.models import Group

from creditstore.accounts.models import User
from creditstore_site.demo.logins import demo_logins
from creditstore_site.staff_roles import services, table

#: Roles by what stands before the @ of an address; the administrator needs none.
GROUPS: Final = {
    "editor": table.EDITORS,
    "translator": table.TRANSLATORS,
    "moderator": table.MODERATORS,
    "shop": table.SHOP_MANAGERS,
    "registry": table.REGISTRY_OFFICERS,
    "support": table.SUPPORT,
}


def load_staff() -> int:
    """Create the accounts of ``demo_logins`` and give them their roles and passwords. Returns how many were new."""
    services.follow_table()
    created = 0
    for login in demo_logins():
        role = login.email.partition("@")[0]
        user, is_new = User.objects.get_or_create(email=login.email, defaults={"first_name": role.capitalize()})
        created += is_new
        user.is_superuser = role == "admin"
        if not user.check_password(login.password):
            user.set_password(login.password)
        user.save()
        user.groups.set(Group.objects.filter(name=GROUPS[role]) if role in GROUPS else [])
    return created
