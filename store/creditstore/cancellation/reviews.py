"""Order checks before a cancellation: what one of them wants a person to see waits for that person."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from creditstore.core.errors import StoreError
from creditstore.core.jobs import defer, order_lock
from creditstore.orders.attention import AttentionKind
from creditstore.orders.checks import ask_checks, reason_of, record_verdicts, verdict_of
from creditstore.orders.fulfilment import needs_attention, settle_attention
from creditstore.orders.models import OrderCheckRecord, OrderLine
from creditstore.orders.services import lock_order
from creditstore.payments.services import paid_with
from creditstore_host.installation import get_host
from creditstore_plugins import CheckStage

_WORST_FIRST = (("deny", AttentionKind.DENIED), ("review", AttentionKind.REVIEW))


def look(*, line: OrderLine) -> None:
    """Ask every check about the line's order, unless staff have approved it, and tell staff what they must see.

    Never call it inside a transaction. Who asks again after a check changed its mind finds the item closed.
    """
    if not get_host().checks_orders or is_approved(line=line):
        return
    payment = paid_with(order=line.order)
    verdicts = ask_checks(order=line.order, stage=CheckStage.CANCELLATION, method_id=payment.method if payment else "")
    said = {verdict_of(verdict) for verdict in verdicts}
    with transaction.atomic():
        order = lock_order(order_id=line.order_id)
        record_verdicts(order=order, stage=CheckStage.CANCELLATION, verdicts=verdicts)
        for word, kind in _WORST_FIRST:
            if word in said:
                about = [verdict for verdict in verdicts if verdict_of(verdict) == word]
                needs_attention(
                    order=order,
                    kind=kind,
                    actor=about[0].plugin_id,
                    reason="; ".join(f"{verdict.title}: {reason_of(verdict)}" for verdict in about),
                    line=line,
                    data={"checks": [verdict.plugin_id for verdict in about]},
                )
            elif order.attention_items.filter(kind=kind, line=line, closed_at=None).exists():
                resolution = "the checks have nothing against the order any more"
                settle_attention(order=order, actor="system", resolution=resolution, kind=kind, line=line)


def is_approved(*, line: OrderLine) -> bool:
    """Whether staff have let the order pass; from then on no check is asked about it."""
    return OrderCheckRecord.objects.filter(order_id=line.order_id, stage="staff", verdict="allow").exists()


def approve(*, line: OrderLine, actor: str, reason: str) -> int:
    """Staff have looked and let the order go on. Returns how many of its lines waited for that.

    Parameters: ``actor``, ``staff:<id>``; ``reason``, what was found, no personal data. What a check denies cannot be
    approved: refund it. Errors: ``StoreError`` (conflict).
    """
    with transaction.atomic():
        order = lock_order(order_id=line.order_id)
        items = order.attention_items.filter(closed_at=None)
        if items.filter(kind=AttentionKind.DENIED).exists():
            raise StoreError(code="conflict", message=_("A check denies this order. It can only be refunded."))
        if not items.filter(kind=AttentionKind.REVIEW).exists():
            raise StoreError(code="conflict", message=_("No check wants anybody to look at this order."))
        OrderCheckRecord.objects.create(order=order, judge=actor, stage="staff", verdict="allow", reason=reason)
        closed = settle_attention(order=order, actor=actor, resolution=reason, kind=AttentionKind.REVIEW)
        for waiting in order.lines.filter(state="paid"):
            defer("creditstore.cancellation.submit_line", lock=order_lock(order.number), line_id=waiting.pk)
    return closed
