"""Order and certificate numbers come from sequences of their own, never from a basket."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("creditstore_orders", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE creditstore_order_number", reverse_sql="DROP SEQUENCE creditstore_order_number"
        ),
    ]
