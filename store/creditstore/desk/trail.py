"""The audit trail of one order: every change of state of the order and of all that hangs on it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from creditstore.accounts.models import User
from creditstore.accounts.staff import ACTOR_START, actor_of
from creditstore.cancellation.models import TRANSACTIONS, RegistryTransaction
from creditstore.certificates.models import CERTIFICATES
from creditstore.core.models import TransitionRecord
from creditstore.credits.doubt import MACHINE as DOUBT_NAME
from creditstore.credits.models import BLOCKS, OFFERS, RESERVATIONS
from creditstore.desk.models import APPROVALS
from creditstore.orders.attention import AUDIT_NAME
from creditstore.orders.models import Order, OrderLine, Substitution
from creditstore.orders.states import LINES, ORDERS, SUBSTITUTIONS
from creditstore.payments.models import PAYMENTS, REFUNDS, Refund

#: What can stand in the audit trail, in the order of an order's life.
MACHINES = (
    ORDERS.name,
    LINES.name,
    RESERVATIONS.name,
    PAYMENTS.name,
    REFUNDS.name,
    TRANSACTIONS.name,
    CERTIFICATES.name,
    SUBSTITUTIONS.name,
    APPROVALS.name,
    AUDIT_NAME,
    OFFERS.name,
    BLOCKS.name,
    DOUBT_NAME,
)


def order_trail(*, order: Order) -> QuerySet[TransitionRecord]:
    """The audit rows of the order, its lines, reservations, payments, refunds, registry transactions, certificates,
    proposals, items and approvals, oldest first.
    """
    lines = list(OrderLine.objects.filter(order=order).values_list("pk", "reservation_id"))
    proposals = list(Substitution.objects.filter(line__order=order).values_list("pk", "replaced_id"))
    reservations = {reservation for _pk, reservation in (*lines, *proposals)}
    subjects = {
        ORDERS.name: [order.pk],
        LINES.name: [pk for pk, _reservation in lines],
        RESERVATIONS.name: sorted(reservations),
        PAYMENTS.name: list(order.payments.values_list("pk", flat=True)),
        REFUNDS.name: list(Refund.objects.filter(payment__order=order).values_list("pk", flat=True)),
        TRANSACTIONS.name: list(RegistryTransaction.objects.filter(line__order=order).values_list("pk", flat=True)),
        CERTIFICATES.name: list(order.certificates.values_list("pk", flat=True)),
        SUBSTITUTIONS.name: [pk for pk, _replaced in proposals],
        APPROVALS.name: list(order.approvals.values_list("pk", flat=True)),
        AUDIT_NAME: list(order.attention_items.values_list("pk", flat=True)),
    }
    wanted = Q()
    for machine, keys in subjects.items():
        if keys:
            wanted |= Q(machine=machine, subject_id__in=keys)
    return TransitionRecord.objects.filter(wanted).order_by("at", "pk")


def names_of(actors: Iterable[str]) -> dict[str, str]:
    """Actors as people read them: members of staff by address, everybody else as recorded."""
    keys = {actor: actor.removeprefix(ACTOR_START) for actor in actors if actor.startswith(ACTOR_START)}
    known = User.objects.in_bulk([int(key) for key in keys.values() if key.isdecimal()])
    emails = {actor_of(user): user.email for user in known.values()}
    return {actor: emails.get(actor, actor) for actor in actors}
