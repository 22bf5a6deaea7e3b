"""What staff do with orders. Each is checked for the person's right, leaves an audit row, and is done by the service
that owns the matter. What cannot be undone is asked of a second person instead of done (``approvals``).
"""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from creditstore.accounts.models import User
from creditstore.accounts.staff import actor_of
from creditstore.cancellation.gate import release_early
from creditstore.cancellation.models import CancellationHold
from creditstore.cancellation.retrying import ask_again, retry_line
from creditstore.cancellation.reviews import approve as approve_review
from creditstore.core import clock
from creditstore.core.errors import StoreError
from creditstore.credits.models import Offer
from creditstore.desk import approvals
from creditstore.desk.corrections import perform_correction
from creditstore.desk.models import Approval, ApprovalAction
from creditstore.desk.people import ACT, REFUND, require
from creditstore.desk.releases import perform_release
from creditstore.orders.attention import AttentionItem, AttentionKind, close_items
from creditstore.orders.fulfilment import cancelled_units, derive_order_state, mark_paid
from creditstore.orders.models import Order, OrderLine, Substitution
from creditstore.orders.services import lock_order
from creditstore.orders.substitution import propose_substitute, withdraw_substitute
from creditstore.payments.models import PAID, WHOLE, Payment, Refund, RefundPurpose
from creditstore.payments.refunds import HOLDS_MONEY, left_minor, line_minor, record_paid, request_refund
from creditstore_plugins import Money

#: What a refund can be for, in words.
PURPOSES = RefundPurpose.choices


def retry(*, line: OrderLine, user: User) -> int:
    """Ask the registry once more for a refused line. Returns how many units are asked for.

    Errors: ``StoreError``: forbidden, and those of ``retry_line``.
    """
    require(user, ACT)
    return retry_line(line=line, actor=actor_of(user))


def ask_registry(*, line: OrderLine, user: User) -> int:
    """Have the registry asked now how a line's open transactions stand. Returns how many. Errors: forbidden."""
    require(user, ACT)
    return ask_again(line=line, actor=actor_of(user))


def substitute(*, line: OrderLine, offer: Offer, user: User, note: str) -> Substitution:
    """Propose other units to the buyer. Errors: ``StoreError``: forbidden, and those of ``propose_substitute``."""
    require(user, ACT)
    return propose_substitute(line=line, offer=offer, actor=actor_of(user), note=note)


def take_back_substitute(*, proposal: Substitution, user: User) -> bool:
    """Take a proposal back before the buyer answers. True when this call did it."""
    require(user, ACT)
    return withdraw_substitute(proposal=proposal, actor=actor_of(user))


def payment_of(order: Order) -> Payment | None:
    """The payment whose money can go back: the first that holds some."""
    return next((item for item in order.payments.filter(state__in=HOLDS_MONEY) if left_minor(item)), None)


def refund_purposes(*, payment: Payment) -> dict[str, int]:
    """What money of a payment can be sent back for, apart from single lines: purpose and amount in minor units."""
    left = left_minor(payment)
    surplus = min(left, payment.captured_minor - payment.amount_minor)
    others = payment.order.payments.exclude(pk=payment.pk).filter(state__in=PAID)
    found = {RefundPurpose.ORDER.value: left}
    if surplus > 0:
        found[RefundPurpose.SURPLUS.value] = surplus
    if others.exists():
        found[RefundPurpose.DUPLICATE.value] = left
    return found if left else {}


def refundable_minor(line: OrderLine) -> int:
    """What goes back for a line, in minor units: of a cancelled line all that was paid, else what is not cancelled."""
    return line.total_minor if line.state == "cancelled" else line_minor(line)


def refund_line(*, line: OrderLine, user: User, reason: str) -> Refund | Approval:
    """Send the money of a line back, or ask a second person where it takes two.

    Parameters: ``reason``, for the audit, no personal data. Errors: ``StoreError``: forbidden, invalid (no reason),
    conflict (nothing to send back, state), and those of ``request_refund``.
    """
    payment = payment_of(line.order)
    if payment is None:
        raise StoreError(code="conflict", message=_("No payment of this order holds money that could be sent back."))
    return refund(payment=payment, amount_minor=refundable_minor(line), user=user, reason=reason, line=line)


def refund(
    *, payment: Payment, amount_minor: int, user: User, reason: str, line: OrderLine | None = None, purpose: str = ""
) -> Refund | Approval:
    """Send money of a payment back, or ask a second person where it takes two. As ``refund_line``.

    Parameters: ``amount_minor``, in minor units of the payment's currency; ``line``, the one it is for; ``purpose``, a
    ``RefundPurpose``.
    """
    require(user, REFUND)
    reason = approvals.said(reason, field="reason")
    why_two = _why_two(payment=payment, amount_minor=amount_minor, line=line)
    if why_two:
        return approvals.ask(
            action=ApprovalAction.REFUND,
            order=payment.order,
            user=user,
            reason=reason,
            why_two=why_two,
            line=line,
            payment=payment,
            amount_minor=amount_minor,
            purpose=purpose,
        )
    return request_refund(
        payment=payment, amount_minor=amount_minor, actor=actor_of(user), reason=reason, line=line, purpose=purpose
    )


def _why_two(*, payment: Payment, amount_minor: int, line: OrderLine | None) -> str:
    """Which rule asks for a second person; empty when one is enough. What went back before counts too."""
    lines = [line] if line is not None else list(payment.order.lines.all())
    if any(cancelled_units(line=item) for item in lines) and amount_minor > sum(line_minor(item) for item in lines):
        return _("The registry has cancelled these units: they stay cancelled when the money goes back.")
    limit = int(settings.CREDITSTORE_REFUND_ALONE.get(payment.currency, 0))
    before = payment.captured_minor - left_minor(payment)
    if before + amount_minor > limit:
        return _("More than %(limit)s %(currency)s of one payment goes back only when two agree.") % {
            "limit": Money(minor=limit, currency=payment.currency),
            "currency": payment.currency,
        }
    return ""


def waits(line: OrderLine) -> bool:
    """Whether a paid line waits for its hold time."""
    waiting = CancellationHold.objects.filter(line=line, released_at=None, until__gt=clock.now())
    return line.state == "paid" and waiting.exists()


def release_hold(*, line: OrderLine, user: User, reason: str) -> Approval:
    """Ask a second person whether a line may be cancelled before its hold time is over.

    Errors: ``StoreError``: forbidden, invalid (no reason), conflict (it does not wait).
    """
    require(user, ACT)
    if not waits(line):
        raise StoreError(code="conflict", message=_("This line does not wait for its time."))
    return approvals.ask(
        action=ApprovalAction.RELEASE_HOLD,
        order=line.order,
        user=user,
        reason=reason,
        why_two=_("The hold time is there because a payment can be taken back and a cancellation cannot."),
        line=line,
    )


def cancel_anyway(*, line: OrderLine, user: User, reason: str) -> Approval:
    """Ask a second person whether an order that a check wanted to be looked at may go on.

    Errors: ``StoreError``: forbidden, invalid (no reason), conflict (no check asks).
    """
    require(user, ACT)
    if not line.order.attention_items.filter(kind=AttentionKind.REVIEW, closed_at=None).exists():
        raise StoreError(code="conflict", message=_("No check wants anybody to look at this order."))
    return approvals.ask(
        action=ApprovalAction.CANCEL_ANYWAY,
        order=line.order,
        user=user,
        reason=reason,
        why_two=_("A check was not content with this order, and a cancellation cannot be undone."),
        line=line,
    )


def note_paid_refund(*, refund: Refund, user: User, reference: str) -> Refund:
    """Note that a refund was paid by hand, and by what transfer. Errors as ``record_paid``, and forbidden."""
    require(user, REFUND)
    return record_paid(refund=refund, actor=actor_of(user), reference=reference)


def must_be_decided(item: AttentionItem) -> str:
    """Why this item cannot simply be closed; empty when it can."""
    line = OrderLine.objects.filter(attention_items=item).first()
    if item.kind == AttentionKind.REFUSED and line is not None and line.state == "refused":
        return _("This line is not decided. Try it again, propose other units, or refund it.")
    stops = item.kind in (AttentionKind.REVIEW, AttentionKind.DENIED)
    if stops and OrderLine.objects.filter(order_id=item.order_id, state="paid").exists():
        # Closing it would let the cancellation go on: that takes two.
        return _("While this is open nothing is cancelled. Let it go on with a second person, or refund it.")
    return ""


def close(*, item: AttentionItem, user: User, note: str) -> bool:
    """Close an item with a note; the order goes on where its lines are. True when this call closed it.

    Errors: ``StoreError``: forbidden, invalid (no note), conflict (a refused line has to be decided, not closed).
    """
    require(user, ACT)
    note = approvals.said(note, field="note")
    with transaction.atomic():
        order = lock_order(order_id=item.order_id)
        if why_not := must_be_decided(item):
            raise StoreError(code="conflict", message=why_not)
        closed = close_items(order=order, actor=actor_of(user), resolution=note, item=item)
        if not (_is_paid(order) and mark_paid(order=order, actor=actor_of(user))):
            derive_order_state(order=order, actor=actor_of(user), reason=note)
    return bool(closed)


def _is_paid(order: Order) -> bool:
    """Whether all the money is there although no line is paid: its units were in doubt when it came."""
    unpaid = all(state == "reserved" for state in order.lines.values_list("state", flat=True))
    return unpaid and order.payments.filter(state__in=WHOLE).exists()


def decide(*, approval: Approval, user: User, yes: bool, note: str) -> Approval:
    """Approve, and so do, what another one asked for; or refuse it with a note. Errors: as ``approvals``."""
    if not yes:
        return approvals.refuse(approval=approval, user=user, note=note)
    return approvals.approve(approval=approval, user=user, perform=_perform, note=note)


def _perform(approval: Approval) -> None:
    """Do what two people have agreed on."""
    assert approval.decided_by is not None  # noqa: S101  (the database's check: approved ones know by whom)
    actor, both = actor_of(approval.decided_by), (approval.asked_by, approval.decided_by)
    if approval.action == ApprovalAction.RELEASE_UNITS:
        perform_release(approval=approval)
        return
    if approval.action == ApprovalAction.CORRECT_CERTIFICATE:
        perform_correction(approval=approval)
        return
    if approval.action == ApprovalAction.REFUND:
        assert approval.payment is not None and approval.amount_minor is not None  # noqa: S101, PT018  (likewise)
        request_refund(
            payment=approval.payment,
            amount_minor=approval.amount_minor,
            actor=actor,
            reason=approval.reason,
            line=approval.line,
            purpose=approval.purpose,
            approved_by=both,
        )
        return
    assert approval.line is not None  # noqa: S101  (these two are about a line)
    if approval.action == ApprovalAction.CANCEL_ANYWAY:
        approve_review(line=approval.line, actor=actor, reason=approval.reason)
    elif not release_early(line=approval.line, actor=actor, approved_by=both):
        raise StoreError(code="conflict", message=_("This line does not wait for its time."))
