"""Keep what comes in, look at it later in the worker, and apply only what its sender confirms.

The answer to the sender says only that the bytes are kept. Nothing is applied twice: a payment's event has an id, and
each is applied once. A webhook may come before the order's own transaction is committed, late, repeated, or for a
payment that is long decided: each of these is an ordinary case below.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from creditstore.cancellation.notifications import note
from creditstore.core import clock
from creditstore.core.errors import StoreError
from creditstore.core.jobs import defer, defer_later
from creditstore.core.states import transition
from creditstore.core.text import as_uuid
from creditstore.payments.models import Payment
from creditstore.payments.services import apply_report
from creditstore.webhooks.models import WEBHOOKS, InboundWebhook
from creditstore_host.installation import get_host
from creditstore_plugins import (
    Forged,
    Malformed,
    NothingToReport,
    VerificationUnknown,
    Verified,
    Webhook,
    WebhookReport,
)

logger = logging.getLogger(__name__)

#: Seconds until a delivery is looked at again that cannot be decided yet; together a little more than a day.
RETRY_SECONDS = (1, 5, 30, 120, 600, 1800, 3600, 3600 * 2, 3600 * 4, 3600 * 6, 3600 * 12)
#: Never kept: they identify somebody to this store or to a proxy, and no signature of a provider is in them.
_LEFT_OUT = frozenset({"cookie", "authorization", "proxy-authorization"})


def keep(*, plugin_id: str, headers: Mapping[str, str], query: str, body: bytes) -> InboundWebhook:
    """Write a delivery down and ask for it to be looked at. The same bytes again are counted, not kept again.

    Parameters: ``headers`` with lower-case names. Errors: ``StoreError`` (not-found) when no loaded plugin of this id
    takes webhooks.
    """
    host = get_host()
    if not host.takes_webhooks(plugin_id) and not host.takes_notifications(plugin_id):
        raise StoreError(code="not-found", message=_("Nobody here takes webhooks at this address."))
    kept = {name: value for name, value in sorted(headers.items()) if name not in _LEFT_OUT}
    digest = hashlib.sha256(json.dumps([kept, query]).encode() + b"\x00" + body).hexdigest()
    try:
        with transaction.atomic():
            delivery = InboundWebhook.objects.create(
                plugin=plugin_id, digest=digest, headers=kept, query=query, body=body, received_at=clock.now()
            )
            defer("creditstore.webhooks.process", delivery_id=delivery.pk, attempt=0)
    except IntegrityError:
        InboundWebhook.objects.filter(plugin=plugin_id, digest=digest).update(deliveries=F("deliveries") + 1)
        delivery = InboundWebhook.objects.get(plugin=plugin_id, digest=digest)
    return delivery


def process(*, delivery_id: int, attempt: int = 0) -> str:
    """Look at one delivery: what it says, whether it is genuine, and what follows. Returns its state.

    Errors: none of the plugin's: a plugin that fails is asked again later.
    """
    delivery = InboundWebhook.objects.get(pk=delivery_id)
    if delivery.state != "received":
        return delivery.state
    webhook = Webhook(
        headers=delivery.headers,
        body=bytes(delivery.body),
        query=delivery.query,
        received_at=delivery.received_at,
    )
    if not get_host().takes_webhooks(delivery.plugin):
        return _note(delivery, webhook)
    # No plugin is called inside a transaction: verifying may ask the provider.
    match get_host().parse_webhook(delivery.plugin, webhook):
        case NothingToReport(reason=reason):
            return _settle(delivery, to="ignored", detail=reason)
        case Malformed(reason=reason):
            return _settle(delivery, to="malformed", detail=reason)
        case WebhookReport() as content:
            pass
        case _ as unclear:
            return _again(delivery, attempt=attempt, otherwise="unverified", detail=unclear.reason)
    return _verify(delivery, webhook, content, attempt=attempt)


def _note(delivery: InboundWebhook, webhook: Webhook) -> str:
    """A registry's notification: nothing in it is believed, it only has the registry asked."""
    keys = get_host().parse_notification(delivery.plugin, webhook)
    with transaction.atomic():
        noted = note(connector=delivery.plugin, keys=keys)
        to = "applied" if noted else "ignored"
        return _settle(delivery, to=to, detail=f"{noted} transactions are asked about, {len(keys)} were named")


def _verify(delivery: InboundWebhook, webhook: Webhook, content: WebhookReport, *, attempt: int) -> str:
    match get_host().verify_webhook(delivery.plugin, webhook):
        case Forged(reason=reason):
            logger.warning("a forged webhook for %s was kept and not applied", delivery.plugin)
            return _settle(delivery, to="forged", detail=reason)
        case VerificationUnknown(reason=reason):
            return _again(delivery, attempt=attempt, otherwise="unverified", detail=reason)
        case Verified():
            return _apply(delivery, content, attempt=attempt)


def _apply(delivery: InboundWebhook, content: WebhookReport, *, attempt: int) -> str:
    payment = _payment_of(delivery.plugin, content)
    if payment is None:
        # It may be quicker than the store's own transaction; after that, staff must look.
        return _again(delivery, attempt=attempt, otherwise="unmatched", detail="no payment of this store")
    with transaction.atomic():
        apply_report(payment=payment, report=content.report)
        return _settle(delivery, to="applied", detail=f"payment {payment.key}: {content.report.state}")


def _payment_of(plugin_id: str, content: WebhookReport) -> Payment | None:
    payments = Payment.objects.filter(provider=plugin_id)
    if content.idempotency_key:
        key = as_uuid(content.idempotency_key)
        return payments.filter(key=key).first() if key else None
    return payments.filter(reference=content.report.reference).first() if content.report.reference else None


def _again(delivery: InboundWebhook, *, attempt: int, otherwise: str, detail: str) -> str:
    if attempt >= len(RETRY_SECONDS):
        logger.error("a webhook for %s is %s and waits for staff", delivery.plugin, otherwise)
        return _settle(delivery, to=otherwise, detail=detail)
    defer_later(
        "creditstore.webhooks.process",
        in_seconds=RETRY_SECONDS[attempt],
        delivery_id=delivery.pk,
        attempt=attempt + 1,
    )
    return delivery.state


def _settle(delivery: InboundWebhook, *, to: str, detail: str) -> str:
    with transaction.atomic():
        transition(
            instance=delivery,
            table=WEBHOOKS,
            to=to,
            actor=delivery.plugin,
            values={"detail": detail[:500]},
        )
    return to


def try_again(*, delivery: InboundWebhook, actor: str) -> bool:
    """Let staff have an unverified or unmatched delivery looked at again. True when it was waiting for that.

    Errors: ``IllegalTransition`` for a delivery that is done with.
    """
    with transaction.atomic():
        changed = transition(instance=delivery, table=WEBHOOKS, to="received", actor=actor)
        if changed:
            defer("creditstore.webhooks.process", delivery_id=delivery.pk, attempt=0)
    return changed


def forget(*, now: datetime | None = None) -> int:
    """Delete deliveries that are done with and older than the setting says. Returns how many."""
    before = (now or clock.now()) - timedelta(days=settings.CREDITSTORE_WEBHOOK_DAYS)
    deleted, _by_model = InboundWebhook.objects.filter(state__in=WEBHOOKS.final, received_at__lt=before).delete()
    return deleted
