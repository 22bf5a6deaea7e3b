"""Registry officers may read the report of the reconciliation and close its items."""

from django.db import migrations

NAMES = {"view_openitem": "Can view open item", "change_openitem": "Can change open item"}


def let_officers_reconcile(apps, schema_editor):
    content_type, _created = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="creditstore_reconciliation", model="openitem"
    )
    permissions = apps.get_model("auth", "Permission").objects
    officers = apps.get_model("auth", "Group").objects.filter(name="Registry officers").first()
    for codename, name in NAMES.items():
        found, _created = permissions.get_or_create(
            content_type=content_type, codename=codename, defaults={"name": name}
        )
        if officers is not None:
            officers.permissions.add(found)


class Migration(migrations.Migration):
    dependencies = [("creditstore_desk", "0002_roles"), ("creditstore_reconciliation", "0001_initial")]
    operations = [migrations.RunPython(let_officers_reconcile, migrations.RunPython.noop)]
