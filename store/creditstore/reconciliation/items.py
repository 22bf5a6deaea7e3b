"""Unmatched items: one stays one over many runs, closes by itself when it is not seen any more, or staff close it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from creditstore.accounts.models import User
from creditstore.accounts.staff import two_of_staff
from creditstore.core import clock
from creditstore.core.errors import FieldError, StoreError
from creditstore.core.text import clean_text, too_long
from creditstore.orders.attention import AttentionKind, open_item
from creditstore.orders.fulfilment import needs_attention, settle_attention
from creditstore.orders.services import lock_order
from creditstore.reconciliation.doubt import freeze_for, thaw_of
from creditstore.reconciliation.found import Comparison, Found
from creditstore.reconciliation.models import OpenItem, Run, Step

#: Who acts in the audit trail.
ACTOR = "reconciliation"
#: Why an item closed by itself.
GONE = "the next run did not see it any more"
REASON_LIMIT = 1000


def settle(*, run: Run, comparison: Comparison, scheme: str) -> Step:
    """Open, renew and close items after a comparison, and write its step.

    Each item is dealt with in a transaction of its own, the step is written last: a run that is cut off in between
    makes the comparison again and finds its items there.
    """
    seen = [_open(run=run, comparison=comparison, found=found, scheme=scheme) for found in comparison.found]
    if comparison.complete:
        reach = watched(stage=comparison.stage, plugin=comparison.plugin, account=comparison.account)
        for item in reach.exclude(pk__in=[item.pk for item in seen]):
            _not_seen(item_id=item.pk)
    step, _created = Step.objects.get_or_create(
        run=run,
        stage=comparison.stage,
        plugin=comparison.plugin,
        account=comparison.account,
        defaults={
            "outcome": comparison.outcome,
            "compared": comparison.compared,
            "differing": len(comparison.found),
            "since": comparison.since,
            "asked_at": comparison.asked_at,
            "note": comparison.note,
            "figures": comparison.figures,
        },
    )
    return step


def _open(*, run: Run, comparison: Comparison, found: Found, scheme: str) -> OpenItem:
    """The item of this finding. One that staff closed knowing the same facts stays closed: it is explained."""
    with transaction.atomic():
        order = None if found.order_id is None else lock_order(order_id=found.order_id)
        same = OpenItem.objects.filter(kind=found.kind, subject=found.subject)
        item = same.filter(closed_at=None).select_for_update().first()
        if item is not None:
            OpenItem.objects.filter(pk=item.pk).update(last_seen=comparison.asked_at, facts=found.facts)
        else:
            explained = same.exclude(closed_by=ACTOR).order_by("-closed_at").first()
            if explained is not None and explained.facts == found.facts:
                return explained
            item = OpenItem.objects.create(
                stage=comparison.stage,
                plugin=comparison.plugin,
                account=comparison.account,
                kind=found.kind,
                subject=found.subject,
                order=order,
                facts=found.facts,
                happened_at=found.happened_at,
                first_run=run,
                first_seen=comparison.asked_at,
                last_seen=comparison.asked_at,
            )
        if order is not None:
            # On its way an order waits for a person in a state of its own; elsewhere the item alone tells of it.
            ask = needs_attention if order.state in ("paid", "cancelling") else open_item
            ask(order=order, kind=AttentionKind.UNMATCHED, actor=ACTOR, reason=f"reconciliation: {found.kind.value}")
        if found.in_doubt:
            freeze_for(item=item, scheme=scheme, spans=found.in_doubt, actor=ACTOR)
    return item


def watched(*, stage: str, plugin: str, account: str) -> QuerySet[OpenItem]:
    """What a comparison must look at again: items that are open, and explained ones whose units are still frozen."""
    frozen = OpenItem.blocks.through.objects.filter(unitblock__in_doubt=True).values("openitem")
    return OpenItem.objects.filter(
        Q(closed_at=None) | Q(pk__in=frozen), stage=stage, plugin=plugin, account=account
    ).order_by("pk")


def _not_seen(*, item_id: int) -> None:
    """The two sides agree again: what was frozen because of it is released, and the item closes."""
    with transaction.atomic():
        item = _locked(item_id=item_id)
        thaw_of(item=item or OpenItem.objects.get(pk=item_id), actor=ACTOR, reason=GONE)
        if item is not None:
            _close(item=item, actor=ACTOR, resolution=GONE, at=clock.now())


def close_item(*, item_id: int, actor: str, reason: str) -> OpenItem:
    """Staff have explained an item. Runs that see the same facts again leave it closed; other facts open a new one.

    Units that were frozen because of it stay so: see ``release_units``.
    Parameters: ``actor``, as in the audit trail; ``reason``, in plain words, no personal data.
    Errors: ``StoreError``: invalid (no reason), not-found, conflict (closed already).
    """
    reason = said(reason)
    with transaction.atomic():
        item = _locked(item_id=item_id)
        if item is None:
            _known(item_id=item_id)
            raise StoreError(code="conflict", message=_("This item is closed already."))
        _close(item=item, actor=actor, resolution=reason, at=clock.now())
    return item


def release_units(*, item_id: int, actor: str, reason: str, approved_by: Sequence[User]) -> int:
    """Thaw the units that were frozen because of an item; one that is open closes with it. Returns how many blocks.

    Only when the registry is known to hold them: they can be sold and cancelled again. What another open item doubts
    stays frozen.
    Parameters: as ``close_item``; ``approved_by``, two different members of staff. Errors: ``StoreError``: forbidden
    (not two), invalid (no reason), not-found, conflict (the item is closed and holds nothing frozen).
    """
    if not two_of_staff(approved_by):
        raise StoreError(code="forbidden", message=_("Two members of staff must approve that units are released."))
    reason = said(reason)
    with transaction.atomic():
        item = _locked(item_id=item_id)
        released = thaw_of(item=item or _known(item_id=item_id), actor=actor, reason=reason)
        if item is not None:
            _close(item=item, actor=actor, resolution=reason, at=clock.now())
        elif not released:
            message = _("No units are frozen because of this item alone. Look at what else doubts them.")
            raise StoreError(code="conflict", message=message)
    return released


def said(reason: str) -> str:
    """Why staff close an item or release its units. Errors: ``StoreError`` (invalid): nothing said, or too much."""
    reason = clean_text(reason, multiline=True)
    problem = too_long(reason, limit=REASON_LIMIT) if reason else _("Say why: others read it later.")
    if problem:
        raise StoreError(code="invalid", message=problem, errors=[FieldError("reason", problem)])
    return reason


def _known(*, item_id: int) -> OpenItem:
    """The item, open or closed. Errors: ``StoreError`` (not-found)."""
    found = OpenItem.objects.filter(pk=item_id).first()
    if found is None:
        raise StoreError(code="not-found", message=_("There is no such item."))
    return found


def _locked(*, item_id: int) -> OpenItem | None:
    """The item, if it is open, locked after its order as everywhere."""
    order_id = OpenItem.objects.filter(pk=item_id).values_list("order_id", flat=True).first()
    order = None if order_id is None else lock_order(order_id=order_id)
    item = OpenItem.objects.select_for_update(of=("self",)).filter(pk=item_id, closed_at=None).first()
    if item is not None and order is not None:
        item.order = order
    return item


def _close(*, item: OpenItem, actor: str, resolution: str, at: datetime) -> None:
    item.closed_at, item.closed_by, item.resolution = at, actor, resolution
    item.save(update_fields=["closed_at", "closed_by", "resolution"])
    order = item.order
    if order is not None and not order.unmatched_items.filter(closed_at=None).exists():
        settle_attention(order=order, actor=actor, resolution=resolution, kind=AttentionKind.UNMATCHED)
