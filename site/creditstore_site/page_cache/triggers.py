"""Triggers that tell, at commit, that something changed which public pages show: whoever changed it, and from where.

They are installed after every ``migrate``, on the tables of the models below, so a new model of these applications is
watched from its first migration on. One trigger per statement and one message per transaction: PostgreSQL folds equal
messages, so an import of a million rows tells once.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import psycopg
from django.apps import apps
from django.db import connections, models
from psycopg import sql

CHANNEL = "creditstore_pages"
_FUNCTION = "creditstore_tell_pages"
_TRIGGER = "creditstore_tells_pages"

#: Applications of which every table is shown on some public page.
_APPS = (
    "creditstore_catalogue", "creditstore_sellers", "creditstore_pages", "creditstore_images", "creditstore_navigation",
)  # fmt: skip
_MODELS = (
    "creditstore_campaigns.Campaign",
    "creditstore_credits.Offer",
    "creditstore_credits.UnitBlock",
    "creditstore_certificates.Certificate",
    "creditstore_orders.Terms",
    "creditstore_reconciliation.Run",
    "creditstore_reconciliation.OpenItem",
    "creditstore_pledge.Pledge",
    "creditstore_pledge.PledgeText",
    "creditstore_pledge.PublicListing",
    "creditstore_pledge.YearReport",
    "wagtailcore.Page",
    "wagtailcore.PageViewRestriction",
    "wagtailcore.Site",
    "wagtailcore.Locale",
    "wagtaildocs.Document",
)
#: Columns that change while an editor types, and that no public page shows.
_DRAFT_COLUMNS = {
    "wagtailcore_page": {
        "draft_title", "latest_revision_id", "latest_revision_created_at", "has_unpublished_changes",
        "locked", "locked_at", "locked_by_id", "go_live_at", "expire_at",
    }
}  # fmt: skip
#: Where not everything counts. Anybody can sign a pledge, and nothing of it is shown before somebody confirms it and a
#: moderator agrees: or else whoever signs over and over would empty every process's memory. So with reports, whose
#: contributions change only before a moderator's yes.
_EVENTS = {
    "creditstore_pledge_pledge": "UPDATE OF state",
    "creditstore_pledge_publiclisting": "DELETE OR UPDATE OF state",
    "creditstore_pledge_yearreport": "DELETE OR UPDATE OF state",
}


def watched_models() -> list[type[models.Model]]:
    """The models whose every change is told."""
    found = [model for label in _APPS for model in apps.get_app_config(label).get_models(include_auto_created=True)]
    found += [apps.get_model(name) for name in _MODELS]
    return [model for model in found if model._meta.managed and not model._meta.proxy]


def install(*, using: str = "default", **_signal: Any) -> None:
    """Create the function and the triggers, and drop those of tables not watched any more; for ``post_migrate``."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        cursor.execute(
            f"""
            CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN PERFORM pg_notify('{CHANNEL}', ''); RETURN NULL; END $$
            """
        )
        watched = {model._meta.db_table: model for model in watched_models()}
        # Migrating backwards, some are not there.
        for table in watched.keys() & tables:
            cursor.execute(_create(watched[table]))
        cursor.execute(
            "SELECT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE tgname = %s", [_TRIGGER]
        )
        for (table,) in cursor.fetchall():
            if table not in watched:
                cursor.execute(sql.SQL("DROP TRIGGER {} ON {}").format(sql.Identifier(_TRIGGER), sql.Identifier(table)))


def missing_triggers(connection: psycopg.Connection[Any]) -> Collection[str]:
    """Tables that should tell of changes and do not."""
    rows = connection.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = %s", [_TRIGGER]).fetchall()
    return {model._meta.db_table for model in watched_models()} - {name.strip('"') for (name,) in rows}


def _create(model: type[models.Model]) -> sql.Composed:
    table = model._meta.db_table
    events: sql.Composable = sql.SQL(_EVENTS.get(table, "INSERT OR DELETE OR TRUNCATE OR UPDATE"))
    if ignored := _DRAFT_COLUMNS.get(table):
        columns = [str(field.column) for field in model._meta.local_concrete_fields]
        shown = [sql.Identifier(column) for column in columns if column not in ignored]
        events = sql.SQL("INSERT OR DELETE OR TRUNCATE OR UPDATE OF {}").format(sql.SQL(", ").join(shown))
    return sql.SQL(
        "CREATE OR REPLACE TRIGGER {name} AFTER {events} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
    ).format(
        name=sql.Identifier(_TRIGGER),
        events=events,
        table=sql.Identifier(table),
        function=sql.Identifier(_FUNCTION),
    )
