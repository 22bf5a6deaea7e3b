"""Whatever orders do, as long as everybody behaves, nothing is found: at any moment, and when all is done."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from creditstore.core.errors import StoreError
from creditstore.orders.services import expire_due, withdraw
from creditstore.reconciliation.models import OpenItem
from reconciliation.books import all_match, offered, run, tomorrow
from support.jobs import run_jobs
from support.journeys import pay
from support.ledger import make_order
from support.live_registry import LiveRegistry

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

METHODS = st.sampled_from(["pay_sandbox", "pay_sandbox:declined", "", "withdraw"])
LIVES = st.lists(
    st.tuples(st.integers(1, 9), METHODS, st.sampled_from(["full", "serials", "hidden"]), st.booleans(), st.booleans()),
    min_size=1,
    max_size=6,
)


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(lives=LIVES, full=st.booleans())
def test_nothing_is_found(registry: LiveRegistry, lives: list[tuple[int, str, str, bool, bool]], full: bool) -> None:
    """Each example goes on with the rows and the registry of those before it."""
    offer = offered(registry, quantity=60)
    for quantity, method, visibility, jobs, look in lives:
        order = make_order((offer, quantity), visibility=visibility).order
        if method == "withdraw":
            withdraw(order=order)
        elif method:
            try:
                pay(order, method)
            except StoreError:
                pytest.fail("a new order could not be paid")
        if jobs:
            run_jobs()
        if look:
            # At any moment: what waits for its jobs is not overdue yet.
            run(now=tomorrow(days=0), full=full)
            assert not OpenItem.objects.exists()
    run_jobs()
    expire_due(now=tomorrow() - timedelta(hours=2))
    assert all_match(run(full=full))
    assert not OpenItem.objects.exists()
