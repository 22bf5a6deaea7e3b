"""What the tests of reconciliation share: paid orders, runs that look back from tomorrow, open items in short."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from creditstore.credits.models import Offer, UnitBlock
from creditstore.credits.services import serial_of
from creditstore.orders.models import Order
from creditstore.reconciliation.models import OpenItem, Outcome, Run
from creditstore.reconciliation.services import reconcile
from support.jobs import run_jobs
from support.journeys import pay
from support.ledger import make_offer, make_order, make_seller
from support.live_registry import LiveRegistry

#: The only account of these tests; those of the demonstration have others.
ACCOUNT = "ACC-TEST"


def tomorrow(*, days: int = 1) -> datetime:
    """Late enough that nothing of today may still be on its way."""
    return datetime.now(UTC) + timedelta(days=days, hours=1)


def offered(registry: LiveRegistry, *, quantity: int = 100) -> Offer:
    """An offer whose units the registry has in the account."""
    offer = make_offer(quantity=quantity, seller=make_seller(account=ACCOUNT))
    registry.hold(account=ACCOUNT)
    return offer


def bought(offer: Offer, quantity: int = 10, **changes: object) -> Order:
    """A paid order, as far as its jobs take it."""
    order = paid(offer, quantity, **changes)
    run_jobs()
    order.refresh_from_db()
    return order


def paid(offer: Offer, quantity: int = 10, **changes: object) -> Order:
    """A paid order whose jobs wait."""
    order = make_order((offer, quantity), **changes).order
    pay(order)
    order.refresh_from_db()
    return order


def run(*, now: datetime | None = None, full: bool = False) -> Run:
    """A run as of tomorrow."""
    return reconcile(actor="test", full=full, now=now or tomorrow())


def open_kinds() -> list[str]:
    """Kinds of what is open, oldest first."""
    return list(OpenItem.objects.filter(closed_at=None).order_by("pk").values_list("kind", flat=True))


def outcomes(found: Run, *, account: str = ACCOUNT) -> dict[str, str]:
    """By stage, of this account and of what has no account."""
    steps = found.steps.filter(account__in=("", account))
    return {step.stage: step.outcome for step in steps}


def all_match(found: Run) -> bool:
    """Whether every comparison was made (as far as it was needed) and nothing differed."""
    good = {Outcome.MATCHED, Outcome.NOT_NEEDED}
    return {step.outcome for step in found.steps.all()} <= good


def first_units(offer: Offer, count: int) -> tuple[str, str]:
    """The serials of the first units that are for sale in this offer."""
    block = UnitBlock.objects.filter(offer=offer, is_leaf=True, state="held").order_by("start").first()
    assert block is not None
    return serial_of(block=block, number=block.start), serial_of(block=block, number=block.start + count - 1)
