"""The queue: what waits for somebody, as rows that say what it is and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creditstore.desk.models import Approval
from creditstore.orders.attention import AttentionItem, AttentionKind, open_by_kind
from creditstore_plugins import Money

#: The tabs of the queue, in order, and the kinds of items that each holds. ``approvals`` holds questions instead.
TABS: dict[str, tuple[str | Promise, tuple[AttentionKind, ...]]] = {
    "all": (gettext_lazy("Needs attention"), tuple(AttentionKind)),
    "refused": (gettext_lazy("Refused"), (AttentionKind.REFUSED,)),
    "stalled": (gettext_lazy("Stalled"), (AttentionKind.STALLED, AttentionKind.REGISTRY_LOST)),
    "money": (
        gettext_lazy("Money"),
        (AttentionKind.LATE_MONEY, AttentionKind.WRONG_AMOUNT, AttentionKind.REFUND_FAILED),
    ),
    "disputes": (gettext_lazy("Disputes"), (AttentionKind.DISPUTE,)),
    "checks": (gettext_lazy("Checks"), (AttentionKind.REVIEW, AttentionKind.DENIED)),
    "records": (
        gettext_lazy("Records"),
        (AttentionKind.OTHER_SERIALS, AttentionKind.UNMATCHED, AttentionKind.IN_DOUBT),
    ),
    "approvals": (gettext_lazy("Second pair of eyes"), ()),
}

_NEXT = {
    AttentionKind.LATE_MONEY: gettext_lazy("See whether the money was sent back by itself; if not, refund it."),
    AttentionKind.WRONG_AMOUNT: gettext_lazy("Refund what was paid, or the surplus, and close with a note."),
    AttentionKind.REFUSED: gettext_lazy("Read the registry's reasons; then try again, propose other units, or refund."),
    AttentionKind.STALLED: gettext_lazy("See whether the worker runs and the registry answers; it goes on by itself."),
    AttentionKind.REGISTRY_LOST: gettext_lazy("Ask the registry by its transaction number before anything else."),
    AttentionKind.OTHER_SERIALS: gettext_lazy(
        "Ask the registry which units it cancelled. Nothing is certified before."
    ),
    AttentionKind.REVIEW: gettext_lazy(
        "Look at the check's reason; then let it be cancelled, which takes two, or refund."
    ),
    AttentionKind.DENIED: gettext_lazy("Read the check's reason and refund the order."),
    AttentionKind.DISPUTE: gettext_lazy("Answer the provider; do not refund while the dispute is open."),
    AttentionKind.REFUND_FAILED: gettext_lazy("Pay by hand and note the transfer, or find out why it failed."),
    AttentionKind.UNMATCHED: gettext_lazy("Read the report of the reconciliation and find out which side is right."),
    AttentionKind.IN_DOUBT: gettext_lazy(
        "Find out whether the registry holds them; then release them, which takes two officers, or close with a note."
    ),
}
_ASKED = gettext_lazy("Read what was asked and why; approve or refuse. Whoever asked cannot decide.")


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """One thing that waits. ``since`` is when it began to; ``amount`` is what the order costs, tax included.

    Where it is about no order, ``number`` names the item of the reconciliation, and there is no amount.
    """

    number: str
    title: str
    reason: str
    since: datetime
    amount: Money | None
    state: str
    next_step: str
    approval_id: int | None = None


def open_kinds() -> dict[str, int]:
    """How many things wait under each tab."""
    by_kind = open_by_kind()
    counts = {tab: sum(by_kind[kind] for kind in kinds) for tab, (_title, kinds) in TABS.items()}
    counts["approvals"] = Approval.objects.filter(state="asked").count()
    return counts


def waiting_items(*, tab: str = "all", search: str = "") -> QuerySet[AttentionItem]:
    """Open items of one tab, the oldest first. ``search``: part of an order number, or of the buyer's address."""
    _title, kinds = TABS.get(tab, TABS["all"])
    found = AttentionItem.objects.filter(closed_at=None, kind__in=kinds).select_related("order", "line")
    return found.filter(_matching(search)).order_by("opened_at", "pk")


def waiting_approvals(*, search: str = "") -> QuerySet[Approval]:
    """Questions that nobody has decided, the oldest first."""
    found = Approval.objects.filter(state="asked").select_related("order", "line", "asked_by")
    return found.filter(_matching(search)).order_by("asked_at", "pk")


def _matching(search: str) -> Q:
    search = search.replace("\x00", "").strip()
    return Q(order__number__icontains=search) | Q(order__buyer_email__icontains=search) if search else Q()


def item_row(item: AttentionItem) -> QueueRow:
    """An item as the queue shows it."""
    return QueueRow(
        number=item.order.number,
        title=str(item.get_kind_display()),
        reason=item.reason,
        since=item.opened_at,
        amount=item.order.due,
        state=str(item.order.get_state_display()),
        next_step=next_step(item),
    )


def next_step(item: AttentionItem) -> str:
    """What to do about it, in one sentence."""
    if item.kind == AttentionKind.REFUSED and item.line is not None:
        proposal = item.line.substitutions.filter(state__in=("proposed", "expired")).last()
        if proposal is not None and proposal.state == "proposed":
            return _("Other units are proposed: wait for the buyer's answer.")
        if proposal is not None:
            return _("The buyer did not answer the proposal. Write to the buyer, propose again, or refund.")
    return str(_NEXT[AttentionKind(item.kind)])


def approval_row(approval: Approval) -> QueueRow:
    """A question as the queue shows it."""
    order, asked = approval.order, approval.amount_minor
    if order is None:
        number, state, amount = _("Reconciliation, item %(number)d") % {"number": approval.item_id}, "", None
    else:
        number, state = order.number, str(order.get_state_display())
        amount = order.due if asked is None else Money(minor=asked, currency=order.currency)
    return QueueRow(
        number=number,
        title=str(approval.get_action_display()),
        reason=approval.reason,
        since=approval.asked_at,
        amount=amount,
        state=state,
        next_step=str(_ASKED),
        approval_id=approval.pk,
    )
