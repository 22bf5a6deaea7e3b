"""One order as staff see it: what waits, lines, money, registry, the whole audit trail, and what can be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from creditstore.cancellation.models import RegistryTransaction
from creditstore.credits.services import printed_ranges
from creditstore.desk.actions import must_be_decided, waits
from creditstore.desk.models import Approval
from creditstore.desk.people import ACT, RECONCILE, REFUND, VIEW
from creditstore.desk.queue import next_step
from creditstore.desk.trail import names_of, order_trail
from creditstore.orders.doubt import units_in_doubt
from creditstore.orders.fulfilment import cancelled_units
from creditstore.orders.models import AttentionItem, AttentionKind, Order, OrderLine
from creditstore.payments.models import Payment
from creditstore.payments.refunds import HOLDS_MONEY, left_minor
from creditstore.reconciliation.models import OpenItem
from creditstore_plugins import Money
from creditstore_site.admin_pages import DetailPage, staff_member
from creditstore_site.staff_queue.questions import deciding_url
from creditstore_site.staff_queue.queue import QueueView
from creditstore_site.staff_queue.trail import described


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A way to an action's page."""

    title: str
    url: str


class OrderPage(DetailPage):
    """A page about one order, below the queue."""

    permissions: tuple[str, ...] = (VIEW,)
    lists = (QueueView,)

    @cached_property
    def order(self) -> Order:
        """The order of the address."""
        return get_object_or_404(Order.objects.select_related("seller"), number=self.kwargs["number"])

    @property
    def order_title(self) -> str:
        """With its number."""
        return _("Order %(number)s") % {"number": self.order.number}

    @property
    def open_reviews(self) -> QuerySet[AttentionItem]:
        """What checks wanted somebody to look at, and nobody has decided."""
        return self.order.attention_items.filter(kind=AttentionKind.REVIEW, closed_at=None)


class OrderView(OrderPage, TemplateView):
    """Read only; what changes something has a page of its own that says what will happen."""

    template_name = "staff_queue/order.html"
    header_icon = "clipboard-list"

    def get_page_title(self) -> str:
        """The order's."""
        return self.order_title

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Everything, in the order in which it is looked at."""
        order = self.order
        may_act = self.request.user.has_perm(ACT)
        items = list(order.attention_items.select_related("line"))
        asked = order.approvals.select_related("asked_by", "decided_by")
        approvals = [self._approval(approval) for approval in asked]
        names = names_of({actor for item in items for actor in (item.actor, item.closed_by)})
        return {
            **super().get_context_data(**kwargs),
            "order": order,
            "total": order.due,
            "open_items": [
                {"item": item, "next": next_step(item), "close": self._close(item) if may_act else ""}
                for item in items
                if item.closed_at is None
            ],
            "closed_items": [
                {"item": item, "closed_by": names[item.closed_by]} for item in items if item.closed_at is not None
            ],
            "waiting": [entry for entry in approvals if entry["approval"].state == "asked"],
            "decided": [entry for entry in approvals if entry["approval"].state != "asked"],
            "lines": [self._line(line) for line in self._lines()],
            "payments": [self._payment(payment) for payment in order.payments.all()],
            "transactions": [self._transaction(entry) for entry in self._entries()],
            "certificates": order.certificates.all(),
            "correct_url": reverse("creditstore_queue_correct", args=[order.number]) if may_act else "",
            "trail": described(order_trail(order=order)),
            "trail_url": f"{reverse('creditstore_trail')}?order={order.number}",
        }

    def _lines(self) -> list[OrderLine]:
        found = self.order.lines.select_related("offer__issuance__project", "reservation__offer__issuance__project")
        return list(found.prefetch_related("substitutions__offer__issuance__project"))

    @cached_property
    def _in_review(self) -> bool:
        return self.open_reviews.exists()

    def _entries(self) -> list[RegistryTransaction]:
        found = RegistryTransaction.objects.filter(line__order=self.order).select_related("line")
        return list(found.prefetch_related("blocks", "exchanges").order_by("line__position", "attempt", "part"))

    def _close(self, item: AttentionItem) -> str:
        """Where to close it; nowhere while it has to be decided instead."""
        return "" if must_be_decided(item) else self._address("close", item.pk)

    def _address(self, action: str, key: int) -> str:
        """Of an action's page. ``key``: a line's position, or the key of what the action is on."""
        return reverse(f"creditstore_queue_{action}", args=[self.order.number, key])

    def _approval(self, approval: Approval) -> dict[str, Any]:
        amount = approval.amount_minor
        return {
            "approval": approval,
            "amount": Money(minor=amount, currency=self.order.currency) if amount is not None else None,
            "url": deciding_url(approval, user=staff_member(self.request)),
        }

    def _line(self, line: OrderLine) -> dict[str, Any]:
        delivered = line.reservation.offer
        return {
            "line": line,
            "project": delivered.issuance.project,
            "ordered": line.offer.issuance.project if delivered.pk != line.offer_id else None,
            "cancelled": cancelled_units(line=line),
            "total": Money(minor=line.total_minor, currency=self.order.currency),
            "ranges": printed_ranges(line.reservation.blocks.filter(is_leaf=True)),
            "doubted": printed_ranges(units_in_doubt(line=line)),
            "proposals": line.substitutions.all(),
            "links": self._links(line),
        }

    def _links(self, line: OrderLine) -> list[Link]:
        proposed = any(item.state == "proposed" for item in line.substitutions.all())
        refused, paid = line.state == "refused", line.state == "paid"
        may = self.request.user.has_perm
        actions = (
            (_("Ask the registry now"), "ask", line.state == "cancelling"),
            (_("Try again"), "retry", refused),
            (_("Propose other units"), "substitute", refused and not proposed),
            (_("Send the money back"), "refund", line.state in ("paid", "refused", "cancelled")),
            (_("Cancel before the hold time is over"), "release", waits(line)),
            (_("Let it go on after the review"), "go_on", paid and self._in_review),
            (_("Take the proposal back"), "take_back", proposed),
        )
        links = [
            Link(title=title, url=self._address(name, line.position))
            for title, name, offered in actions
            if offered and may(REFUND if name == "refund" else ACT)
        ]
        if self.request.user.has_perm(RECONCILE) and (address := self._release_units(line)):
            links.append(Link(title=_("Release units from doubt"), url=address))
        return links

    def _release_units(self, line: OrderLine) -> str:
        """Where: at the item that doubts them, while it is open; nowhere when nothing is in doubt."""
        doubted = units_in_doubt(line=line)
        if not doubted.exists():
            return ""
        item = OpenItem.objects.filter(closed_at=None, blocks__in=doubted).first()
        if item is not None:
            return reverse("creditstore_reconciliation_item", args=[item.pk])
        return self._address("release_units", line.position)

    def _payment(self, payment: Payment) -> dict[str, Any]:
        may_refund = self.request.user.has_perm(REFUND)
        left = left_minor(payment)
        links = []
        if may_refund and payment.state in HOLDS_MONEY and left:
            address = self._address("refund_payment", payment.pk)
            links.append(Link(title=_("Send money of this payment back"), url=address))
        return {
            "payment": payment,
            "amount": Money(minor=payment.amount_minor, currency=payment.currency),
            "captured": Money(minor=payment.captured_minor, currency=payment.currency),
            "left": Money(minor=left, currency=payment.currency),
            "events": payment.events.all(),
            "refunds": [
                {
                    "refund": refund,
                    "amount": Money(minor=refund.amount_minor, currency=payment.currency),
                    "paid_url": self._address("paid", refund.pk)
                    if may_refund and refund.state in ("manual", "unknown", "failed")
                    else "",
                }
                for refund in payment.refunds.all()
            ],
            "links": links,
        }

    def _transaction(self, entry: RegistryTransaction) -> dict[str, Any]:
        return {"entry": entry, "ranges": printed_ranges(entry.blocks.all()), "exchanges": entry.exchanges.all()}
