"""Random lives of offers: whatever is reserved, released, carved, cancelled or returned, the sums hold."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from creditstore.core.errors import StoreError
from creditstore.core.states import IllegalTransition
from creditstore.credits.models import Offer, Reservation, UnitBlock
from creditstore.credits.services import carve, mark_cancelled, release, reserve, return_units
from support.ledger import make_issuance, make_offer

pytestmark = pytest.mark.django_db

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["reserve", "release", "expire", "carve", "cancel", "return"]),
        st.integers(0, 7),
        st.integers(1, 9),
    ),
    min_size=3,
    max_size=25,
)


def check(offer: Offer, quantity: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    offer.refresh_from_db()
    leaves = list(UnitBlock.objects.filter(issuance=offer.issuance, is_leaf=True).order_by("start"))
    # The leaves tile the issuance: no unit is lost and none is there twice.
    assert leaves[0].start == offer.issuance.start
    assert leaves[-1].end == offer.issuance.end
    assert all(left.end + 1 == right.start for left, right in pairwise(leaves))
    by_state = {
        state: sum(leaf.quantity for leaf in leaves if leaf.state == state)
        for state in ("held", "assigned", "cancelled")
    }
    assert by_state["held"] == offer.offered - offer.sold
    assert by_state["assigned"] + by_state["cancelled"] == offer.sold
    active = sum(offer.reservations.filter(state="active").values_list("quantity", flat=True))
    assert offer.reserved == active
    assert offer.available <= quantity


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(steps=STEPS)
def test_the_sums_hold_whatever_happens(steps: list[tuple[str, int, int]]) -> None:
    offer = make_offer(quantity=20, issuance=make_issuance(quantity=30))
    reservations: list[Reservation] = []
    for action, which, quantity in steps:
        if action == "reserve":
            expires_at = timezone.now() + timedelta(minutes=5)
            offer.refresh_from_db()
            if quantity <= offer.available:
                reservations.append(reserve(offer_id=offer.pk, quantity=quantity, expires_at=expires_at))
            else:
                with pytest.raises(StoreError, match=r"sold out|available"):
                    reserve(offer_id=offer.pk, quantity=quantity, expires_at=expires_at)
        elif reservations:
            reservation = reservations[which % len(reservations)]
            try:
                apply(action, reservation)
            except IllegalTransition:
                assert reservation.state in ("released", "expired", "consumed")
        check(offer, 20)


def apply(action: str, reservation: Reservation) -> None:
    reservation.refresh_from_db()
    if action == "release":
        release(reservation=reservation)
    elif action == "expire":
        release(reservation=reservation, to="expired")
    elif action == "carve":
        blocks = carve(reservation=reservation)
        assert sum(block.end - block.start + 1 for block in blocks) in (reservation.quantity, 0)
    elif action == "cancel":
        blocks = list(reservation.blocks.filter(is_leaf=True, state="assigned"))
        mark_cancelled(blocks=blocks, at=timezone.now(), actor="test")
    else:
        return_units(reservation=reservation)
