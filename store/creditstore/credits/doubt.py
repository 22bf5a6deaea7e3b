"""Units in doubt: the registry's records and ours differ about them. They stay as they are until that is cleared up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from creditstore.core.errors import StoreError
from creditstore.core.models import TransitionRecord
from creditstore.credits.locks import lock_offers
from creditstore.credits.models import Offer, UnitBlock

#: The machine's name in the audit trail.
MACHINE = "block_doubt"


class UnitsInDoubt(StoreError):
    """What was asked for needs units that are in doubt. Nothing was changed."""

    def __init__(self) -> None:
        message = _("Some of these units are in doubt: the registry's records and ours differ. Staff look into it.")
        super().__init__(code="conflict", message=message)


def freeze(*, blocks: Iterable[UnitBlock], actor: str, reason: str) -> int:
    """Mark leaves as in doubt: from now on they can be neither sold nor moved nor cancelled. Returns how many were not.

    Cancelled blocks are passed over: nothing can happen to them any more. Units that are promised to unpaid orders may
    be among them: those orders stay, and paying one goes to staff when too few units are free of doubt.
    Parameters: ``reason``, for the audit trail, no personal data.
    """
    return _mark(blocks=blocks, in_doubt=True, actor=actor, reason=reason)


def thaw(*, blocks: Iterable[UnitBlock], actor: str, reason: str) -> int:
    """The doubt about these leaves is cleared up. Returns how many were in doubt."""
    return _mark(blocks=blocks, in_doubt=False, actor=actor, reason=reason)


def _mark(*, blocks: Iterable[UnitBlock], in_doubt: bool, actor: str, reason: str) -> int:
    wanted = UnitBlock.objects.filter(pk__in=[block.pk for block in blocks])
    with transaction.atomic():
        # A block that joins an offer meanwhile is seen below.
        lock_offers(Offer.objects.filter(pk__in=wanted.values("offer_id")))
        changed = list(
            wanted.select_for_update()
            .filter(is_leaf=True, in_doubt=not in_doubt)
            .exclude(state="cancelled")
            .order_by("pk")
        )
        UnitBlock.objects.filter(pk__in=[block.pk for block in changed]).update(in_doubt=in_doubt)
        units: Counter[int] = Counter()
        for block in changed:
            if block.state == "held" and block.offer_id is not None:
                units[block.offer_id] += block.end - block.start + 1
        for offer_id, quantity in sorted(units.items()):
            frozen = F("frozen") + quantity if in_doubt else F("frozen") - quantity
            Offer.objects.filter(pk=offer_id).update(frozen=frozen)
        names = ("trusted", "in_doubt") if in_doubt else ("in_doubt", "trusted")
        TransitionRecord.objects.bulk_create(
            TransitionRecord(
                machine=MACHINE, subject_id=block.pk, source=names[0], target=names[1], actor=actor, reason=reason
            )
            for block in changed
        )
    return len(changed)
