"""Rows that the guards are tried on, made through the services."""

from __future__ import annotations

import json
from typing import Any

from django.utils import timezone

from creditstore.audit.checks.base import CERTIFICATES
from creditstore.cancellation.models import RegistryTransaction
from creditstore.cancellation.services import submit_line
from creditstore.certificates.models import Certificate
from creditstore.credits.models import Offer, Reservation, UnitBlock
from creditstore.credits.services import reserve
from creditstore.orders.models import Order
from support.guards import Statement
from support.journeys import cancelled_order, facts_of, paid_order
from support.ledger import make_offer
from support.plugin_host import scripted_host


def leaf_of(offer: Offer) -> UnitBlock:
    return offer.blocks.get(is_leaf=True, state="held")


def promise(offer: Offer, quantity: int = 4) -> Reservation:
    return reserve(offer_id=offer.pk, quantity=quantity, expires_at=timezone.now())


def cancelled() -> tuple[Order, UnitBlock, RegistryTransaction]:
    order = cancelled_order((make_offer(), 4))
    entry = RegistryTransaction.objects.get(line__order=order)
    return order, entry.blocks.get(), entry


def asked() -> tuple[Order, UnitBlock, RegistryTransaction]:
    order = paid_order((make_offer(), 4))
    with scripted_host():
        submit_line(line_id=order.lines.get().pk)
    entry = RegistryTransaction.objects.get(line__order=order)
    return order, entry.blocks.get(), entry


def certificate(order: Order, facts: dict[str, Any]) -> Statement:
    return (
        f"INSERT INTO {CERTIFICATES} (number, revision, order_id, state, code, facts, digest, issued_at) "
        "VALUES ('T-1', 1, %s, 'issued', 'c', %s, 'd', now())",
        [order.pk, json.dumps(facts)],
    )


def certified() -> tuple[Order, Certificate]:
    order = cancelled_order((make_offer(), 4))
    kept = Certificate.objects.create(
        number="T-0", order=order, code="c", facts=facts_of(order), digest="d", issued_at=timezone.now()
    )
    Order.objects.filter(pk=order.pk).update(state="certified")
    return order, kept
