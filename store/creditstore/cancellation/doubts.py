"""Which units are in doubt after an answer, and setting them apart. Runs in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Q, QuerySet

from creditstore.cancellation.models import TRANSACTIONS, RegistryTransaction
from creditstore.credits.blocks import take_span
from creditstore.credits.locks import lock_offers
from creditstore.credits.models import Offer, UnitBlock
from creditstore.credits.services import freeze
from creditstore.credits.spans import Span, joined, span_of
from creditstore_plugins import SerialRange


def spans_of(ranges: Iterable[SerialRange]) -> list[Span]:
    """A registry's ranges by number. What it tells twice stays told twice: it would not be what was asked."""
    return joined(map(span_of, ranges))


def spans_of_blocks(blocks: Iterable[UnitBlock]) -> list[Span]:
    """The same of our blocks."""
    return joined(block.span for block in blocks)


def freeze_spans(*, scheme: str, spans: Sequence[Span], actor: str, reason: str) -> int:
    """Set apart whatever this ledger has of these units and has not seen cancelled. Returns how many blocks.

    Free units are cut out of their blocks, so that the rest of an offer stays on sale. A block in an open registry
    transaction is set apart whole: the transaction is about that block.
    """
    if not spans:
        return 0
    touched = Q()
    for series, start, end in spans:
        touched |= Q(series=series, start__lte=end, end__gte=start)
    leaves = UnitBlock.objects.filter(scheme=scheme, is_leaf=True, in_doubt=False).exclude(state="cancelled")
    lock_offers(Offer.objects.filter(pk__in=leaves.filter(touched).values("offer_id")))
    still_open = RegistryTransaction.objects.exclude(state__in=TRANSACTIONS.final).values("blocks")
    whole = list(leaves.select_for_update().filter(touched, pk__in=still_open).order_by("pk"))
    parts: list[UnitBlock] = []
    for span in spans:
        parts += take_span(leaves=_rest(leaves, whole), span=span)
    return freeze(blocks=[*whole, *parts], actor=actor, reason=reason)


def _rest(leaves: QuerySet[UnitBlock], whole: Sequence[UnitBlock]) -> QuerySet[UnitBlock]:
    return leaves.select_for_update().exclude(pk__in=[block.pk for block in whole])
