"""The roles of the desk, each with the least it needs. An operator may change them later."""

from django.db import migrations

#: What each role may do at the desk; all may enter the admin.
ROLES = {
    "Registry officers": ("view_queue", "act_on_orders", "approve"),
    "Support": ("view_queue", "act_on_orders"),
    "Shop managers": ("view_queue", "approve"),
}
NAMES = {
    "view_queue": "Can see the queue of orders",
    "act_on_orders": "Can act on orders: retry, substitute, refund, close",
    "approve": "Can decide what another one asked for",
}


def make_roles(apps, schema_editor):
    content_type, _created = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="creditstore_desk", model="approval"
    )
    permissions = apps.get_model("auth", "Permission").objects
    entry = permissions.get(content_type__app_label="wagtailadmin", codename="access_admin")
    known = {
        codename: permissions.get_or_create(content_type=content_type, codename=codename, defaults={"name": name})[0]
        for codename, name in NAMES.items()
    }
    for role, codenames in ROLES.items():
        group, _created = apps.get_model("auth", "Group").objects.get_or_create(name=role)
        group.permissions.add(entry, *(known[codename] for codename in codenames))


class Migration(migrations.Migration):
    dependencies = [
        ("creditstore_desk", "0001_approvals"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
    ]
    operations = [migrations.RunPython(make_roles, migrations.RunPython.noop)]
