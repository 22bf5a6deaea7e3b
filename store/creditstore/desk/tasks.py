"""Jobs of the desk."""

from __future__ import annotations

import logging

from django.db import transaction
from procrastinate.contrib.django import app

from creditstore.cancellation.retrying import retry_line
from creditstore.core.errors import StoreError
from creditstore.core.jobs import RETRY
from creditstore.desk.actions import payment_of
from creditstore.desk.stalled import find_stalled
from creditstore.orders.attention import AttentionKind
from creditstore.orders.fulfilment import needs_attention
from creditstore.orders.models import OrderLine
from creditstore.orders.services import lock_order
from creditstore.payments.refunds import line_minor, request_refund

logger = logging.getLogger(__name__)


@app.task(name="creditstore.desk.retry_substituted", retry=RETRY)
def retry_substituted(line_id: int) -> None:
    """The buyer accepted other units: ask the registry for them."""
    line = OrderLine.objects.get(pk=line_id)
    try:
        retry_line(line=line, actor="buyer")
    except StoreError as error:
        if error.code != "conflict":
            raise
        # Somebody had it tried meanwhile, or it is refunded: the line's state and staff's items tell.
        logger.warning("line %s was not tried again: %s", line_id, error.message)


@app.task(name="creditstore.desk.refund_declined", retry=RETRY)
def refund_declined(line_id: int) -> None:
    """The buyer would rather have the money: nothing of the line is cancelled, so it goes back at once."""
    line = OrderLine.objects.select_related("order", "reservation").get(pk=line_id)
    payment = payment_of(line.order)
    reason = "the buyer would rather have the money than other units"
    try:
        if payment is None:
            raise StoreError(code="conflict", message="no payment holds money")
        request_refund(payment=payment, amount_minor=line_minor(line), actor="buyer", reason=reason, line=line)
    except StoreError as error:
        with transaction.atomic():
            needs_attention(
                order=lock_order(order_id=line.order_id),
                kind=AttentionKind.REFUND_FAILED,
                actor="buyer",
                reason=f"{reason}, but: {error.message}",
                line=line,
            )


@app.periodic(cron="*/5 * * * *")
@app.task(name="creditstore.desk.find_stalled", queueing_lock="creditstore.desk.find_stalled")
def look_for_stalled(timestamp: int) -> None:
    """Every five minutes: tell staff of what should move and does not."""
    find_stalled()
