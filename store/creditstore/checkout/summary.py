"""An order as its buyer should see it: what was done, what happens next, by when. Pages and API show the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from creditstore.cancellation.gate import waits_until
from creditstore.certificates.document import verification_url
from creditstore.checkout.substitutes import SubstituteSummary, substitute_of
from creditstore.core.states import history
from creditstore.credits.services import printed_ranges
from creditstore.orders.models import Order, OrderLine
from creditstore.orders.states import ORDERS, PAYABLE, SETTLED
from creditstore_plugins import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the way. ``status``: done, current, waiting, failed."""

    key: str
    title: str
    at: datetime | None
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineSummary:
    """One line of an order with its serials as far as they are carved.

    ``offer`` and ``project`` are what is delivered; ``ordered`` is the project that was ordered, where that is another.
    """

    offer: str
    project: str
    project_title: str
    country: str
    vintage_from: Any
    vintage_to: Any
    quantity: int
    unit_price: Money
    total: Money
    state: str
    ranges: tuple[tuple[str, str], ...]
    ordered: str
    substitute: SubstituteSummary | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentSummary:
    """One attempt to pay. ``instructions`` is what the buyer has to do outside, empty mostly."""

    key: str
    method: str
    title: str
    state: str
    amount: Money
    message: str
    started_at: datetime
    captured_at: datetime | None
    test_mode: bool
    instructions: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationSummary:
    """One registry transaction. ``responses`` are the registry's reasons where it refused."""

    transaction: str
    registry: str
    state: str
    quantity: int
    completed_at: datetime | None
    simulated: bool
    ranges: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateSummary:
    """The order's certificate, for its buyer: the address carries the code."""

    number: str
    url: str
    issued_at: datetime
    formats: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSummary:
    """Everything an order page needs. ``times`` is the first time of each state the order was in.

    ``cancel_after``: the paid units are not cancelled before; None where nothing waits.
    """

    order: Order
    number: str
    state: str
    placed_at: datetime
    expires_at: datetime
    payable: bool
    payment_open: bool
    final: bool
    simulated: bool
    seller: str
    seller_invented: bool
    total: Money
    tax: Money
    captured: Money
    refunded: Money
    quantity: int
    next_text: str
    cancel_after: datetime | None
    steps: tuple[Step, ...]
    times: dict[str, datetime]
    lines: tuple[LineSummary, ...]
    payments: tuple[PaymentSummary, ...]
    cancellations: tuple[CancellationSummary, ...]
    certificate: CertificateSummary | None


def order_summary(*, order: Order) -> OrderSummary:
    """Read the order and everything that hangs on it."""
    lines = tuple(
        _line(line)
        for line in order.lines.select_related(
            "offer__issuance__project", "reservation__offer__issuance__project"
        ).prefetch_related("substitutions__offer__issuance__project")
    )
    asked = any(line.substitute for line in lines)
    attempts = list(order.payments.all())
    payments = tuple(_payment(payment) for payment in attempts)
    cancellations = _cancellations(order)
    certificate = _certificate(order)
    times = {"placed": order.placed_at}
    for record in history(instance=order, table=ORDERS):
        times.setdefault(record.target, record.at)
    cancel_after = waits_until(order=order) if order.state in ("paid", "cancelling") else None
    payment_open = any(payment.state in ("created", "pending", "unknown") for payment in payments)
    if asked:
        next_text = _asked_text()
    elif cancel_after is not None:
        next_text = _waiting_text(cancel_after)
    else:
        next_text = _next_text(order=order, payments=payments)
    return OrderSummary(
        order=order,
        number=order.number,
        state=order.state,
        placed_at=order.placed_at,
        expires_at=order.expires_at,
        payable=order.state in PAYABLE and not payment_open,
        payment_open=payment_open and order.state in PAYABLE,
        final=order.state in SETTLED,
        simulated=order.simulated,
        seller=order.seller.name,
        seller_invented=order.seller.invented,
        total=order.due,
        tax=Money(minor=order.tax_minor, currency=order.currency),
        captured=Money(minor=sum(payment.captured_minor for payment in attempts), currency=order.currency),
        refunded=Money(minor=sum(payment.refunded_minor for payment in attempts), currency=order.currency),
        quantity=sum(line.quantity for line in lines),
        next_text=next_text,
        cancel_after=cancel_after,
        steps=_steps(order=order, times=times, cancellations=cancellations, certificate=certificate),
        times=times,
        lines=lines,
        payments=payments,
        cancellations=cancellations,
        certificate=certificate,
    )


def _line(line: OrderLine) -> LineSummary:
    offer = line.reservation.offer
    issuance = offer.issuance
    blocks = line.reservation.blocks.filter(is_leaf=True)
    return LineSummary(
        offer=offer.code,
        project=issuance.project.ref,
        project_title=issuance.project.title,
        country=issuance.series,
        vintage_from=issuance.monitoring_start,
        vintage_to=issuance.monitoring_end,
        quantity=line.quantity,
        unit_price=Money(minor=line.unit_price_minor, currency=offer.currency),
        total=Money(minor=line.total_minor, currency=offer.currency),
        state=line.state,
        ranges=tuple((part.serial_start, part.serial_end) for part in printed_ranges(blocks)),
        ordered=line.offer.issuance.project.title if offer.pk != line.offer_id else "",
        substitute=substitute_of(line),
    )


def _payment(payment: Any) -> PaymentSummary:
    return PaymentSummary(
        key=str(payment.key),
        method=payment.method,
        # Plugins speak English; the store translates what it shows of them.
        title=_(payment.method_title),
        state=payment.state,
        amount=Money(minor=payment.amount_minor, currency=payment.currency),
        message=payment.message,
        started_at=payment.started_at,
        captured_at=payment.captured_at,
        test_mode=payment.test_mode,
        instructions=payment.instructions,
    )


def _cancellations(order: Order) -> tuple[CancellationSummary, ...]:
    summaries = []
    for line in order.lines.prefetch_related("registry_transactions__blocks"):
        for entry in line.registry_transactions.all():
            ranges = printed_ranges(entry.blocks.all())
            summaries.append(
                CancellationSummary(
                    transaction=entry.transaction_id,
                    registry=entry.registry,
                    state=entry.state,
                    quantity=sum(part.quantity for part in ranges),
                    completed_at=entry.completed_at,
                    simulated=entry.simulated,
                    ranges=tuple((part.serial_start, part.serial_end) for part in ranges),
                )
            )
    return tuple(summaries)


def _certificate(order: Order) -> CertificateSummary | None:
    certificate = order.certificates.filter(state="issued").first()
    if certificate is None or order.state not in ("certified", "partly_cancelled", "needs_attention"):
        return None
    return CertificateSummary(
        number=certificate.number,
        url=verification_url(number=certificate.number, code=certificate.code),
        issued_at=certificate.issued_at,
        formats=tuple(certificate.files.values_list("format", flat=True)),
    )


def _steps(
    *,
    order: Order,
    times: dict[str, datetime],
    cancellations: tuple[CancellationSummary, ...],
    certificate: CertificateSummary | None,
) -> tuple[Step, ...]:
    completed = [entry.completed_at for entry in cancellations if entry.completed_at]
    nothing_open = order.state in ("cancelled", "partly_cancelled", "certified")
    reached = (
        ("placed", _("Ordered"), order.placed_at),
        ("paid", _("Paid"), times.get("paid")),
        ("cancelling", _("Sent to the registry"), times.get("cancelling")),
        ("cancelled", _("Cancelled in the registry"), max(completed) if completed and nothing_open else None),
        ("certified", _("Certificate issued"), certificate.issued_at if certificate else None),
    )
    stopped = order.state in ("expired", "withdrawn", "refunding", "refunded", "needs_attention")
    steps = []
    current_seen = False
    for key, title, at in reached:
        if at is not None:
            status = "done"
        elif not current_seen:
            status, current_seen = ("failed" if stopped else "current"), True
        else:
            status = "waiting"
        steps.append(Step(key=key, title=title, at=at, status=status))
    return tuple(steps)


def _asked_text() -> str:
    """The buyer has to choose; the API's readers are led to the page, where both are shown side by side."""
    return _(
        "The registry did not cancel what you ordered. Choose on your order's page: the other units that we "
        "propose, or your money back. Nothing happens before you have chosen."
    )


def _waiting_text(until: datetime) -> str:
    return _(
        "Your payment has arrived, and your units are yours. They are cancelled after %(when)s UTC: a cancellation "
        "cannot be undone, and payments of this kind can be taken back for a while. There is nothing you need to do."
    ) % {"when": date_format(until.astimezone(UTC), "j F Y, H:i")}


def _next_text(*, order: Order, payments: tuple[PaymentSummary, ...]) -> str:
    """What happens next, in plain words, so that nobody has to ask."""
    if payments and (text := _payment_text(order=order, last=payments[-1])):
        return text
    texts = {
        "placed": _("Your units are reserved. Pay to have them cancelled."),
        "awaiting_payment": _("Your units are reserved. Pay to have them cancelled."),
        "paid": _("Your payment has arrived. The registry is being asked to cancel your units; that starts at once."),
        "cancelling": _("The registry is checking the cancellation. It usually takes less than a minute."),
        "cancelled": _("The registry has cancelled your units. Your certificate is being made."),
        "partly_cancelled": _(
            "The registry has cancelled part of your units for ever; your certificate proves it. "
            "The rest could not be cancelled, and your money for it is on its way back."
        ),
        "certified": _("Done. Your units are cancelled for ever, and your certificate proves it."),
        "expired": _("This order was not paid in time. Its units are on sale again, and nothing was charged."),
        "withdrawn": _("You withdrew this order. Its units are on sale again, and nothing was charged."),
        "needs_attention": _(
            "Something needs a person. Our staff look at your order and write to you within one working day."
        ),
        "refunding": _("Nothing was cancelled. Your money is on its way back; we write to you when it is sent."),
        "refunded": _("Your money was sent back. Nothing was cancelled."),
    }
    if order.state == "certified" and order.lines.filter(state="refunded").exists():
        return _(
            "Done. Part of your units are cancelled for ever, and your certificate proves it. "
            "Your money for the rest was sent back."
        )
    return str(texts[order.state])


def _payment_text(*, order: Order, last: PaymentSummary) -> str:
    """What the last attempt to pay says of the way on; empty when the order's own state says it."""
    texts = {}
    if order.state in PAYABLE:
        asking = _(
            "We are asking the payment provider what became of your payment. You are not charged twice, "
            "and there is nothing you need to do. This usually takes less than a minute."
        )
        texts = {
            "created": asking,
            "unknown": asking,
            "pending": _("The payment provider has your payment and has not decided yet. We go on as soon as it has."),
            "declined": _("The payment was declined and no money moved. You can pay with another method."),
            "expired": _("The payment was not completed and no money moved. You can pay again."),
        }
    elif order.state == "needs_attention":
        texts = {
            "underpaid": _(
                "Less money has arrived than is due, so nothing is cancelled yet. Your units stay reserved. Our staff "
                "look at it and write to you within one working day."
            )
        }
    return texts.get(last.state, "")
