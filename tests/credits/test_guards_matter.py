"""Each guard of the thirteen invariants is needed, and the audit finds what it forbids once it is gone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from credits import guards_of_orders, guards_of_units
from credits.ledger_machine import LedgerMachine
from creditstore.audit.checks import CHECKS
from support.guards import CASES, Case, Statement, check_now, take_away
from support.ledger import breaches

#: The modules that enter the cases.
ENTERED_BY = (guards_of_units, guards_of_orders)

pytestmark = pytest.mark.django_db


def run(statements: Sequence[Statement]) -> None:
    with transaction.atomic():
        with connection.cursor() as cursor:
            for statement, values in statements:
                cursor.execute(statement, values)
        check_now()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_what_a_guard_forbids_passes_without_it_and_is_found(case: Case) -> None:
    statements = case.prepare()
    check_now()
    assert breaches(case.found_by) == []
    with transaction.atomic():
        for other in case.also:
            take_away(other)
        with pytest.raises(DatabaseError):
            run(statements)
        take_away(case.guard)
        run(statements)
        assert breaches(case.found_by)
        transaction.set_rollback(True)


ROW = re.compile(r"^\| (\d+) \| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)


def test_the_page_of_the_ledger_names_every_guard_and_check() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "explanation" / "ledger.md").read_text(encoding="utf-8")
    rows = {int(number): cells for number, *cells in ROW.findall(page)}
    assert sorted(rows) == list(range(1, 14))
    for number, (_invariant, guards, rules, checks) in rows.items():
        assert named(guards) == {case.guard for case in CASES if case.invariant == number}, number
        assert named(checks) - {"digests-are-of-the-facts"} == {
            check.name for check in CHECKS if check.invariant == number
        }, number
        assert named(rules) <= set(vars(LedgerMachine)), number


def named(cell: str) -> set[str]:
    return set(re.findall(r"`([^`]+)`", cell))
