"""Sending money back: asked for once, sent by a job, settled by what the provider says.

Software alone never sends back the money of a completed cancellation: that takes two members of staff. The provider
is asked outside any transaction, again and again under one key while nobody can tell; the same key never pays twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, Sum
from django.utils.translation import gettext as _

from creditstore.accounts.models import User
from creditstore.accounts.staff import two_of_staff
from creditstore.core import clock
from creditstore.core.errors import FieldError, StoreError
from creditstore.core.jobs import defer, defer_later, mail_lock, order_lock, wait_before
from creditstore.core.states import transition
from creditstore.credits.services import release
from creditstore.credits.triggers import AT_THE_REGISTRY
from creditstore.orders.attention import AttentionKind, close_items
from creditstore.orders.fulfilment import cancelled_units, give_up_line, move_line, needs_attention
from creditstore.orders.models import OrderLine
from creditstore.orders.services import set_order_state
from creditstore.orders.states import LINES, ORDERS
from creditstore.payments.locks import locked_payment, locked_refund
from creditstore.payments.models import PAID, PAYMENTS, REFUNDS, Payment, Refund, RefundPurpose
from creditstore_host.installation import get_host
from creditstore_plugins import Money, Refunded, RefundPending, RefundRefused, RefundRequest, RefundUnknown

#: Seconds until a provider is asked again how a refund stands; the last one repeats.
ASK_SECONDS = (5, 30, 120, 600, 3600)
#: After so many answers without a decision staff are told; asking goes on.
ATTEMPTS_BEFORE_ATTENTION = 24
#: States of a payment whose money can be sent back. A disputed one's is with the bank.
HOLDS_MONEY = ("captured", "underpaid", "overpaid", "partly_refunded")
#: Refunds that the provider is to send, or was asked to.
BY_PROVIDER = ("requested", "sent", "unknown")
#: Refunds on which something is still to be done.
OPEN = (*BY_PROVIDER, "manual")


def left_minor(payment: Payment) -> int:
    """What is left of a payment, in minor units: captured, and not asked back by any refund."""
    asked = payment.refunds.exclude(state="failed").aggregate(total=Sum("amount_minor"))["total"] or 0
    return payment.captured_minor - int(asked)


def line_minor(line: OrderLine) -> int:
    """What the units of a line that are not cancelled cost, in minor units: what software may send back for it."""
    return line.unit_price_minor * (line.quantity - cancelled_units(line=line))


def request_refund(
    *,
    payment: Payment,
    amount_minor: int,
    actor: str,
    reason: str,
    line: OrderLine | None = None,
    purpose: str = "",
    approved_by: Sequence[User] = (),
) -> Refund:
    """Ask for money to be sent back; a job sends it. What is refunded is not cancelled any more: its units return.

    Parameters: ``line``, the one that is refunded, none for the whole order; ``purpose``, one of ``RefundPurpose``, by
    default a line or the whole order; ``reason``, for the audit, no personal data; ``approved_by``, two different
    members of staff where units are cancelled already. The same request again returns the same refund.
    Errors: ``StoreError``: conflict (state, registry undecided, approval missing), invalid (amount).
    """
    purpose = purpose or (RefundPurpose.ORDER if line is None else RefundPurpose.LINE)
    with transaction.atomic():
        payment = locked_payment(payment_id=payment.pk)
        existing = payment.refunds.filter(line=line, purpose=purpose).exclude(state="failed").first()
        if existing is not None:
            if existing.amount_minor != amount_minor:
                raise StoreError(code="conflict", message=_("A refund of another amount was already asked for."))
            return existing
        lines = _lines_given_up(payment=payment, line=line, purpose=purpose)
        _check_amount(payment=payment, amount_minor=amount_minor, line=line, purpose=purpose)
        _check_approval(payment=payment, amount_minor=amount_minor, line=line, lines=lines, approved_by=approved_by)
        refund = Refund.objects.create(
            payment=payment,
            line=line,
            purpose=purpose,
            amount_minor=amount_minor,
            reason=reason,
            requested_by=actor,
            approved_by=sorted({user.pk for user in approved_by}),
            requested_at=clock.now(),
        )
        for given_up in lines:
            _give_up(line=given_up, actor=actor, reason=reason)
        nothing_carved = {given_up.state for given_up in lines} == {"released"}
        if nothing_carved and ORDERS.allows(payment.order.state, "refunding"):
            # Nothing was carved, so no line says that its money goes back.
            set_order_state(order=payment.order, to="refunding", actor=actor, reason=reason)
        defer("creditstore.payments.send_refund", lock=order_lock(payment.order.number), refund_id=refund.pk)
    return refund


def _lines_given_up(*, payment: Payment, line: OrderLine | None, purpose: str) -> list[OrderLine]:
    """The lines that this refund ends, locked with their order. Errors: ``StoreError`` (conflict)."""
    if payment.state not in HOLDS_MONEY:
        raise StoreError(code="conflict", message=_("This payment holds no money that could be sent back."))
    if line is not None:
        lines = [payment.order.lines.select_related("reservation").get(pk=line.pk)]
        if lines[0].state not in ("paid", "refused", "refunding", "cancelled"):
            raise StoreError(code="conflict", message=_("This line cannot be refunded as it stands."))
    elif purpose in (RefundPurpose.ORDER, RefundPurpose.LATE):
        lines = list(payment.order.lines.select_related("reservation").order_by("offer_id"))
    else:
        return []
    for item in lines:
        # Units that the registry may still cancel must neither be sold again nor paid back.
        undecided = item.registry_transactions.filter(state__in=AT_THE_REGISTRY)
        if item.state == "cancelling" or undecided.exists():
            raise StoreError(code="conflict", message=_("The registry has not decided yet. Wait for its answer."))
    return lines


def _check_amount(*, payment: Payment, amount_minor: int, line: OrderLine | None, purpose: str) -> None:
    left = left_minor(payment)
    most = left
    if line is not None:
        most = min(left, line.total_minor + payment.order.tax_minor)
    elif purpose == RefundPurpose.SURPLUS:
        most = min(left, payment.captured_minor - payment.amount_minor)
    whole = purpose in (RefundPurpose.ORDER, RefundPurpose.LATE, RefundPurpose.DUPLICATE)
    if not 1 <= amount_minor <= most or (whole and amount_minor != left):
        message = _("At most %(amount)s %(currency)s can be sent back here; a whole payment only as a whole.") % {
            "amount": Money(minor=max(most, 0), currency=payment.currency),
            "currency": payment.currency,
        }
        raise StoreError(code="invalid", message=message, errors=[FieldError("amount", message)])
    others = payment.order.payments.filter(state__in=PAID).exclude(pk=payment.pk)
    if purpose == RefundPurpose.DUPLICATE and not others.exists():
        raise StoreError(code="conflict", message=_("No other payment has paid this order."))


def _check_approval(
    *,
    payment: Payment,
    amount_minor: int,
    line: OrderLine | None,
    lines: Sequence[OrderLine],
    approved_by: Sequence[User],
) -> None:
    """Money that pays for cancelled units stays, unless two different members of staff say otherwise."""
    kept = sum(item.total_minor - line_minor(item) for item in lines)
    free = (left_minor(payment) if line is None else line.total_minor + payment.order.tax_minor) - kept
    if amount_minor <= free:
        return
    if not two_of_staff(approved_by):
        message = _("The registry has cancelled these units. Two members of staff must approve this refund.")
        raise StoreError(code="conflict", message=message)


def _give_up(*, line: OrderLine, actor: str, reason: str) -> None:
    """The line ends here; units that were promised or carved for it go back. What is cancelled stays cancelled."""
    if line.state == "reserved":
        release(reservation=line.reservation, actor=actor)
        transition(instance=line, table=LINES, to="released", actor=actor, reason=reason)
    elif line.state in ("paid", "refused"):
        give_up_line(line=line, actor=actor, reason=reason)


def send_refund(*, refund_id: int, attempt: int = 0) -> None:
    """Let the provider send the money, or ask how it stands; idempotent by the refund's key."""
    refund = _begin(refund_id=refund_id)
    if refund is None:
        return
    payment = refund.payment
    request = RefundRequest(
        idempotency_key=str(refund.key),
        payment_key=str(payment.key),
        reference=payment.reference,
        variant=payment.variant,
        amount=Money(minor=refund.amount_minor, currency=payment.currency),
        reason=refund.get_purpose_display(),
        requested_at=refund.requested_at,
    )
    outcome = get_host().refund_payment(payment.provider, request)
    with transaction.atomic():
        refund = locked_refund(refund_id=refund_id)
        if refund.state not in ("sent", "unknown"):
            return
        match outcome:
            case Refunded():
                _done(refund=refund, at=outcome.at, reference=outcome.reference, actor=payment.provider)
            case RefundRefused():
                values = {"reference": outcome.reference, "message": outcome.reason}
                transition(instance=refund, table=REFUNDS, to="failed", actor=payment.provider, values=values)
                _tell_staff(refund, "the provider refused a refund")
            case RefundPending() | RefundUnknown():
                to = "sent" if isinstance(outcome, RefundPending) else "unknown"
                if refund.state != to:
                    transition(instance=refund, table=REFUNDS, to=to, actor=payment.provider)
                Refund.objects.filter(pk=refund.pk).update(
                    message=outcome.reason, reference=outcome.reference or refund.reference
                )
                if attempt == ATTEMPTS_BEFORE_ATTENTION:
                    _tell_staff(refund, "the provider does not decide about a refund")
                seconds = wait_before(attempt, seconds=ASK_SECONDS)
                defer_later(
                    "creditstore.payments.ask_refund", in_seconds=seconds, refund_id=refund.pk, attempt=attempt + 1
                )


def _begin(*, refund_id: int) -> Refund | None:
    """Write down that the provider is being asked; None where there is nothing (more) to ask."""
    with transaction.atomic():
        refund = locked_refund(refund_id=refund_id)
        if refund.state not in BY_PROVIDER:
            return None
        able = get_host().can_refund(refund.payment.provider)
        if refund.state == "requested":
            transition(instance=refund, table=REFUNDS, to="sent" if able else "manual", actor="system")
            if not able:
                _tell_staff(refund, "this refund must be paid by hand: the provider cannot")
        elif not able:
            _tell_staff(refund, "the provider of an open refund is not there any more")
        return refund if able else None


def record_paid(*, refund: Refund, actor: str, reference: str) -> Refund:
    """Staff have sent the money by hand, or have found that the provider did. ``reference`` says by what transfer.

    Errors: ``StoreError``: invalid (no reference), conflict (the provider is still being asked).
    """
    reference = reference.strip()
    if not reference:
        message = _("Note the reference of the transfer.")
        raise StoreError(code="invalid", message=message, errors=[FieldError("reference", message)])
    with transaction.atomic():
        refund = locked_refund(refund_id=refund.pk)
        if refund.state == "done":
            return refund
        if refund.state == "failed":
            transition(instance=refund, table=REFUNDS, to="manual", actor=actor)
        if refund.state not in ("manual", "unknown"):
            raise StoreError(code="conflict", message=_("The provider is still sending this refund."))
        _done(refund=refund, at=clock.now(), reference=reference, actor=actor)
    return refund


def _done(*, refund: Refund, at: datetime, reference: str, actor: str) -> None:
    values = {"done_at": at, "reference": reference, "message": ""}
    transition(instance=refund, table=REFUNDS, to="done", actor=actor, values=values)
    payment = refund.payment
    Payment.objects.filter(pk=payment.pk).update(refunded_minor=F("refunded_minor") + refund.amount_minor)
    payment.refresh_from_db(fields=["refunded_minor", "state"])
    net = payment.captured_minor - payment.refunded_minor
    to = payment.state
    if net == 0:
        to = "refunded"
    elif net == payment.amount_minor:
        to = "captured"
    elif net < payment.amount_minor:
        to = "partly_refunded"
    if PAYMENTS.allows(payment.state, to):
        transition(instance=payment, table=PAYMENTS, to=to, actor=actor)
    _settle_order(refund=refund, actor=actor)
    defer("creditstore.payments.mail_refunded", lock=mail_lock(payment.order.number), refund_id=refund.pk)


def _settle_order(*, refund: Refund, actor: str) -> None:
    """The lines whose money is back are refunded, and the order with them when nothing else is left of it."""
    order = refund.payment.order
    lines = order.lines.filter(state="refunding")
    for line in lines if refund.line_id is None else lines.filter(pk=refund.line_id):
        line.order = order
        move_line(line=line, to="refunded", actor=actor)
    close_items(order=order, actor=actor, resolution="sent back", kind=AttentionKind.REFUND_FAILED, line=refund.line)
    kept = order.payments.aggregate(total=Sum(F("captured_minor") - F("refunded_minor")))["total"]
    ended = not order.lines.exclude(state__in=("released", "refunded")).exists()
    if ended and not kept and ORDERS.allows(order.state, "refunded"):
        set_order_state(order=order, to="refunded", actor=actor)


def _tell_staff(refund: Refund, reason: str) -> None:
    payment = refund.payment
    needs_attention(
        order=payment.order, kind=AttentionKind.REFUND_FAILED, actor=payment.provider, reason=reason, line=refund.line
    )
