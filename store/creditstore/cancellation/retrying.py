"""Asking a registry once more for a line that it refused."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from creditstore.cancellation.models import FAILED, RegistryTransaction
from creditstore.core.errors import StoreError
from creditstore.core.jobs import defer, order_lock
from creditstore.orders.fulfilment import move_line
from creditstore.orders.models import OrderLine
from creditstore.orders.services import lock_order
from creditstore_host.host import get_host
from creditstore_plugins import StatusUnknown, TransactionState, TransactionStatus

#: What a registry says of a transaction that will never be completed.
_OVER = (TransactionState.TERMINATED, TransactionState.REJECTED, TransactionState.CANCELLED)


def retry_line(*, line: OrderLine, actor: str) -> int:
    """Ask for what is left of a refused line under a new key. Returns how many units are asked for.

    The registry is asked first whether the refusal is final, so never call it inside a transaction.
    Errors: ``StoreError``: conflict (not refused, nothing left, not over), unavailable (the registry does not answer).
    """
    tried = list(line.registry_transactions.order_by("attempt", "part"))
    attempt = max((entry.attempt for entry in tried), default=0)
    for entry in tried:
        if entry.attempt == attempt and entry.state in FAILED:
            _check_over(entry)
    with transaction.atomic():
        order = lock_order(order_id=line.order_id)
        line = OrderLine.objects.select_related("reservation").get(pk=line.pk)
        line.order = order
        if line.state != "refused" or line.registry_transactions.filter(attempt__gt=attempt).exists():
            raise StoreError(
                code="conflict", message=_("The registry has not refused this line, or it was tried again.")
            )
        quantity = _prepare(line=line, attempt=attempt + 1)
        if not quantity:
            raise StoreError(code="conflict", message=_("Nothing is left of this line to ask for."))
        move_line(line=line, to="cancelling", actor=actor)
        defer("creditstore.cancellation.submit_line", lock=order_lock(order.number), line_id=line.pk)
    return quantity


def _check_over(entry: RegistryTransaction) -> None:
    status = get_host().cancellation_status(entry.connector, str(entry.key))
    if isinstance(status, StatusUnknown):
        message = _("The registry does not say whether the first attempt is over. Try again later.")
        raise StoreError(code="unavailable", message=message)
    if isinstance(status, TransactionStatus) and status.state not in _OVER:
        message = _("The registry has not closed the first attempt. Wait for its answer.")
        raise StoreError(code="conflict", message=message)


def _prepare(*, line: OrderLine, attempt: int) -> int:
    connector = get_host().connector_info(settings.CREDITSTORE_REGISTRY_CONNECTOR)
    blocks = list(line.reservation.blocks.filter(is_leaf=True, state="assigned").order_by("start"))
    for part, offset in enumerate(range(0, len(blocks), connector.max_blocks), start=1):
        entry = RegistryTransaction.objects.create(
            line=line,
            attempt=attempt,
            part=part,
            connector=connector.id,
            registry=connector.title,
            account=line.order.seller.registry_account,
            simulated=connector.simulated,
        )
        entry.blocks.set(blocks[offset : offset + connector.max_blocks])
    return sum(block.end - block.start + 1 for block in blocks)
