"""Every rule of the end finds what breaks it. The rows are broken by going around the triggers."""

from __future__ import annotations

import pytest
from creditstore_torture.checks import AT_THE_END, breaches
from django.db import connection

from support.desk import settle
from support.ledger import make_offer, make_order
from support.plugin_host import scripted_host

pytestmark = pytest.mark.django_db

#: For each rule one statement after which it must find something.
BREAKERS = {
    "an order was paid twice, or another sum": """
        UPDATE creditstore_payments_payment SET captured_minor = captured_minor + 1
    """,
    "an order in no final state": "UPDATE creditstore_orders_order SET state = 'cancelling'",
    "money without cancellation or refund": "UPDATE creditstore_orders_order SET state = 'expired'",
    "cancellation without money": "UPDATE creditstore_payments_payment SET state = 'declined'",
    "a certified order without its certificate": """
        UPDATE creditstore_certificates_certificate SET state = 'superseded'
    """,
    "a reservation that is still active": "UPDATE creditstore_credits_reservation SET state = 'active'",
    "a job that failed for good": """
        INSERT INTO procrastinate_jobs (queue_name, task_name, args, status) VALUES ('default', 'any', '{}', 'failed')
    """,
}


@pytest.fixture
def certified(settings):
    """One order, paid, cancelled and certified."""
    with scripted_host():
        order = settle(make_order((make_offer(quantity=10), 3)).order)
    assert order.state == "certified"


def test_there_is_a_breaker_for_every_rule():
    assert BREAKERS.keys() == AT_THE_END.keys()


def test_nothing_is_wrong_with_an_order_that_went_well(certified):
    assert breaches(at_the_end=True) == {}


def test_what_the_audit_finds_is_found(certified):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE creditstore_credits_offer SET reserved = reserved + 1 WHERE sold = 3")
    assert breaches(at_the_end=False) == {"audit: offers-have-what-they-promise": 1}


@pytest.mark.parametrize("rule", BREAKERS)
def test_what_is_broken_is_found(certified, rule):
    with connection.cursor() as cursor:
        # What waits for the commit is looked at now, while it is right.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(BREAKERS[rule])
    assert breaches(at_the_end=True).get(rule)
