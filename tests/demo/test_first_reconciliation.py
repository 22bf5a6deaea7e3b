"""A new demo is reconciled soon after it started, once."""

from __future__ import annotations

import pytest

from creditstore_site.demo.first_reconciliation import ask_for_first_reconciliation
from support.jobs import pending_jobs
from support.reconciled import make_run

pytestmark = pytest.mark.django_db


def test_it_is_asked_for_once() -> None:
    ask_for_first_reconciliation()
    ask_for_first_reconciliation()
    assert pending_jobs().count("creditstore.reconciliation.daily") == 1


def test_one_that_was_made_is_enough() -> None:
    make_run()
    ask_for_first_reconciliation()
    assert "creditstore.reconciliation.daily" not in pending_jobs()
