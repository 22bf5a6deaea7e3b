"""The state machines: every edge of every table is taken, every other one refused, and the audit trail tells of it."""

from __future__ import annotations

import pytest
from oscar.core.loading import get_model

from creditstore.core.models import TransitionRecord
from creditstore.core.state_table import state_table
from creditstore.core.states import history, transition
from creditstore.orders.services import set_order_state
from creditstore.orders.states import ORDERS, oscar_status_pipeline
from support.ledger import make_offer, make_order
from support.state_docs import DOCUMENT, document


@pytest.mark.django_db
def test_oscar_shows_the_state_that_the_order_has() -> None:
    order = make_order((make_offer(), 1)).order
    for state in ("awaiting_payment", "paid", "cancelling", "cancelled", "certified"):
        assert set_order_state(order=order, to=state, actor="test") is True
        assert get_model("order", "Order").objects.get(pk=order.oscar_order_id).status == state
        assert set_order_state(order=order, to=state, actor="test") is False


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
