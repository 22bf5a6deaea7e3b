"""Triggers of the ledger, for what constraints cannot say. Each has a test in raw SQL that goes around the services."""

from __future__ import annotations

import pgtrigger

from creditstore.credits.serials import UNIT_TYPES

#: States of a registry transaction that may still complete (``cancellation.models.TRANSACTIONS``).
AT_THE_REGISTRY = ("prepared", "proposed", "checked", "checked_discrepancy")
#: Unit types that expire (tCER, lCER), as SQL.
EXPIRING = ", ".join(str(code) for code, unit_type in UNIT_TYPES.items() if unit_type.expires)
#: Where a block belongs and what becomes of it.
_FATE = ("state", "is_leaf", "offer", "reservation")


def cancelled_is_final() -> pgtrigger.Trigger:
    """Invariant 1: a cancelled unit never changes again, and is never split."""
    return pgtrigger.Protect(
        name="cancelled_is_final",
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__state="cancelled"),
    )


def in_doubt_stays() -> pgtrigger.Trigger:
    """What is in doubt is neither moved nor cancelled nor split: it is cleared up first, in a statement of its own."""
    moved = [pgtrigger.Q(**{f"old__{name}__df": pgtrigger.F(f"new__{name}")}) for name in _FATE]
    return pgtrigger.Protect(
        name="in_doubt_stays",
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__in_doubt=True) & (moved[0] | moved[1] | moved[2] | moved[3]),
    )


def asked_for_stays() -> pgtrigger.Trigger:
    """Invariant 8: while a registry may still cancel a unit, it is not given back to be sold again."""
    states = ", ".join(f"'{state}'" for state in AT_THE_REGISTRY)
    return pgtrigger.Trigger(
        name="asked_for_stays",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("state"),  # type: ignore[no-untyped-call]
        condition=pgtrigger.Q(old__state="assigned", new__state="held"),
        func=f"""
            IF EXISTS (
                SELECT 1 FROM creditstore_cancellation_registrytransaction_blocks asked
                JOIN creditstore_cancellation_registrytransaction t ON t.id = asked.registrytransaction_id
                WHERE asked.unitblock_id = OLD.id AND t.state IN ({states})
            ) THEN
                RAISE EXCEPTION 'a registry is asked to cancel block %', OLD.id USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )


def never_unsplit() -> pgtrigger.Trigger:
    """A split cannot be taken back: a branch never becomes a leaf again."""
    return pgtrigger.Protect(
        name="never_unsplit",
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__is_leaf=False, new__is_leaf=True),
    )


def child_inside_parent() -> pgtrigger.Trigger:
    """A root covers its issuance exactly; a child lies inside its parent and agrees with it in all but number.

    The parent is looked up by its key alone, so that no plan made for a small table can prefer another index.
    """
    return pgtrigger.Trigger(
        name="child_inside_parent",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("_parent", "creditstore_credits_unitblock")],
        func="""
            IF NEW.parent_id IS NULL THEN
                IF NOT EXISTS (
                    SELECT 1 FROM creditstore_catalogue_issuance i
                    WHERE i.id = NEW.issuance_id AND i.scheme = NEW.scheme AND i.series = NEW.series
                      AND i.start = NEW.start AND i."end" = NEW."end" AND i.unit_type = NEW.unit_type
                      AND i.commitment_period = NEW.original_period
                ) THEN
                    RAISE EXCEPTION 'a root block covers its issuance exactly' USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
            END IF;
            SELECT * INTO _parent FROM creditstore_credits_unitblock WHERE id = NEW.parent_id;
            IF _parent.id IS NULL OR _parent.is_leaf OR NEW.start < _parent.start OR NEW."end" > _parent."end"
                OR (NEW.issuance_id, NEW.scheme, NEW.series, NEW.unit_type, NEW.original_period,
                    NEW.applicable_period, NEW.field6, NEW.project_number)
                IS DISTINCT FROM
                   (_parent.issuance_id, _parent.scheme, _parent.series, _parent.unit_type, _parent.original_period,
                    _parent.applicable_period, _parent.field6, _parent.project_number)
            THEN
                RAISE EXCEPTION 'a child lies inside a split parent and agrees with it'
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )


def children_tile_parent() -> pgtrigger.Trigger:
    """Invariant 3, at commit: the children of a split block tile it; and a leaf has none.

    Leaves never overlap and children lie inside, so equal sums mean an exact tiling.
    """
    return pgtrigger.Trigger(
        name="children_tile_parent",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update,
        timing=pgtrigger.Deferred,
        condition=pgtrigger.Q(new__is_leaf=False),
        declare=[("_is_leaf", "boolean"), ("_sum", "bigint")],
        func="""
            SELECT is_leaf INTO _is_leaf FROM creditstore_credits_unitblock WHERE id = NEW.id;
            SELECT COALESCE(SUM("end" - start + 1), 0) INTO _sum
                FROM creditstore_credits_unitblock WHERE parent_id = NEW.id;
            IF _is_leaf OR _sum <> NEW."end" - NEW.start + 1 THEN
                RAISE EXCEPTION 'the children of block % do not tile it', NEW.id USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        """,
    )


_BACKED = """
    SELECT o.offered - o.sold, o.frozen INTO _promised, _frozen FROM creditstore_credits_offer o WHERE o.id = _offer;
    SELECT COALESCE(SUM(b."end" - b.start + 1), 0), COALESCE(SUM(b."end" - b.start + 1) FILTER (WHERE b.in_doubt), 0)
        INTO _held, _doubted FROM creditstore_credits_unitblock b
        WHERE b.offer_id = _offer AND b.is_leaf AND b.state = 'held';
    IF _promised <> _held THEN
        RAISE EXCEPTION 'offer % promises % units but % are held for it', _offer, _promised, _held
            USING ERRCODE = 'check_violation';
    END IF;
    IF _frozen <> _doubted THEN
        RAISE EXCEPTION 'offer % counts % frozen units but % of its units are in doubt', _offer, _frozen, _doubted
            USING ERRCODE = 'check_violation';
    END IF;
"""
_BACKED_VARIABLES = [(name, "bigint") for name in ("_offer", "_promised", "_held", "_frozen", "_doubted")]


def offer_backed_by_offer() -> pgtrigger.Trigger:
    """Invariant 7, at commit: what an offer has left is exactly what lies held in its blocks (its side)."""
    return pgtrigger.Trigger(
        name="backed_by_held_units",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("offered", "sold", "frozen"),  # type: ignore[no-untyped-call]
        timing=pgtrigger.Deferred,
        declare=_BACKED_VARIABLES,
        func=f"_offer := NEW.id; {_BACKED} RETURN NULL;",
    )


def offer_backed_by_new_block() -> pgtrigger.Trigger:
    """Invariant 7, at commit: the same from the side of a block that comes in with an offer.

    The condition keeps the many blocks without one, such as those of an import, from waiting for the commit at all.
    """
    return pgtrigger.Trigger(
        name="comes_backing_its_offer",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        timing=pgtrigger.Deferred,
        condition=pgtrigger.Q(new__offer__isnull=False),
        declare=_BACKED_VARIABLES,
        func=f"_offer := NEW.offer_id; {_BACKED} RETURN NULL;",
    )


def offer_backed_by_block() -> pgtrigger.Trigger:
    """Invariant 7, at commit: the same from the side of a block that changes, for the offer it leaves as well."""
    return pgtrigger.Trigger(
        name="backs_its_offer",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("state", "offer_id", "is_leaf", "in_doubt"),  # type: ignore[no-untyped-call]
        timing=pgtrigger.Deferred,
        condition=pgtrigger.Q(new__offer__isnull=False) | pgtrigger.Q(old__offer__isnull=False),
        declare=_BACKED_VARIABLES,
        func=f"""
            FOREACH _offer IN ARRAY ARRAY[NEW.offer_id, OLD.offer_id] LOOP
                IF _offer IS NOT NULL THEN
                    {_BACKED}
                END IF;
            END LOOP;
            RETURN NULL;
        """,
    )


#: Columns of an offer that say what its issuance says, and where they come from.
FACTS_OF_ISSUANCE = {
    "project_id": "issuance.project_id",
    "project_ref": "project.ref",
    "commitment_period": "issuance.commitment_period",
    "monitoring_start": "issuance.monitoring_start",
    "monitoring_end": "issuance.monitoring_end",
}


def offer_has_facts_of_issuance() -> pgtrigger.Trigger:
    """An offer's facts of its issuance are those of the issuance, whatever the statement that writes it says.

    Both rows that they come from are locked until the commit, so that an offer which is being opened cannot miss a
    correction of theirs: either it waits and reads what is corrected, or the correction waits and finds the offer.
    """
    of_new = ", ".join(f"NEW.{column}" for column in FACTS_OF_ISSUANCE)
    return pgtrigger.Trigger(
        name="facts_are_the_issuances",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("issuance_id", *FACTS_OF_ISSUANCE),  # type: ignore[no-untyped-call]
        func=f"""
            IF TG_OP = 'UPDATE' THEN
                IF (NEW.issuance_id, {of_new})
                    IS NOT DISTINCT FROM (OLD.issuance_id, {of_new.replace("NEW", "OLD")})
                THEN
                    RETURN NEW;
                END IF;
            END IF;
            SELECT {", ".join(FACTS_OF_ISSUANCE.values())} INTO {of_new}
                FROM creditstore_catalogue_issuance AS issuance
                JOIN creditstore_catalogue_project AS project ON project.id = issuance.project_id
                WHERE issuance.id = NEW.issuance_id
                FOR SHARE OF issuance FOR KEY SHARE OF project;
            RETURN NEW;
        """,
    )


_COUNTED = """
    SELECT o.reserved INTO _counted FROM creditstore_credits_offer o WHERE o.id = _offer;
    SELECT COALESCE(SUM(r.quantity), 0) INTO _promised FROM creditstore_credits_reservation r
        WHERE r.offer_id = _offer AND r.state = 'active';
    IF _counted <> _promised THEN
        RAISE EXCEPTION 'offer % counts % reserved units but % are promised', _offer, _counted, _promised
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""
_COUNTED_VARIABLES = [(name, "bigint") for name in ("_offer", "_counted", "_promised")]


def offer_counts_its_promises() -> pgtrigger.Trigger:
    """Invariant 6, at commit: what an offer counts as reserved is the sum of its active reservations (its side)."""
    return pgtrigger.Trigger(
        name="counts_its_promises",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("reserved"),  # type: ignore[no-untyped-call]
        timing=pgtrigger.Deferred,
        declare=_COUNTED_VARIABLES,
        func=f"_offer := NEW.id; {_COUNTED}",
    )


def promise_counted_by_its_offer() -> pgtrigger.Trigger:
    """Invariant 6, at commit: the same from the side of a reservation that begins or ends."""
    return pgtrigger.Trigger(
        name="counted_by_its_offer",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("state"),  # type: ignore[no-untyped-call]
        timing=pgtrigger.Deferred,
        declare=_COUNTED_VARIABLES,
        func=f"_offer := NEW.offer_id; {_COUNTED}",
    )


def assigned_within_promise() -> pgtrigger.Trigger:
    """Invariant 6, at commit: serials are carved for a consumed reservation of the same offer, never more than it says.

    Fewer is possible: units of a refused line go back on sale.
    """
    return pgtrigger.Trigger(
        name="within_its_promise",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("reservation_id", "offer_id"),  # type: ignore[no-untyped-call]
        timing=pgtrigger.Deferred,
        condition=pgtrigger.Q(new__reservation__isnull=False),
        declare=[("_carved", "bigint")],
        func="""
            SELECT COALESCE(SUM(b."end" - b.start + 1), 0) INTO _carved FROM creditstore_credits_unitblock b
                WHERE b.reservation_id = NEW.reservation_id AND b.is_leaf;
            IF NOT EXISTS (
                SELECT 1 FROM creditstore_credits_reservation r
                WHERE r.id = NEW.reservation_id AND r.state = 'consumed' AND r.offer_id = NEW.offer_id
                  AND r.quantity >= _carved
            ) THEN
                RAISE EXCEPTION 'block % is not what its reservation promised', NEW.id
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        """,
    )


def temporary_units_opted_in() -> pgtrigger.Trigger:
    """Invariant 12: temporary units are offered only where the operator opted in, offer by offer."""
    return pgtrigger.Trigger(
        name="temporary_units_opted_in",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("issuance_id", "temporary_allowed"),  # type: ignore[no-untyped-call]
        condition=pgtrigger.Q(new__temporary_allowed=False),
        declare=[("_unit_type", "int")],
        func=f"""
            SELECT unit_type INTO _unit_type FROM creditstore_catalogue_issuance WHERE id = NEW.issuance_id;
            IF _unit_type IN ({EXPIRING}) THEN
                RAISE EXCEPTION 'temporary units are sold only where the operator opted in'
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )


def issuance_enters_the_ledger() -> pgtrigger.Trigger:
    """Invariant 4, at commit: every issuance has its root block, which covers it (``child_inside_parent``)."""
    return pgtrigger.Trigger(
        name="enters_the_ledger",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        timing=pgtrigger.Deferred,
        func="""
            IF NOT EXISTS (
                SELECT 1 FROM creditstore_credits_unitblock b WHERE b.issuance_id = NEW.id AND b.parent_id IS NULL
            ) THEN
                RAISE EXCEPTION 'issuance % is not in the ledger', NEW.id USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        """,
    )
