"""Multiply the projects of a store's database: ``python -m creditstore_bench.grow 100000``.

Copies have references, serial numbers and offer codes of their own, and titles put together from two real ones, so that
words are about as frequent among them as among the real ones. Everything follows from the real rows and their numbers.
The rows are written by a few large statements that go around the ledger's triggers (a copy of what is consistent is
consistent), and the two constraints that serials never overlap are dropped: the copies keep them by construction, and
no page that is measured reads them.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from math import ceil
from typing import Any

import django
from django.db import connection, models, transaction

#: Numbers of copied rows, and of copied units, begin here and go up by this much for each copy.
_ROWS, _UNITS = 1_000_000, 10**13
#: Expressions for columns that a copy must not share with its original; ``k`` is the number of the copy.
_CHANGED: Mapping[str, Mapping[str, str]] = {
    "catalogue_product": {
        "title": "left(o.title, 200) || ' ' || k",
        "slug": "left(o.slug, 200) || '-' || k",
        "upc": "'s' || k || '-' || o.id",
    },
    "partner_stockrecord": {"partner_sku": "o.partner_sku || '-' || k"},
    "creditstore_catalogue_project": {
        "ref": "(100000 + n)::text",
        "title": "left(o.title, length(o.title) / 2 + 1) || ' ' || right(other.title, length(other.title) / 2)",
    },
    "creditstore_catalogue_issuance": {"start": f"o.start + k * {_UNITS}", "end": f'o."end" + k * {_UNITS}'},
    "creditstore_credits_unitblock": {"start": f"o.start + k * {_UNITS}", "end": f'o."end" + k * {_UNITS}'},
    "creditstore_credits_offer": {"code": "left(md5(o.code || '-' || k), 12)", "project_ref": "(100000 + n)::text"},
}


def main(wanted: int) -> None:
    """Copy until there are ``wanted`` projects."""
    django.setup()
    from django.apps import apps

    from creditstore.catalogue.indexing import refresh_search

    names = (
        "catalogue.Product", "creditstore_catalogue.Project", "creditstore_catalogue.Issuance",
        "partner.StockRecord", "creditstore_credits.Offer", "creditstore_credits.UnitBlock",
    )  # fmt: skip
    copied = [apps.get_model(name) for name in names]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("ALTER TABLE creditstore_catalogue_issuance DROP CONSTRAINT IF EXISTS issuance_no_overlap")
        cursor.execute("ALTER TABLE creditstore_credits_unitblock DROP CONSTRAINT IF EXISTS block_leaves_never_overlap")
        cursor.execute("SELECT count(*) FROM creditstore_catalogue_project")
        real: int = cursor.fetchone()[0]
        copies = ceil(wanted / real) - 1
        cursor.execute(
            """
            CREATE TEMP TABLE numbered ON COMMIT DROP AS
            SELECT p.id, p.product_id, k, row_number() OVER (ORDER BY k, p.id) AS n,
                   nth.title
            FROM creditstore_catalogue_project p
            CROSS JOIN generate_series(1, %s) AS k
            JOIN (SELECT row_number() OVER (ORDER BY id) AS place, title
                  FROM creditstore_catalogue_project) nth
              ON nth.place = 1 + abs(hashtext(p.id::text || '-' || k)) %% %s
            """,
            [copies, real],
        )
        cursor.execute("DELETE FROM numbered WHERE n > %s", [wanted - real])
        cursor.execute("CREATE INDEX ON numbered (id)")
        cursor.execute("ANALYZE numbered")
        for model in copied:
            # Building an index once is many times quicker than keeping it up to date row by row.
            indexes = _take_indexes(cursor, model._meta.db_table)
            cursor.execute(_copy(model, copied))
            for definition in indexes:
                cursor.execute(definition)
    refresh_search()


#: Which project a row belongs to, for each table that is copied.
_PROJECT_OF = {
    "catalogue_product": """
        SELECT p.product_id AS id, p.id AS project FROM creditstore_catalogue_project p
        UNION ALL SELECT o.product_id, i.project_id FROM creditstore_credits_offer o
        JOIN creditstore_catalogue_issuance i ON i.id = o.issuance_id
    """,
    "partner_stockrecord": """
        SELECT o.stockrecord_id AS id, i.project_id AS project FROM creditstore_credits_offer o
        JOIN creditstore_catalogue_issuance i ON i.id = o.issuance_id
    """,
    "creditstore_catalogue_project": "SELECT id, id AS project FROM creditstore_catalogue_project",
    "creditstore_catalogue_issuance": "SELECT id, project_id AS project FROM creditstore_catalogue_issuance",
    "creditstore_credits_offer": """
        SELECT o.id, i.project_id AS project FROM creditstore_credits_offer o
        JOIN creditstore_catalogue_issuance i ON i.id = o.issuance_id
    """,
    "creditstore_credits_unitblock": """
        SELECT b.id, i.project_id AS project FROM creditstore_credits_unitblock b
        JOIN creditstore_catalogue_issuance i ON i.id = b.issuance_id
    """,
}


def _take_indexes(cursor: Any, table: str) -> list[str]:
    """Drop the indexes that no constraint rests on; their definitions."""
    cursor.execute(
        """
        SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
        WHERE indrelid = %s::regclass AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)
        """,
        [table],
    )
    found: list[tuple[str, str]] = cursor.fetchall()
    for name, _definition in found:
        cursor.execute(f"DROP INDEX {name}")
    return [definition for _name, definition in found]


def _copy(model: type[models.Model], copied: list[type[models.Model]]) -> str:
    """One statement that copies all rows of a table that belong to a copied project."""
    table = model._meta.db_table
    changed = _CHANGED.get(table, {})
    columns, values = [], []
    for field in model._meta.local_concrete_fields:
        if field.generated:
            continue
        column = f'o."{field.column}"'
        if field.primary_key or field.related_model in copied:
            column = f"{column} + k * {_ROWS}"
        columns.append(f'"{field.column}"')
        values.append(changed.get(str(field.column), column))
    return f"""
        INSERT INTO "{table}" ({", ".join(columns)})
        SELECT {", ".join(values)}
        FROM "{table}" o JOIN ({_PROJECT_OF[table]}) belongs ON belongs.id = o.id
        JOIN (SELECT id AS project, k, n, title FROM numbered) other ON other.project = belongs.project
        WHERE o.id < {_ROWS}
    """  # noqa: S608  (names of our own tables and columns)


if __name__ == "__main__":
    main(int(sys.argv[1]))
