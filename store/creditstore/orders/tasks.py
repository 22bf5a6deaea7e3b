"""Jobs of orders."""

from __future__ import annotations

from procrastinate.contrib.django import app

from creditstore.core.jobs import MAIL_RETRY
from creditstore.core.mail import send_mail
from creditstore.orders.fulfilment import cancelled_units
from creditstore.orders.links import order_link
from creditstore.orders.models import Order, Substitution
from creditstore.orders.services import expire_due
from creditstore.orders.substitution import expire_substitutes


@app.task(name="creditstore.orders.mail_placed", retry=MAIL_RETRY)
def mail_placed(order_id: int) -> None:
    """Tell the buyer how to come back to the order."""
    order = Order.objects.select_related("seller").get(pk=order_id)
    context = {
        "order": order,
        "link": order_link(order),
        "lines": order.lines.select_related("offer__issuance__project"),
    }
    send_mail(template="order_placed", to=order.buyer_email, language=order.language, context=context)


@app.task(name="creditstore.orders.mail_partly_cancelled", retry=MAIL_RETRY)
def mail_partly_cancelled(order_id: int) -> None:
    """Tell the buyer what of the order was cancelled, what was not, and that the money for it comes back."""
    order = Order.objects.select_related("seller").get(pk=order_id)
    lines = [
        (line, cancelled_units(line=line))
        for line in order.lines.select_related("reservation__offer__issuance__project")
    ]
    context = {"order": order, "link": order_link(order), "lines": lines}
    send_mail(template="order_partly_cancelled", to=order.buyer_email, language=order.language, context=context)


@app.task(name="creditstore.orders.mail_substitute", retry=MAIL_RETRY)
def mail_substitute(substitution_id: int) -> None:
    """Ask the buyer whether other units may be cancelled instead."""
    proposal = Substitution.objects.select_related(
        "line__order__seller", "replaced__offer__issuance__project", "offer__issuance__project"
    ).get(pk=substitution_id)
    if proposal.state != "proposed":
        return
    order = proposal.line.order
    context = {
        "order": order,
        "link": order_link(order),
        "line": proposal.line,
        "proposal": proposal,
        "refused": proposal.replaced.offer.issuance.project,
        "instead": proposal.offer.issuance.project,
    }
    send_mail(template="order_substitute", to=order.buyer_email, language=order.language, context=context)


@app.periodic(cron="* * * * *")
@app.task(name="creditstore.orders.expire", queueing_lock="creditstore.orders.expire")
def expire(timestamp: int) -> None:
    """Every minute: give back the units of unpaid orders whose time is over, and end proposals that nobody answered."""
    expire_due()
    expire_substitutes()
