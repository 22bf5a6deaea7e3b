"""The state machines: every edge of every table is taken, every other one refused, and the audit trail tells of it."""

from __future__ import annotations

import pgtrigger
import pytest
from oscar.core.loading import get_model

from creditstore.core.models import TransitionRecord
from creditstore.core.state_table import state_table
from creditstore.core.states import IllegalTransition, history, transition
from creditstore.orders.models import Order
from creditstore.orders.services import set_order_state
from creditstore.orders.states import ORDERS, oscar_status_pipeline
from support.ledger import make_offer, make_order
from support.state_docs import DOCUMENT, document


def put(order: Order, state: str) -> None:
    """Into any state, past the trigger, so that each edge can be tried by itself."""
    with pgtrigger.ignore("creditstore_orders.Order:order_edges"):
        Order.objects.filter(pk=order.pk).update(state=state)
    order.refresh_from_db()


@pytest.mark.django_db
def test_orders_move_along_their_table_and_nowhere_else() -> None:
    order = make_order((make_offer(), 1)).order
    for source in ORDERS.states:
        for target in ORDERS.states:
            put(order, source)
            if source == target:
                assert set_order_state(order=order, to=target, actor="test") is False
            elif ORDERS.allows(source, target):
                assert set_order_state(order=order, to=target, actor="test") is True
                assert Order.objects.get(pk=order.pk).state == target
                assert get_model("order", "Order").objects.get(pk=order.oscar_order_id).status == target
            else:
                with pytest.raises(IllegalTransition):
                    set_order_state(order=order, to=target, actor="test")
                assert Order.objects.get(pk=order.pk).state == source


@pytest.mark.django_db
def test_a_transition_leaves_one_audit_row_and_a_repeat_none() -> None:
    order = make_order((make_offer(), 1)).order
    for expected in (True, False):
        changed = transition(instance=order, table=ORDERS, to="awaiting_payment", actor="test", reason="why")
        assert changed is expected
    (record,) = history(instance=order, table=ORDERS)
    assert (record.source, record.target, record.actor, record.reason) == ("placed", "awaiting_payment", "test", "why")
    assert TransitionRecord.objects.filter(machine="order", subject_id=order.pk).count() == 1


def test_a_table_lists_every_state_it_leads_to() -> None:
    with pytest.raises(ValueError, match="unknown states"):
        state_table("x", {"a": ["b"]})


def test_oscars_pipeline_is_made_from_the_table() -> None:
    pipeline = oscar_status_pipeline()
    assert set(pipeline) == set(ORDERS.states)
    assert pipeline["certified"] == ()


def test_the_page_of_states_says_what_the_tables_say() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document(), "renew it: see tests/support/state_docs.py"
