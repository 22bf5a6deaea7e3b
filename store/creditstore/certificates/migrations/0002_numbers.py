"""Certificate numbers come from a sequence of their own: one count across years."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("creditstore_certificates", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE creditstore_certificate_number",
            reverse_sql="DROP SEQUENCE creditstore_certificate_number",
        ),
    ]
