"""Orders and payments turned into what is sent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from creditstore.api.schemas import catalogue
from creditstore.api.schemas import orders as out
from creditstore.api.schemas.catalogue import Vintage
from creditstore.api.schemas.common import MoneyValue, SerialRange
from creditstore.catalogue.objections import Objection
from creditstore.checkout.substitutes import SubstituteSummary
from creditstore.checkout.summary import (
    CancellationSummary,
    LineSummary,
    OrderSummary,
    PaymentSummary,
    order_summary,
)
from creditstore.orders.models import Order
from creditstore.payments.services import StartedPayment, offered_methods
from creditstore_plugins import (
    Declined,
    Paid,
    Pending,
    Redirect,
    ShowInstructions,
    SubmitForm,
)


def order_answer(order: Order) -> out.Order:
    """The order as its buyer sees it."""
    summary = order_summary(order=order)
    certificate = summary.certificate
    return out.Order(
        number=summary.number,
        state=summary.state,
        final=summary.final,
        payable=summary.payable,
        placed_at=summary.placed_at,
        expires_at=summary.expires_at,
        times=summary.times,
        next=summary.next_text,
        cancel_after=summary.cancel_after,
        steps=[out.Step(key=step.key, title=step.title, at=step.at, status=step.status) for step in summary.steps],
        seller=summary.seller,
        seller_invented=summary.seller_invented,
        quantity=summary.quantity,
        lines=[_line(line) for line in summary.lines],
        money=_money(summary),
        payment_methods=payment_methods(summary.total.currency),
        payments=[_payment(payment) for payment in summary.payments],
        cancellations=[_cancellation(entry) for entry in summary.cancellations],
        certificate=out.OrderCertificate(number=certificate.number, url=certificate.url) if certificate else None,
        simulated=summary.simulated,
    )


def payment_methods(currency: str) -> list[out.PaymentMethod]:
    """The ways to pay in this currency."""
    return [
        out.PaymentMethod(id=method.id, title=method.title, description=method.description, test_mode=method.test_mode)
        for method in offered_methods(currency=currency)
    ]


def payment_answer(*, order: Order, started: StartedPayment) -> out.StartedPayment:
    """What became of an attempt to pay, and where the order stands now."""
    order.refresh_from_db()
    attempts = order_summary(order=order).payments
    payment = next(item for item in attempts if item.key == str(started.payment.key))
    return out.StartedPayment(
        **_outcome(started),
        payment=_payment(payment),
        order=out.OrderState(number=order.number, state=order.state),
        simulated=order.simulated,
    )


def _outcome(started: StartedPayment) -> dict[str, Any]:
    # Why nobody can tell is for staff; the buyer needs to know what happens now.
    said: dict[str, Any] = {
        "outcome": "unknown",
        "message": _("We are asking the payment provider what became of your payment. You are not charged twice."),
    }
    match started.outcome:
        case Paid():
            said = {"outcome": "paid"}
        case Pending(reason=reason):
            said = {"outcome": "pending", "message": reason}
        case Redirect(url=url):
            said = {"outcome": "redirect", "url": url}
        case SubmitForm(action=action, fields=fields):
            said = {"outcome": "submit_form", "action": action, "fields": dict(fields)}
        case ShowInstructions(text=text, facts=facts):
            said = {"outcome": "instructions", "instructions": out.Instructions(text=text, facts=list(facts))}
        case Declined(reason=reason):
            said = {"outcome": "declined", "message": reason}
    return said


def _money(summary: OrderSummary) -> out.OrderMoney:
    return out.OrderMoney(
        total=MoneyValue.of(summary.total),
        tax=MoneyValue.of(summary.tax),
        paid=MoneyValue.of(summary.captured),
        refunded=MoneyValue.of(summary.refunded),
    )


def _line(line: LineSummary) -> out.OrderLine:
    return out.OrderLine(
        offer=line.offer,
        project=line.project,
        project_title=line.project_title,
        country=line.country,
        vintage=Vintage(from_=line.vintage_from, to=line.vintage_to),
        quantity=line.quantity,
        unit_price=MoneyValue.of(line.unit_price),
        total=MoneyValue.of(line.total),
        state=line.state,
        ranges=_ranges(line.ranges),
        substitute=_substitute(line.substitute) if line.substitute else None,
    )


def _substitute(asked: SubstituteSummary) -> out.Substitute:
    units = asked.instead
    return out.Substitute(
        proposal=asked.id,
        project=units.project,
        project_title=units.project_title,
        country=units.country,
        vintage=Vintage(from_=units.vintage_from, to=units.vintage_to),
        quantity=asked.quantity,
        price=MoneyValue.of(units.price),
        note=asked.note,
        expires_at=asked.expires_at,
        objections=objections_answer(units.objections),
    )


def objections_answer(found: Iterable[Objection]) -> list[catalogue.Objection]:
    """Objections as they are sent."""
    return [
        catalogue.Objection(
            code=one.code, label=one.label, text=one.text, source_title=one.source_title, source_url=one.source_url
        )
        for one in found
    ]


def _payment(payment: PaymentSummary) -> out.Payment:
    told = payment.instructions
    return out.Payment(
        id=payment.key,
        method=payment.method,
        title=payment.title,
        state=payment.state,
        amount=MoneyValue.of(payment.amount),
        message=payment.message,
        started_at=payment.started_at,
        captured_at=payment.captured_at,
        test_mode=payment.test_mode,
        instructions=out.Instructions(text=told["text"], facts=[(label, value) for label, value in told["facts"]])
        if told
        else None,
    )


def _cancellation(entry: CancellationSummary) -> out.Cancellation:
    return out.Cancellation(
        transaction=entry.transaction,
        registry=entry.registry,
        state=entry.state,
        quantity=entry.quantity,
        completed_at=entry.completed_at,
        ranges=_ranges(entry.ranges),
        simulated=entry.simulated,
    )


def _ranges(ranges: tuple[tuple[str, str], ...]) -> list[SerialRange]:
    return [SerialRange(serial_start=start, serial_end=end) for start, end in ranges]
