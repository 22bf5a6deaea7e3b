"""The registry's totals and unit blocks. Ours are read after its word: what the registry moves, it moves before us.

A unit that is for sale here lies in the account there; one that is assigned does, unless a transaction for it is open
(then it may be either) or completed. The account may hold more than we know of: that is its holder's business.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from creditstore.cancellation.models import FAILED, RegistryTransaction
from creditstore.credits.models import UnitBlock
from creditstore.credits.spans import Span, SpanSet, joined, span_of
from creditstore.reconciliation.found import Comparison, Found
from creditstore.reconciliation.history import last_complete
from creditstore.reconciliation.models import Kind, Stage
from creditstore.reconciliation.paging import Untold, pages
from creditstore_host.installation import get_host
from creditstore_host.records import ConnectorFacts
from creditstore_plugins import NotTold, RegistryCapability


def compare_totals(*, connector: ConnectorFacts, account: str, now: datetime, grace: timedelta) -> Comparison:
    """First stage: numbers only. ``grace``: completions younger than that may not be in the registry's totals yet."""
    comparison = Comparison(stage=Stage.TOTALS, plugin=connector.id, account=account, asked_at=now)
    if RegistryCapability.TOTALS not in connector.capabilities:
        return comparison.not_offered()
    told = get_host().registry_totals(connector.id, account)
    if isinstance(told, NotTold):
        return comparison.not_told(told.reason)
    held = _units(_surely_there(connector, account, now))
    on_their_way = _units(_live(connector, account, now)) - held
    completed = RegistryTransaction.objects.filter(connector=connector.id, account=account, state="completed")
    settled = _units_of(completed.filter(completed_at__lt=now - grace))
    at_most = _units_of(completed) + on_their_way
    foreign = _known_foreign(connector, account)
    comparison.compared = held + settled
    comparison.figures = {
        "held_here": held,
        "held_there": told.held,
        "cancelled_here": settled,
        "cancelled_there": told.cancelled,
        "on_their_way": on_their_way,
        "not_ours": foreign,
    }
    if told.held < held or told.cancelled < settled + foreign:
        comparison.add(
            Found(kind=Kind.TOTALS_DIFFER, subject=f"account:{connector.id}:{account}", facts=comparison.figures)
        )
    # More was cancelled than we asked for: what it was, the list of cancellations tells.
    comparison.figures["look_closer"] = bool(comparison.found) or told.cancelled > at_most + foreign
    return comparison


def compare_blocks(*, connector: ConnectorFacts, account: str, now: datetime) -> Comparison:
    """Second stage: every unit that must lie in the account does."""
    comparison = Comparison(stage=Stage.BLOCKS, plugin=connector.id, account=account, asked_at=now)
    if RegistryCapability.BLOCKS not in connector.capabilities:
        return comparison.not_offered()
    listed = pages(lambda cursor: get_host().registry_blocks(connector.id, account, cursor), what="blocks")
    try:
        there = SpanSet(span_of(part) for page in listed for part in page.ranges)
    except Untold as untold:
        return comparison.not_told(str(untold))
    missing: list[Span] = []
    for span in _spans(_surely_there(connector, account, now)):
        comparison.compared += span.quantity
        missing.extend(there.missing(span))
    for span in joined(missing, overlapping=True):
        comparison.add(
            Found(
                kind=Kind.MISSING_AT_REGISTRY,
                subject=f"units:{connector.id}:{span.series}:{span.start}-{span.end}",
                facts={"account": account, "series": span.series, "start": span.start, "end": span.end},
                in_doubt=(span,),
            )
        )
    return comparison


def _live(connector: ConnectorFacts, account: str, asked_at: datetime) -> QuerySet[UnitBlock]:
    """What is for sale or assigned. An offer that was opened after the registry was asked is left for the next run."""
    return UnitBlock.objects.filter(
        is_leaf=True,
        scheme=connector.scheme,
        state__in=("held", "assigned"),
        offer__seller__registry_account=account,
        offer__created_at__lt=asked_at,
    )


def _surely_there(connector: ConnectorFacts, account: str, asked_at: datetime) -> QuerySet[UnitBlock]:
    """Live blocks that no transaction of ours could have moved."""
    asked_for = RegistryTransaction.objects.filter(blocks=OuterRef("pk")).exclude(state__in=FAILED)
    return _live(connector, account, asked_at).filter(Q(state="held") | ~Exists(asked_for))


def _spans(blocks: QuerySet[UnitBlock]) -> Iterator[Span]:
    rows = blocks.order_by("series", "start").values_list("series", "start", "end")
    return (Span(series, start, end) for series, start, end in rows.iterator())


def _units(blocks: QuerySet[UnitBlock]) -> int:
    return int(blocks.aggregate(total=Sum("quantity"))["total"] or 0)


def _units_of(transactions: QuerySet[RegistryTransaction]) -> int:
    return int(transactions.aggregate(total=Sum("blocks__quantity"))["total"] or 0)


def _known_foreign(connector: ConnectorFacts, account: str) -> int:
    """Units that others had cancelled from the account, as of the last time that all cancellations were read."""
    step = last_complete(Comparison(stage=Stage.RECORDS, plugin=connector.id, account=account, asked_at=datetime.max))
    return int(step.figures.get("not_ours", 0)) if step else 0
