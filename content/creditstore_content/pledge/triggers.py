"""Triggers of pledges: what the database itself refuses to show."""

from __future__ import annotations

import pgtrigger

#: The columns of a report that a moderator's decision writes.
_DECISION = (
    "ARRAY['state', 'decided_at', 'decided_by_id', 'note', 'rules', 'level_measure', 'level_reduce', "
    "'level_contribute']"
)


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


def read_before_published() -> pgtrigger.Trigger:
    """A report begins with waiting, and what a moderator has decided on does not change any more."""
    return pgtrigger.Trigger(
        name="read_before_published",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=f"""
            IF TG_OP = 'INSERT' THEN
                IF NEW.state <> 'submitted' THEN
                    RAISE EXCEPTION 'a report begins with waiting';
                END IF;
                RETURN NEW;
            END IF;
            IF (OLD.state <> 'submitted' OR NEW.state <> 'submitted')
                AND to_jsonb(NEW) - {_DECISION} IS DISTINCT FROM to_jsonb(OLD) - {_DECISION} THEN
                RAISE EXCEPTION 'another report waits for a moderator again';
            END IF;
            RETURN NEW;
        """,
    )


def no_unit_counted_twice() -> pgtrigger.Trigger:
    """The reports that wait or stand never count more units of an order than its certificate names.

    Several revisions of one pledge's year are one report. Counted is by order, because a certificate that supersedes
    another names the same units.
    """
    return pgtrigger.Trigger(
        name="no_unit_counted_twice",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        condition=pgtrigger.Q(new__certificate__isnull=False),
        declare=[("the_order", "bigint"), ("there_are", "bigint"), ("counted", "bigint")],
        func="""
            SELECT c.order_id, (c.facts->>'quantity')::bigint INTO the_order, there_are
                FROM creditstore_certificates_certificate c WHERE c.id = NEW.certificate_id;
            PERFORM pg_advisory_xact_lock(hashtextextended('pledge contribution', the_order));
            SELECT coalesce(sum(k.units), 0) INTO counted
                FROM creditstore_pledge_contribution k
                JOIN creditstore_certificates_certificate c ON c.id = k.certificate_id
                JOIN creditstore_pledge_yearreport r ON r.id = k.report_id
                JOIN creditstore_pledge_yearreport mine ON mine.id = NEW.report_id
                WHERE c.order_id = the_order AND k.id <> NEW.id AND r.state IN ('submitted', 'published')
                AND (r.id = mine.id OR (r.pledge_id, r.year) <> (mine.pledge_id, mine.year));
            IF counted + NEW.units > there_are THEN
                RAISE EXCEPTION 'these units are counted already';
            END IF;
            RETURN NEW;
        """,
    )
