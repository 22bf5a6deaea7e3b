"""Wagtail's own groups of editors may enter benefits. What an administrator changes later stays so."""

from django.db import migrations

_GROUPS = ("Editors", "Moderators")
_ACTIONS = ("add", "change", "delete")


def grant(apps, schema_editor):
    """Permissions are made after all migrations; those needed here are made now."""
    content_type, _new = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="creditstore_catalogue", model="benefit"
    )
    permissions = [
        apps.get_model("auth", "Permission").objects.get_or_create(
            content_type=content_type, codename=f"{action}_benefit", defaults={"name": f"Can {action} benefit"}
        )[0]
        for action in _ACTIONS
    ]
    for group in apps.get_model("auth", "Group").objects.filter(name__in=_GROUPS):
        group.permissions.add(*permissions)


class Migration(migrations.Migration):
    dependencies = [
        ("creditstore_catalogue", "0002_full_facts_and_benefits"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("wagtailcore", "0001_squashed_0016_change_page_url_path_to_text_field"),
    ]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
