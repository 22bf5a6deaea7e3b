"""Who of the roles at the desk sees deliveries of webhooks, and who has them looked at again."""

from django.db import migrations

ROLES = {
    "Support": ("view_inboundwebhook", "change_inboundwebhook"),
    "Shop managers": ("view_inboundwebhook",),
}
NAMES = {"view_inboundwebhook": "Can view inbound webhook", "change_inboundwebhook": "Can change inbound webhook"}


def give_permissions(apps, schema_editor):
    content_type, _created = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="creditstore_webhooks", model="inboundwebhook"
    )
    permissions = apps.get_model("auth", "Permission").objects
    known = {
        codename: permissions.get_or_create(content_type=content_type, codename=codename, defaults={"name": name})[0]
        for codename, name in NAMES.items()
    }
    for role, codenames in ROLES.items():
        group, _created = apps.get_model("auth", "Group").objects.get_or_create(name=role)
        group.permissions.add(*(known[codename] for codename in codenames))


class Migration(migrations.Migration):
    dependencies = [
        ("creditstore_webhooks", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(give_permissions, migrations.RunPython.noop)]
