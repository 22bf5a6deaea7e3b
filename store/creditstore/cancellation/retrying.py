"""Asking a registry once more: for a line that it refused, or about what is open."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from creditstore.cancellation.answers import STATES, apply_late
from creditstore.cancellation.models import FAILED, TRANSACTIONS, RegistryTransaction
from creditstore.cancellation.services import ask_later, lock_transaction, locked_line, note_exchange, prepare
from creditstore.core.errors import StoreError
from creditstore.core.jobs import defer, order_lock
from creditstore.orders.fulfilment import move_line
from creditstore.orders.models import OrderLine
from creditstore.orders.services import lock_order
from creditstore_host.installation import get_host
from creditstore_plugins import StatusUnknown, TransactionNotFound


def retry_line(*, line: OrderLine, actor: str) -> int:
    """Ask once more for what a refused line has left, under new keys. Returns how many units are asked for.

    The registry is asked first whether the refusals are final, so never call it inside a transaction. Units in doubt
    are left out. Errors: ``StoreError``: conflict (not refused, nothing to ask for, or the registry completed after
    all), unavailable (the registry does not answer now).
    """
    line.refresh_from_db()
    tried = list(line.registry_transactions.select_related("line__order__seller").order_by("attempt", "part"))
    attempt = max((entry.attempt for entry in tried), default=0)
    if line.state != "refused":
        raise StoreError(code="conflict", message=_("The registry has not refused this line, or it was tried again."))
    for entry in tried:
        if entry.attempt == attempt and entry.state in FAILED:
            _check_final(entry)
    with transaction.atomic():
        line = locked_line(line_id=line.pk)
        if line.state != "refused" or line.registry_transactions.filter(attempt__gt=attempt).exists():
            raise StoreError(code="conflict", message=_("Somebody else had this line tried again just now."))
        quantity = prepare(line=line, attempt=attempt + 1)
        if not quantity:
            message = _("All units left in this line are in doubt. Clear that up, or replace or refund them.")
            raise StoreError(code="conflict", message=message)
        move_line(line=line, to="cancelling", actor=actor)
        defer("creditstore.cancellation.submit_line", lock=order_lock(line.order.number), line_id=line.pk)
    return quantity


def _check_final(entry: RegistryTransaction) -> None:
    """Errors: ``StoreError`` unless the registry says now, too, that nothing happens under this key."""
    status = get_host().cancellation_status(entry.connector, str(entry.key))
    if isinstance(status, TransactionNotFound):
        return
    if isinstance(status, StatusUnknown):
        message = _("The registry does not say now what became of the first try. Try again later.")
        raise StoreError(code="unavailable", message=message)
    with transaction.atomic():
        lock_transaction(entry)
        note_exchange(entry, "status", STATES[status.state], {"transaction": status.transaction})
        apply_late(entry, status)
    if STATES[status.state] not in FAILED:
        message = _("The registry has not ended the first try. Nothing is asked twice: look at the registry.")
        raise StoreError(code="conflict", message=message)


def retry_refused(*, line_id: int, attempt: int) -> None:
    """Ask again by itself for what was refused for a passing reason, unless somebody acted meanwhile.

    Errors: ``StoreError`` (unavailable) while the registry does not answer; the job tries again.
    """
    line = OrderLine.objects.select_related("order").get(pk=line_id)
    tried_since = line.registry_transactions.filter(attempt__gt=attempt).exists()
    if line.state != "refused" or tried_since:
        return
    try:
        retry_line(line=line, actor="system")
    except StoreError as error:
        if error.code != "conflict":
            raise


def ask_again(*, line: OrderLine, actor: str) -> int:
    """Have the registry asked again about every open transaction of a line. Returns how many are open.

    For staff, after they cleared something up. Parameters: ``actor``, for the evidence.
    """
    with transaction.atomic():
        lock_order(order_id=line.order_id)
        entries = line.registry_transactions.exclude(state__in=TRANSACTIONS.final)
        for entry in entries:
            note_exchange(entry, "status", "asked", {"actor": actor})
            ask_later(entry, attempt=0)
    return len(entries)
