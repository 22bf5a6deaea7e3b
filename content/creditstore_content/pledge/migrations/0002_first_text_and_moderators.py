"""The first version of the pledge in English, and the role of those who decide what the public list shows."""

from django.db import migrations
from django.utils import timezone

FIRST = {
    "title": "The pledge: measure, reduce, contribute",
    "introduction": (
        "Whoever signs pledges to take the steps named here, for themselves or for the organisation or event that they "
        "sign for, and to say openly each year how far they have come."
    ),
    "measure": (
        "To measure: each year, work out the greenhouse gas emissions from the main sources with a method that can be "
        "named, and say what was left out."
    ),
    "reduce": (
        "To reduce: set a goal and a year for it, plan what brings emissions down and do it, and compare each year with "
        "the year it began with."
    ),
    "contribute": (
        "To contribute: for what cannot be reduced yet, pay for reductions elsewhere by having credits cancelled in a "
        "public registry, and report them apart from one's own emissions. A cancelled credit does not lower them."
    ),
    "closing": (
        "Once a year the signer reports each of these steps. Whoever does not report is shown as lapsed, not as failed: "
        "a late report brings the pledge back. Whoever signs can withdraw at any time, without a reason.\n\n"
        "Signing costs nothing and obliges nobody to buy anything. It makes nobody, no product and no event climate "
        "neutral, and may not be advertised as if it did.\n\n"
        "This pledge is a programme of the operator of this store. It continues no programme of the United Nations, "
        "and the United Nations does not endorse it."
    ),
}
ROLE = "Pledge moderators"
PERMISSIONS = {
    "publiclisting": {"view_publiclisting": "Can view public listing", "change_publiclisting": "Can change public listing"}
}


def publish_first_text(apps, schema_editor):
    texts = apps.get_model("creditstore_pledge", "PledgeText").objects
    if not texts.exists():
        texts.create(version=1, language="en", published_at=timezone.now(), **FIRST)


def make_moderators(apps, schema_editor):
    permissions = apps.get_model("auth", "Permission").objects
    group, _created = apps.get_model("auth", "Group").objects.get_or_create(name=ROLE)
    wanted = [permissions.get(content_type__app_label="wagtailadmin", codename="access_admin")]
    for model, names in PERMISSIONS.items():
        content_type, _created = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
            app_label="creditstore_pledge", model=model
        )
        for codename, name in names.items():
            found, _created = permissions.get_or_create(
                content_type=content_type, codename=codename, defaults={"name": name}
            )
            wanted.append(found)
    group.permissions.add(*wanted)


class Migration(migrations.Migration):
    dependencies = [
        ("creditstore_pledge", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
    ]
    operations = [
        migrations.RunPython(publish_first_text, migrations.RunPython.noop),
        migrations.RunPython(make_moderators, migrations.RunPython.noop),
    ]
