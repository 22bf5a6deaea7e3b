"""Triggers that carry changes of facts and offers to what the search rests on.

A correction of published facts goes on to the offers, which repeat some of them: they are brought along in the same
transaction (see ``credits.triggers.offer_has_facts_of_issuance``). A correction takes its issuance or project first and
then the offers; nothing that sells takes them the other way round.
"""

from __future__ import annotations

from typing import Final

import pgtrigger

#: About how many rows of ``SaleStamp`` there are.
STAMPS_KEPT: Final = 16


def offers_follow_issuance() -> pgtrigger.Trigger:
    """A corrected issuance corrects its offers."""
    return pgtrigger.Trigger(
        name="offers_follow_issuance",
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        condition=pgtrigger.AnyChange("project", "commitment_period", "monitoring_start", "monitoring_end"),
        func="""
            UPDATE creditstore_credits_offer
                SET project_id = NEW.project_id, commitment_period = NEW.commitment_period,
                    monitoring_start = NEW.monitoring_start, monitoring_end = NEW.monitoring_end
                WHERE issuance_id = NEW.id;
            RETURN NULL;
        """,
    )


def offers_follow_project() -> pgtrigger.Trigger:
    """A project with another reference takes its offers along."""
    return pgtrigger.Trigger(
        name="offers_follow_project",
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        condition=pgtrigger.AnyChange("ref"),
        func="""
            UPDATE creditstore_credits_offer SET project_ref = NEW.ref WHERE project_id = NEW.id;
            RETURN NULL;
        """,
    )


def counts_changed() -> pgtrigger.Trigger:
    """A new stamp with every statement that changes offers or sellers (see ``SaleStamp``).

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
