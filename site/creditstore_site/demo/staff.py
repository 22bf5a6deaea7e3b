"""The demo's staff: an administrator, an editor of pages, and the roles that look after orders."""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission

from creditstore.accounts.models import User
from creditstore_site.demo.logins import demo_logins

SHOP_GROUP = "Shop managers"
#: Oscar's dashboard asks for these; prices and stock are the ledger's, so nothing there may be changed but notes.
_SHOP_PERMISSIONS = (
    ("order", "view_order"),
    ("order", "change_order"),
    ("catalogue", "view_product"),
    ("partner", "view_partner"),
)


def load_staff() -> int:
    """Create the accounts of ``demo_logins`` and give them their roles and passwords. Returns how many were new."""
    created = 0
    shop, _new = Group.objects.get_or_create(name=SHOP_GROUP)
    for app_label, codename in _SHOP_PERMISSIONS:
        shop.permissions.add(Permission.objects.get(content_type__app_label=app_label, codename=codename))
    groups = {
        "editor": [Group.objects.get(name="Editors")],
        "shop": [shop],
        # Made by a migration, with their rights at the desk; so is the shop managers' right to look there.
        "support": [Group.objects.get(name="Support")],
        "registry": [Group.objects.get(name="Registry officers")],
    }
    for login in demo_logins():
        role = login.email.partition("@")[0]
        user, is_new = User.objects.get_or_create(email=login.email, defaults={"first_name": role.capitalize()})
        created += is_new
        user.is_staff = role in {"admin", "shop"}
        user.is_superuser = role == "admin"
        if not user.check_password(login.password):
            user.set_password(login.password)
        user.save()
        user.groups.set(groups.get(role, []))
    return created
