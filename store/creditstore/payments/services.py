"""Paying an order: start an attempt, ask how it stands, believe what is verified.

No provider is ever called inside a transaction. A result that nobody can tell is ``unknown``: the provider is asked
again, and money never moves twice under one key.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from creditstore.core import clock
from creditstore.core.errors import FieldError, StoreError
from creditstore.core.jobs import defer_later, wait_before
from creditstore.core.states import transition
from creditstore.credits.models import Reservation
from creditstore.orders.checks import refuse_denied
from creditstore.orders.models import Order
from creditstore.orders.services import lock_order, set_order_state
from creditstore.orders.states import PAYABLE
from creditstore.payments.capturing import capture
from creditstore.payments.disputes import apply_dispute
from creditstore.payments.locks import locked_payment
from creditstore.payments.models import LIVE, PAYMENTS, WHOLE, Payment
from creditstore_host.installation import get_host
from creditstore_host.records import OfferedMethod, UnknownPlugin
from creditstore_plugins import (
    Declined,
    Money,
    Paid,
    PaymentLookup,
    PaymentOutcome,
    PaymentReport,
    PaymentReportState,
    PaymentRequest,
    Pending,
    Redirect,
    ShowInstructions,
    SubmitForm,
    Unknown,
)

logger = logging.getLogger(__name__)

#: Seconds until the provider is asked how an attempt stands; the last one repeats.
POLL_SECONDS = (2, 3, 5, 10, 20, 60, 300)
#: An attempt whose outcome is not written down by then was cut off: the web process died.
ABANDONED_AFTER_SECONDS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedPayment:
    """An attempt and what the buyer should do now."""

    payment: Payment
    outcome: PaymentOutcome


def offered_methods(*, currency: str) -> list[OfferedMethod]:
    """The ways to pay in this currency, in the host's order; without those that fail too often to be of use now."""
    host = get_host()
    return [
        method
        for method in host.payment_methods()
        if (not method.info.currencies or currency in method.info.currencies)
        and not host.rests(method.plugin_id, kind="payment")
    ]


def hold_for(method: OfferedMethod) -> timedelta:
    """How long units stay reserved for a buyer who chose this method: the operator's word, else the plugin's."""
    minutes = settings.CREDITSTORE_HOLD_MINUTES.get(method.id)
    return method.hold_for if minutes is None else timedelta(minutes=minutes)


def payment_form_origins() -> frozenset[str]:
    """Where the forms and redirects of the loaded payment plugins lead to."""
    return frozenset(origin for method in get_host().payment_methods() for origin in method.info.form_origins)


def start_payment(*, order: Order, method_id: str, return_url: str) -> StartedPayment:
    """Begin to pay an order. An order that is paid already answers with its payment: nothing is charged again.

    Parameters: ``method_id``, as in ``offered_methods``; ``return_url``, absolute, where the buyer comes back to.
    Errors: ``StoreError``: invalid (method), conflict (state, expired), payment-in-progress, order-denied.
    """
    method = _method(method_id=method_id, currency=order.currency)
    if order.state in PAYABLE:
        refuse_denied(order=order, method_id=method.id)
    payment, fresh = _open_attempt(order_id=order.pk, method=method, return_url=return_url)
    if not fresh:
        amount = Money(minor=payment.captured_minor, currency=payment.currency)
        assert payment.captured_at is not None  # noqa: S101  (the database's check: captured payments know when)
        return StartedPayment(
            payment=payment, outcome=Paid(reference=payment.reference, captured=amount, at=payment.captured_at)
        )
    request = PaymentRequest(
        idempotency_key=str(payment.key),
        order_number=order.number,
        variant=method.variant,
        amount=Money(minor=payment.amount_minor, currency=payment.currency),
        description=_("Order %(number)s") % {"number": order.number},
        payee=order.seller.name,
        language=order.language,
        return_url=return_url,
        started_at=payment.started_at,
    )
    outcome = get_host().start_payment(method.plugin_id, request)
    apply_outcome(payment=payment, outcome=outcome)
    payment.refresh_from_db()
    return StartedPayment(payment=payment, outcome=outcome)


def _method(*, method_id: str, currency: str) -> OfferedMethod:
    try:
        method = get_host().payment_method(method_id)
    except UnknownPlugin:
        method = None
    if method is None or (method.info.currencies and currency not in method.info.currencies):
        message = _("Choose one of the payment methods in the list.")
        raise StoreError(code="invalid", message=message, errors=[FieldError("method", message)])
    if get_host().rests(method.plugin_id, kind="payment"):
        message = _("This way to pay does not work at the moment. Choose another one, or try again in some minutes.")
        raise StoreError(code="payment-unavailable", message=message, errors=[FieldError("method", message)])
    return method


def _open_attempt(*, order_id: int, method: OfferedMethod, return_url: str) -> tuple[Payment, bool]:
    """A new attempt, or the payment that has already paid the order (and False)."""
    with transaction.atomic():
        order = lock_order(order_id=order_id)
        captured = order.payments.filter(state__in=WHOLE).first()
        if captured is not None:
            return captured, False
        now = clock.shared_now()
        if order.state not in PAYABLE or order.expires_at <= now:
            raise StoreError(code="conflict", message=_("This order can no longer be paid. Place a new one."))
        if order.payments.filter(state__in=LIVE).exists():
            message = _(
                "A payment of this order is already on its way. Wait until it is decided; you are not charged twice."
            )
            raise StoreError(code="payment-in-progress", message=message)
        expires_at = max(order.expires_at, now + hold_for(method))
        if expires_at != order.expires_at:
            Order.objects.filter(pk=order.pk).update(expires_at=expires_at)
            Reservation.objects.filter(order_line__order=order, state="active").update(expires_at=expires_at)
        payment = Payment.objects.create(
            order=order,
            provider=method.plugin_id,
            method=method.id,
            method_title=method.title,
            amount_minor=order.due.minor,
            currency=order.due.currency,
            test_mode=method.test_mode,
            return_url=return_url,
        )
        # If this process dies before the provider's answer is written down, the job asks what became of it.
        defer_later("creditstore.payments.look_after", in_seconds=ABANDONED_AFTER_SECONDS, payment_id=payment.pk)
    return payment, True


def apply_outcome(*, payment: Payment, outcome: PaymentOutcome) -> None:
    """Write down what the provider answered to ``start``, and what follows from it."""
    match outcome:
        case Paid():
            capture(
                payment_id=payment.pk,
                event_id=f"{payment.key}:captured",
                reference=outcome.reference,
                amount=outcome.captured,
                at=outcome.at,
                detail="",
            )
        case Declined():
            _settle(
                payment_id=payment.pk,
                state="declined",
                reference=outcome.reference,
                message=outcome.reason,
                just_started=True,
            )
        case Unknown():
            _settle(payment_id=payment.pk, state="unknown", reference=outcome.reference, message="", just_started=True)
        case Pending():
            _settle(
                payment_id=payment.pk,
                state="pending",
                reference=outcome.reference,
                message=outcome.reason,
                just_started=True,
            )
        case Redirect() | SubmitForm():
            _settle(payment_id=payment.pk, state="pending", reference=outcome.reference, message="", just_started=True)
        case ShowInstructions():
            _settle(
                payment_id=payment.pk,
                state="pending",
                reference=outcome.reference,
                message="",
                just_started=True,
                instructions={"text": outcome.text, "facts": [list(fact) for fact in outcome.facts]},
            )


def refresh_payment(*, payment: Payment) -> bool:
    """Ask the provider how a live attempt stands and apply the answer. True when the payment is decided now.

    While the provider's plugin is not there nobody can tell: the attempt stays as it is, and is asked about again.
    """
    payment.refresh_from_db()
    if payment.state not in LIVE:
        return True
    try:
        report = ask_provider(payment=payment)
    except UnknownPlugin:
        logger.warning("payment %s cannot be asked about: the plugin %s is not there", payment.key, payment.provider)
        return False
    apply_report(payment=payment, report=report)
    payment.refresh_from_db()
    return payment.state not in LIVE


def ask_provider(*, payment: Payment) -> PaymentReport:
    """What the provider says of an attempt now. Never call it inside a transaction. Errors: ``UnknownPlugin``."""
    lookup = PaymentLookup(
        idempotency_key=str(payment.key),
        reference=payment.reference,
        variant=payment.variant,
        amount=Money(minor=payment.amount_minor, currency=payment.currency),
        started_at=payment.started_at,
    )
    return get_host().fetch_payment(payment.provider, lookup)


def paid_with(*, order: Order) -> Payment | None:
    """The payment whose money came last; none where no money came."""
    return order.payments.exclude(captured_at=None).order_by("captured_at", "pk").last()


def apply_report(*, payment: Payment, report: PaymentReport) -> None:
    """Apply one fact that a provider told, once."""
    match report.state:
        case PaymentReportState.CAPTURED if report.amount is not None:
            capture(
                payment_id=payment.pk,
                event_id=report.event_id,
                reference=report.reference,
                amount=report.amount,
                at=report.at,
                detail=report.detail,
            )
        case PaymentReportState.DECLINED:
            _settle(payment_id=payment.pk, state="declined", reference=report.reference, message=report.detail)
        case PaymentReportState.EXPIRED | PaymentReportState.NOT_FOUND:
            _settle(payment_id=payment.pk, state="expired", reference=report.reference, message=report.detail)
        case PaymentReportState.DISPUTED | PaymentReportState.DISPUTE_WON | PaymentReportState.DISPUTE_LOST:
            apply_dispute(payment_id=payment.pk, report=report)
        case PaymentReportState.PENDING:
            _settle(payment_id=payment.pk, state="pending", reference=report.reference, message=report.detail)
        case _:
            logger.info("payment %s of %s is still unknown", payment.key, payment.provider)


def _settle(
    *,
    payment_id: int,
    state: str,
    reference: str,
    message: str,
    instructions: Mapping[str, Any] | None = None,
    just_started: bool = False,
) -> None:
    """Move a payment to a state in which no money came; the order goes back to payable or waits."""
    with transaction.atomic():
        payment = locked_payment(payment_id=payment_id)
        if payment.state not in LIVE or not _may_move(payment, state):
            return
        if just_started and state in LIVE:
            # From here on one chain of jobs asks until the payment is decided.
            ask_later(payment_id=payment.pk, attempt=0)
        values: dict[str, Any] = {"message": message, "reference": reference or payment.reference}
        if instructions is not None:
            values["instructions"] = dict(instructions)
        transition(instance=payment, table=PAYMENTS, to=state, actor=payment.provider, values=values)
        order = payment.order
        if order.state in PAYABLE:
            set_order_state(order=order, to="awaiting_payment" if state in LIVE else "placed", actor=payment.provider)


def _may_move(payment: Payment, state: str) -> bool:
    return payment.state != state and PAYMENTS.allows(payment.state, state)


def ask_later(*, payment_id: int, attempt: int) -> None:
    """Ask the provider again, the later the more often it was asked already."""
    seconds = wait_before(attempt, seconds=POLL_SECONDS)
    defer_later("creditstore.payments.refresh", in_seconds=seconds, payment_id=payment_id, attempt=attempt)


def return_url_allowed(url: str) -> bool:
    """Whether a buyer may be sent back there: the store itself, or an origin that the operator listed."""
    origins = (settings.SITE_URL, *settings.CREDITSTORE_RETURN_ORIGINS)
    return any(url == origin or url.startswith(f"{origin}/") for origin in origins)
