"""Campaigns that were public before orders could be counted towards them."""

from django.db import migrations


def announce(apps, schema_editor):
    campaigns = apps.get_model("creditstore_campaigns", "Campaign")
    for page in apps.get_model("creditstore_pages", "CampaignPage").objects.filter(live=True).order_by("pk"):
        campaigns.objects.get_or_create(source=page.translation_key, defaults={"title": page.title})


class Migration(migrations.Migration):
    dependencies = [
        ("creditstore_campaigns", "0001_campaigns"),
        ("creditstore_pages", "0004_goal"),
    ]

    operations = [migrations.RunPython(announce, migrations.RunPython.noop)]
