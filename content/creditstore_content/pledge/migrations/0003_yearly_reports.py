"""Yearly reports as they are sent: the year they tell of, the plan, who checked them; and who decides on them."""

import datetime
import django.db.models.expressions
import django.db.models.functions.comparison
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


ROLE = "Pledge moderators"
PERMISSIONS = {"view_yearreport": "Can view yearly report", "change_yearreport": "Can change yearly report"}


def let_moderators_decide(apps, schema_editor):
    permissions = apps.get_model("auth", "Permission").objects
    group, _created = apps.get_model("auth", "Group").objects.get_or_create(name=ROLE)
    content_type, _created = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="creditstore_pledge", model="yearreport"
    )
    for codename, name in PERMISSIONS.items():
        found, _created = permissions.get_or_create(
            content_type=content_type, codename=codename, defaults={"name": name}
        )
        group.permissions.add(found)


class Migration(migrations.Migration):

    dependencies = [
        ('creditstore_pledge', '0002_first_text_and_moderators'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='contribution',
            options={'ordering': ['pk']},
        ),
        migrations.AlterModelOptions(
            name='pledge',
            options={'default_permissions': ('view', 'withdraw'), 'ordering': ['-signed_at', '-pk'], 'verbose_name': 'pledge', 'verbose_name_plural': 'pledges'},
        ),
        migrations.AlterModelOptions(
            name='yearreport',
            options={'default_permissions': ('view', 'change'), 'ordering': ['-year', '-revision'], 'verbose_name': 'yearly report', 'verbose_name_plural': 'yearly reports'},
        ),
        migrations.AddField(
            model_name='yearreport',
            name='complete',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='yearreport',
            name='ended_on',
            field=models.DateField(default=datetime.date(2000, 1, 1), verbose_name='end of the year told of'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='yearreport',
            name='exclusions',
            field=models.CharField(blank=True, max_length=1000),
        ),
        migrations.AddField(
            model_name='yearreport',
            name='plan',
            field=models.TextField(blank=True, max_length=2000),
        ),
        migrations.AddField(
            model_name='yearreport',
            name='verification_url',
            field=models.URLField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name='yearreport',
            name='verified_by',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AlterField(
            model_name='yearreport',
            name='state',
            field=models.CharField(choices=[('submitted', 'submitted'), ('published', 'published'), ('refused', 'refused'), ('superseded', 'superseded')], default='submitted', max_length=10, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='yearreport',
            name='submitted_at',
            field=models.DateTimeField(verbose_name='sent'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contribution',
            trigger=pgtrigger.compiler.Trigger(name='no_unit_counted_twice', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."certificate_id" IS NOT NULL)', declare='DECLARE the_order bigint; there_are bigint; counted bigint;', func="\n            SELECT c.order_id, (c.facts->>'quantity')::bigint INTO the_order, there_are\n                FROM creditstore_certificates_certificate c WHERE c.id = NEW.certificate_id;\n            PERFORM pg_advisory_xact_lock(hashtextextended('pledge contribution', the_order));\n            SELECT coalesce(sum(k.units), 0) INTO counted\n                FROM creditstore_pledge_contribution k\n                JOIN creditstore_certificates_certificate c ON c.id = k.certificate_id\n                JOIN creditstore_pledge_yearreport r ON r.id = k.report_id\n                JOIN creditstore_pledge_yearreport mine ON mine.id = NEW.report_id\n                WHERE c.order_id = the_order AND k.id <> NEW.id AND r.state IN ('submitted', 'published')\n                AND (r.id = mine.id OR (r.pledge_id, r.year) <> (mine.pledge_id, mine.year));\n            IF counted + NEW.units > there_are THEN\n                RAISE EXCEPTION 'these units are counted already';\n            END IF;\n            RETURN NEW;\n        ", hash='d3487150f92f19204b4835e20a2eb79a5bd4c582', operation='INSERT OR UPDATE', pgid='pgtrigger_no_unit_counted_twice_ed1c7', table='creditstore_pledge_contribution', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='yearreport',
            trigger=pgtrigger.compiler.Trigger(name='read_before_published', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF TG_OP = 'INSERT' THEN\n                IF NEW.state <> 'submitted' THEN\n                    RAISE EXCEPTION 'a report begins with waiting';\n                END IF;\n                RETURN NEW;\n            END IF;\n            IF (OLD.state <> 'submitted' OR NEW.state <> 'submitted')\n                AND to_jsonb(NEW) - ARRAY['state', 'decided_at', 'decided_by_id', 'note', 'rules', 'level_measure', 'level_reduce', 'level_contribute'] IS DISTINCT FROM to_jsonb(OLD) - ARRAY['state', 'decided_at', 'decided_by_id', 'note', 'rules', 'level_measure', 'level_reduce', 'level_contribute'] THEN\n                RAISE EXCEPTION 'another report waits for a moderator again';\n            END IF;\n            RETURN NEW;\n        ", hash='e616e389cdf187bb95e97e0d082b3bb894ddc891', operation='INSERT OR UPDATE', pgid='pgtrigger_read_before_published_36760', table='creditstore_pledge_yearreport', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='yearreport',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'submitted')), fields=('pledge', 'year'), name='pledge_report_one_waiting'),
        ),
        migrations.AddConstraint(
            model_name='yearreport',
            constraint=models.CheckConstraint(condition=models.Q(('ended_on__year', models.F('year'))), name='pledge_report_ends_in_its_year'),
        ),
        migrations.AddConstraint(
            model_name='yearreport',
            constraint=models.CheckConstraint(condition=models.Q(('measured_kg', None), models.Q(models.Q(('boundary', ''), _negated=True), models.Q(('method', ''), _negated=True)), _connector='OR'), name='pledge_report_says_of_what_and_how'),
        ),
        migrations.AddConstraint(
            model_name='yearreport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('scope1_kg', None), ('scope2_kg', None), ('scope3_kg', None)), models.Q(('scope1_kg__isnull', False), ('scope2_kg__isnull', False), ('measured_kg', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('scope1_kg'), '+', models.F('scope2_kg')), '+', django.db.models.functions.comparison.Coalesce(models.F('scope3_kg'), 0)))), _connector='OR'), name='pledge_report_scopes_are_the_whole'),
        ),
        migrations.AddConstraint(
            model_name='yearreport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('base_kg', None), ('base_year', None), ('target_kg', None), ('target_year', None)), models.Q(('base_kg__isnull', False), ('base_year__isnull', False), ('target_kg__isnull', False), ('target_year__isnull', False), ('base_kg__gt', models.F('target_kg')), ('target_year__gt', models.F('base_year'))), _connector='OR'), name='pledge_report_target_is_whole'),
        ),
        migrations.RunPython(let_moderators_decide, migrations.RunPython.noop),
    ]
