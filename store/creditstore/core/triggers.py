"""The trigger by which offers and sellers say that counts of the catalogue may be others now.

It stands here because sellers are below the catalogue, whose table it writes to.
"""

from __future__ import annotations

from typing import Final

import pgtrigger

#: About how many rows of ``catalogue.SaleStamp`` there are.
STAMPS_KEPT: Final = 16


def counts_changed() -> pgtrigger.Trigger:
    """A new stamp with every statement that changes offers or sellers (see ``catalogue.SaleStamp``).

    A row is added and up to two old ones go, those that nobody else is taking away: so nobody waits for anybody, and
    the set of rows is one that has never been before.
    """
    return pgtrigger.Trigger(
        name="counts_changed",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("_added", "bigint")],
        func=f"""
            INSERT INTO creditstore_catalogue_salestamp (stamp)
                VALUES (hashtextextended(gen_random_uuid()::text, 0)) RETURNING id INTO _added;
            DELETE FROM creditstore_catalogue_salestamp WHERE id IN (
                SELECT id FROM creditstore_catalogue_salestamp WHERE id < _added - {STAMPS_KEPT}
                ORDER BY id LIMIT 2 FOR UPDATE SKIP LOCKED
            );
            RETURN NULL;
        """,
    )
