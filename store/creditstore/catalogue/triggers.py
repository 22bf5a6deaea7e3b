"""Triggers that carry corrected facts to the offers that repeat them.

A correction of published facts goes on to the offers, which repeat some of them: they are brought along in the same
transaction (see ``credits.triggers.offer_has_facts_of_issuance``). A correction takes its issuance or project first and
then the offers; nothing that sells takes them the other way round.
"""

from __future__ import annotations

import pgtrigger


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
