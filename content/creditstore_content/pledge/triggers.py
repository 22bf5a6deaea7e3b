"""Triggers of pledges: what the database itself refuses to show."""

from __future__ import annotations

import pgtrigger


def only_what_was_agreed_to() -> pgtrigger.Trigger:
    """Nothing is shown of a pledge that nobody confirmed, and no other name than the moderator saw."""
    return pgtrigger.Trigger(
        name="only_what_was_agreed_to",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func="""
            IF NEW.state = 'shown' AND NOT EXISTS (
                SELECT FROM creditstore_pledge_pledge p WHERE p.id = NEW.pledge_id AND p.state IN ('active', 'lapsed')
            ) THEN
                RAISE EXCEPTION 'only a confirmed pledge can be shown';
            END IF;
            IF TG_OP = 'INSERT' AND NEW.state <> 'waiting' THEN
                RAISE EXCEPTION 'a listing begins with waiting';
            END IF;
            IF TG_OP = 'UPDATE' AND NEW.state <> 'waiting' AND ROW(NEW.name, NEW.name_folded, NEW.pledge_id)
                IS DISTINCT FROM ROW(OLD.name, OLD.name_folded, OLD.pledge_id) THEN
                RAISE EXCEPTION 'another name waits for a moderator again';
            END IF;
            RETURN NEW;
        """,
    )


def withdrawn_is_not_listed() -> pgtrigger.Trigger:
    """Whoever withdraws a pledge takes it out of the public list in the same transaction."""
    return pgtrigger.Trigger(
        name="withdrawn_is_not_listed",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("state"),  # type: ignore[no-untyped-call]
        condition=pgtrigger.Q(new__state="withdrawn"),
        func="""
            IF EXISTS (SELECT FROM creditstore_pledge_publiclisting l WHERE l.pledge_id = NEW.id) THEN
                RAISE EXCEPTION 'a withdrawn pledge cannot be listed';
            END IF;
            RETURN NEW;
        """,
    )
