"""The registry's second layer: what becomes of a transaction, and that units never go astray."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditstore_registry_cdm.serials import parse_block
from creditstore_registry_cdm.simulator.database import CANCELLATION_ACCOUNT, Database
from creditstore_registry_cdm.simulator.holdings import load, read_holding
from creditstore_registry_cdm.simulator.messages import Proposal
from creditstore_registry_cdm.simulator.processing import Processor
from creditstore_registry_cdm.simulator.transactions import describe, propose
from registry_cdm.registry_support import block, holding, serial, where_units_lie


def answered(registry, key, *blocks, **changes):
    """Propose, wait for the end, and return the state and the codes with their blocks."""
    assert registry.propose(key, *blocks, **changes).status_code == 202
    told = registry.ended(key)
    return told["state"], {response["code"]: response["blocks"] for response in told["responses"]}


def test_a_cancellation_passes_through_its_states_and_moves_exactly_its_units(registry):
    assert answered(registry, "k-1", block(11, 20)) == (4, {})
    told = registry.ended("k-1")
    assert [entry["state"] for entry in told["history"]] == [1, 2, 4]
    assert told["completed_at"] == told["history"][-1]["at"] >= told["history"][0]["at"]
    held = registry.get("/v1/accounts/HOLD-1/blocks").json()
    assert [(part["start"], part["end"]) for part in held["blocks"]] == [
        (serial(1), serial(10)),
        (serial(21), serial(100)),
    ]
    cancelled = registry.get(f"/v1/accounts/{CANCELLATION_ACCOUNT}/blocks").json()
    assert (cancelled["type"], cancelled["quantity"]) == (230, 10)
    assert cancelled["blocks"] == [{**block(11, 20), "quantity": 10}]


def test_a_block_may_span_units_that_were_loaded_apart(registry):
    registry.hold(holding(101, 110))
    assert answered(registry, "k-1", block(95, 105)) == (4, {})
    assert registry.get("/v1/accounts/HOLD-1").json()["quantity"] == 99


def test_a_terminated_transaction_passes_through_its_own_states(registry):
    assert answered(registry, "k-1", block(101, 101))[0] == 5
    told = registry.ended("k-1")
    assert [entry["state"] for entry in told["history"]] == [1, 3, 5]
    assert told["completed_at"] is None


def test_unknown_closed_and_suspended_accounts_are_named(registry):
    assert answered(registry, "k-1", block(1, 1), account="NOBODY") == (5, {1002: []})
    for state, code in (("suspended", 1004), ("closed", 1003)):
        registry.post("/v1/accounts", {"account": "HOLD-1", "state": state})
        assert answered(registry, state, block(1, 1)) == (5, {code: []})
    registry.post("/v1/accounts", {"account": "HOLD-1", "state": "open"})
    assert answered(registry, "again", block(1, 1)) == (4, {})


def test_units_of_another_account_are_told_with_the_blocks(registry):
    registry.hold(holding(201, 300, account="HOLD-2"))
    assert answered(registry, "k-1", block(1, 5), block(201, 205)) == (5, {7027: [block(201, 205)]})


def test_serials_the_registry_does_not_have_are_told_with_the_blocks(registry):
    assert answered(registry, "gap", block(100, 101)) == (5, {10005: [block(100, 101)]})
    # The numbers exist, but not with this project: no such serial was ever issued.
    assert answered(registry, "other", block(1, 5, project=7)) == (5, {10005: [block(1, 5, project=7)]})


def test_a_quantity_over_the_balance_is_told(registry):
    registry.hold(holding(101, 1000, account="HOLD-2"))
    assert answered(registry, "k-1", block(1, 101)) == (5, {3005: [], 7027: [block(1, 101)]})


def test_periods_cannot_be_mixed_in_one_transaction(registry):
    registry.hold(holding(101, 110, period=1))
    assert answered(registry, "k-1", block(1, 5), block(101, 105, period=1)) == (5, {3003: []})


def test_cancelled_units_cannot_be_cancelled_again(registry):
    assert answered(registry, "k-1", block(1, 10)) == (4, {})
    assert answered(registry, "k-2", block(10, 11)) == (5, {7027: [block(10, 11)]})
    assert answered(registry, "k-3", block(5, 5), account=CANCELLATION_ACCOUNT)[0] == 5
    assert registry.get(f"/v1/accounts/{CANCELLATION_ACCOUNT}").json()["quantity"] == 10


def test_overlapping_transactions_at_the_same_moment_end_with_exactly_one_completed(registry):
    def submit(number: int) -> int:
        # Every one of these ranges holds unit 50.
        return registry.propose(f"k-{number}", block(50 - number, 50 + number)).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(submit, range(8))) == {202}
    states = [registry.ended(f"k-{number}")["state"] for number in range(8)]
    assert sorted(states) == [4] + [5] * 7
    winner = states.index(4)
    assert registry.get(f"/v1/accounts/{CANCELLATION_ACCOUNT}").json()["quantity"] == 2 * winner + 1


def test_the_same_message_from_many_threads_is_one_transaction(registry):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: registry.propose("k-1", block(1, 10)), range(16)))
    assert sorted(answer.status_code for answer in answers) == [200] * 15 + [202]
    assert {answer.json()["transaction"] for answer in answers} == {"CDM-000000001"}
    assert registry.ended("k-1")["state"] == 4


def test_two_processes_on_one_store_do_not_cancel_twice(registry, run_simulator):
    other = run_simulator()
    for number in range(10):
        (registry, other)[number % 2].propose(f"k-{number}", block(number + 1, number + 2))
    states = [other.ended(f"k-{number}")["state"] for number in range(10)]
    units = where_units_lie(registry.simulator.database)
    gone = {number for (_, number), account in units.items() if account == CANCELLATION_ACCOUNT}
    assert gone == {n for i, state in enumerate(states) if state == 4 for n in (i + 1, i + 2)}
    assert len(units) == 100


@pytest.fixture(scope="module")
def used_store(tmp_path_factory):
    """A store with one completed cancellation in it."""
    path = tmp_path_factory.mktemp("used") / "registry.sqlite3"
    database = Database(path)
    load(database, [read_holding(holding(1, 100), place="row")])
    blocks = (parse_block(serial(1), serial(10)),)
    propose(database, Proposal(key="k-1", account="HOLD-1", blocks=blocks, beneficiary="", reason=""), now=0, delay=0)
    for _ in range(2):
        Processor(database, delay=0).run_due()
    assert describe(database, "k-1")["state"] == 4
    return path


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE blocks SET account = 'HOLD-1' WHERE account = 'CDM-230-1'",
        "UPDATE blocks SET last = last - 1 WHERE account = 'CDM-230-1'",
        "DELETE FROM blocks WHERE account = 'CDM-230-1'",
        "DELETE FROM blocks WHERE account = 'HOLD-1'",
        "UPDATE blocks SET project = 1 WHERE account = 'HOLD-1'",
        "UPDATE blocks SET last = last + 1 WHERE account = 'HOLD-1'",
        "INSERT INTO blocks SELECT NULL, 'HOLD-1', party, unit_type, first, last, original_period, applicable_period,"
        " field6, project FROM blocks WHERE account = 'CDM-230-1'",
        "INSERT OR REPLACE INTO blocks SELECT id, 'HOLD-1', party, unit_type, first + 1000, last + 1000,"
        " original_period, applicable_period, field6, project FROM blocks WHERE account = 'CDM-230-1'",
        "INSERT INTO blocks SELECT NULL, 'HOLD-1', party, unit_type, 5, 2000, original_period, applicable_period,"
        " field6, project FROM blocks LIMIT 1",
        "INSERT INTO blocks VALUES (NULL, 'HOLD-1', 'CN', 5, 50, 55, 2, 2, 0, 1947)",
        "INSERT INTO blocks VALUES (NULL, 'HOLD-1', 'CN', 5, 100, 200, 2, 2, 0, 1947)",
        "UPDATE accounts SET type = 100 WHERE number = 'CDM-230-1'",
        "DELETE FROM accounts WHERE number = 'CDM-230-1'",
        "INSERT OR REPLACE INTO accounts VALUES ('CDM-230-1', 100, 'open')",
        "UPDATE transactions SET state = 5 WHERE key = 'k-1'",
        "UPDATE transactions SET beneficiary = 'Another'",
        "DELETE FROM transactions",
        "UPDATE transaction_blocks SET last = last + 1",
        "DELETE FROM transaction_blocks",
    ],
)
def test_the_store_itself_refuses_what_must_never_happen(used_store, statement):
    # A plain connection without any setting of ours: only what the file itself holds counts.
    connection = sqlite3.connect(used_store)
    try:
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(statement)
    finally:
        connection.close()


def test_a_failing_transaction_does_not_hold_up_the_others(store_path, caplog):
    database = Database(store_path)
    load(database, [read_holding(holding(*run), place="row") for run in ((1, 10), (11, 20))])
    processor = Processor(database, delay=0)
    for key, first in (("broken", 1), ("sound", 11)):
        blocks = (parse_block(serial(first), serial(first)),)
        proposal = Proposal(key=key, account="HOLD-1", blocks=blocks, beneficiary="", reason="")
        propose(database, proposal, now=time.time(), delay=0)
    processor.run_due()
    # Somebody moves units behind the registry's back, after they were checked.
    with database.write() as connection:
        connection.execute("UPDATE blocks SET account = ? WHERE first = 1", (CANCELLATION_ACCOUNT,))
    processor.run_due()
    assert (describe(database, "broken")["state"], describe(database, "sound")["state"]) == (2, 4)
    assert "no longer holds" in caplog.text


_RUNS = st.tuples(st.integers(1, 40), st.integers(0, 8))
_MOVES = st.one_of(
    st.tuples(st.just("hold"), st.sampled_from(["A", "B"]), _RUNS),
    st.tuples(st.just("propose"), st.sampled_from(["A", "B", "nobody"]), st.lists(_RUNS, min_size=1, max_size=3)),
    st.tuples(st.just("step")),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(_MOVES, max_size=12))
def test_units_are_never_lost_doubled_or_brought_back(moves):
    with tempfile.TemporaryDirectory() as folder:
        database = Database(Path(folder) / "registry.sqlite3")
        processor = Processor(database, delay=0)
        issued: set[tuple[str, int]] = set()
        cancelled: set[tuple[str, int]] = set()
        asked: dict[str, set[tuple[str, int]]] = {}
        for move in [*moves, ("step",), ("step",)]:
            if move[0] == "hold":
                _, account, (first, more) = move
                new = {("CN", number) for number in range(first, first + more + 1)}
                if not new & issued:
                    row = holding(first, first + more, account=account)
                    load(database, [read_holding(row, place="row 1")])
                    issued |= new
            elif move[0] == "propose":
                _, account, runs = move
                blocks = tuple(parse_block(serial(first), serial(first + more)) for first, more in runs)
                key = f"k-{len(asked)}"
                proposal = Proposal(key=key, account=account, blocks=blocks, beneficiary="", reason="")
                if len({n for b in blocks for n in range(b.first, b.last + 1)}) == sum(b.quantity for b in blocks):
                    propose(database, proposal, now=0, delay=0)
                    asked[key] = {("CN", number) for part in blocks for number in range(part.first, part.last + 1)}
            else:
                processor.run_due()
            units = where_units_lie(database)
            now_cancelled = {unit for unit, account in units.items() if account == CANCELLATION_ACCOUNT}
            assert set(units) == issued
            assert cancelled <= now_cancelled
            cancelled = now_cancelled
        completed = [units for key, units in asked.items() if describe(database, key)["state"] == 4]
        assert all(describe(database, key)["state"] in (4, 5) for key in asked)
        assert sum(map(len, completed)) == len(cancelled) == len(set().union(*completed))
