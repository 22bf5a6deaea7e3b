"""Members of staff with the rights of one role, and orders that wait for them."""

from __future__ import annotations

import itertools

from django.contrib.auth.models import Group
from wagtail.users.models import UserProfile

from creditstore.accounts.models import User
from creditstore.orders.models import Order, OrderLine
from creditstore_plugins import CancellationInstruction, RefusalKind, Refused, ResponseCode, SubmissionOutcome
from creditstore_site.staff_roles import table
from support.jobs import run_jobs
from support.journeys import pay
from support.ledger import make_offer, make_order, make_seller
from support.plugin_host import ScriptedRegistry

_count = itertools.count(1)
OFFICER, SUPPORT, MANAGER = table.REGISTRY_OFFICERS, table.SUPPORT, table.SHOP_MANAGERS


def make_staff(*roles: str) -> User:
    """Somebody in these roles and in no other, by default in those that may do everything at the desk together."""
    user = User.objects.create_user(email=f"staff{next(_count)}@example.org", password=None)
    user.groups.set(Group.objects.filter(name__in=roles or (OFFICER, MANAGER)))
    return User.objects.get(pk=user.pk)


def live_in(user: User, time_zone: str) -> None:
    """The admin shows and reads times in this zone for them."""
    UserProfile.objects.update_or_create(user=user, defaults={"current_time_zone": time_zone})


def refusing(instruction: CancellationInstruction) -> SubmissionOutcome:
    """A registry that does not hold what is asked for."""
    return Refused(responses=(ResponseCode(code=7027, message="not held", ranges=instruction.ranges),))


def doubting(instruction: CancellationInstruction) -> SubmissionOutcome:
    """A registry that does not hold these units: they are in doubt from then on."""
    reason = ResponseCode(code=7027, kind=RefusalKind.UNITS, message="not held", ranges=instruction.ranges)
    return Refused(responses=(reason,))


def settle(order: Order) -> Order:
    """The order, paid, after all jobs."""
    pay(order)
    run_jobs()
    order.refresh_from_db()
    return order


def refused_line(
    registry: ScriptedRegistry, *, quantity: int = 4, price_minor: int = 250, in_doubt: bool = False
) -> OrderLine:
    """A paid line that the registry refused; ``in_doubt``: because it does not hold its units."""
    offer = make_offer(quantity=quantity + 10, price_minor=price_minor, seller=make_seller())
    registry.submits.append(doubting if in_doubt else refusing)
    return settle(make_order((offer, quantity)).order).lines.get()


def cancelled_line(*, quantity: int = 4, price_minor: int = 250) -> OrderLine:
    """A line that is paid and cancelled, in a certified order."""
    return settle(make_order((make_offer(price_minor=price_minor), quantity)).order).lines.get()
