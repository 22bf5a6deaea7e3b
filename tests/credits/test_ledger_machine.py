"""The ledger under random lives of units and orders: see ``ledger_machine.py``."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from credits.ledger_machine import LedgerMachine
from support.guards import check_now

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_other_units() -> None:
    """The demo's units go, for this test's transaction: the audit after each step then looks at few rows."""
    check_now()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE creditstore_catalogue_issuance, creditstore_core_transitionrecord CASCADE")


def run(*, examples: int, steps: int) -> None:
    run_state_machine_as_test(
        LedgerMachine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
        ),
    )


def test_whatever_happens_the_invariants_hold() -> None:
    run(examples=4, steps=20)


@pytest.mark.slow
def test_whatever_happens_the_invariants_hold_for_long() -> None:
    run(examples=40, steps=50)
