"""The second layer: what becomes of a transaction, decided later and in two steps.

First step: 1 -> 2 or 3. From 2 on the units are spoken for: no other transaction can be checked with them.
Second step: 2 -> 4, which moves the units, or 3 -> 5. Each step is one write transaction of the store, so a crash
leaves a transaction before or after a step, never inside one, and the next start goes on from there.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
import time
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Sequence

from creditstore_registry_cdm.codes import VOLUNTARY_CANCELLATION_ACCOUNT, Code, State
from creditstore_registry_cdm.serials import Block
from creditstore_registry_cdm.simulator.database import CANCELLATION_ACCOUNT, Database
from creditstore_registry_cdm.simulator.holdings import BLOCK_COLUMNS, block_of, insert_block, overlapping
from creditstore_registry_cdm.simulator.messages import Response
from creditstore_registry_cdm.simulator.transactions import asked_blocks, block_answer, timestamp

logger = logging.getLogger(__name__)

_ACCOUNT_CODES = {"closed": Code.ACCOUNT_CLOSED, "suspended": Code.ACCOUNT_SUSPENDED}


class InconsistentStore(Exception):
    """The store contradicts a check that it passed earlier. Nothing was moved."""


def step(database: Database, transaction_id: int, *, now: float, delay: float) -> State | None:
    """Take one transaction one step on; its new state, or None when it had ended. ``now``, ``delay`` in seconds.

    Errors: ``InconsistentStore``, and ``sqlite3.Error`` from the store's own guards.
    """
    with database.write() as connection:
        row = connection.execute("SELECT account, state FROM transactions WHERE id = ?", (transaction_id,)).fetchone()
        state = State(row["state"])
        if state is State.PROPOSED:
            responses = check(connection, account=row["account"], blocks=asked_blocks(connection, transaction_id))
            _record_responses(connection, transaction_id, responses)
            after = State.CHECKED_DISCREPANCY if responses else State.CHECKED
        elif state is State.CHECKED:
            for block in asked_blocks(connection, transaction_id):
                _cancel(connection, account=row["account"], block=block)
            after = State.COMPLETED
        elif state is State.CHECKED_DISCREPANCY:
            after = State.TERMINATED
        else:
            return None
        at = timestamp(now)
        connection.execute(
            "UPDATE transactions SET state = ?, due_at = ?, completed_at = ? WHERE id = ?",
            (after, now + delay / 2, at if after is State.COMPLETED else None, transaction_id),
        )
        connection.execute(
            "INSERT INTO transaction_states (transaction_id, state, at) VALUES (?, ?, ?)", (transaction_id, after, at)
        )
    return after


def check(connection: sqlite3.Connection, *, account: str, blocks: Sequence[Block]) -> list[Response]:
    """Say why these blocks of the account cannot be cancelled; empty when they can."""
    row = connection.execute("SELECT type, state FROM accounts WHERE number = ?", (account,)).fetchone()
    if row is None:
        return [Response.of(Code.ACCOUNT_UNKNOWN)]
    if row["state"] in _ACCOUNT_CODES:
        return [Response.of(_ACCOUNT_CODES[row["state"]])]
    responses = []
    if len({block.applicable_period for block in blocks}) > 1:
        responses.append(Response.of(Code.MIXED_PERIODS))
    cancelled = row["type"] == VOLUNTARY_CANCELLATION_ACCOUNT
    spoken_for = _Intervals(_blocks_being_cancelled(connection))
    unknown: list[Block] = []
    elsewhere: list[Block] = []
    for block in blocks:
        held = overlapping(connection, block)
        known = sum(min(part["last"], block.last) - max(part["first"], block.first) + 1 for part in held)
        if known != block.quantity or any(block_of(part).facts != block.facts for part in held):
            unknown.append(block)
        elif cancelled or any(part["account"] != account for part in held) or spoken_for.touch(block):
            elsewhere.append(block)
    # When the account holds every unit asked for, the quantity cannot be over its balance.
    if (unknown or elsewhere) and sum(block.quantity for block in blocks) > _balance(connection, account):
        responses.append(Response.of(Code.QUANTITY_OVER_BALANCE))
    if elsewhere:
        responses.append(Response.of(Code.UNITS_NOT_HELD, blocks=elsewhere))
    if unknown:
        responses.append(Response.of(Code.SERIALS_NOT_HELD, blocks=unknown))
    return responses


class _Intervals:
    """Disjoint runs of numbers per Party, asked quickly whether a block touches one."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self._runs: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for block in sorted(blocks, key=lambda block: block.first):
            self._runs[block.party].append((block.first, block.last))

    def touch(self, block: Block) -> bool:
        runs = self._runs[block.party]
        # The last run that starts at or before the block's end is the only one that need be looked at.
        position = bisect_right(runs, block.last, key=lambda run: run[0])
        return position > 0 and runs[position - 1][1] >= block.first


def _blocks_being_cancelled(connection: sqlite3.Connection) -> list[Block]:
    rows = connection.execute(
        f"SELECT {BLOCK_COLUMNS} FROM transaction_blocks WHERE transaction_id IN"  # noqa: S608 (constant)
        " (SELECT id FROM transactions WHERE state = ?)",
        (State.CHECKED,),
    )
    return [block_of(row) for row in rows]


def _balance(connection: sqlite3.Connection, account: str) -> int:
    # Added up here: SQLite's sum() fails above 64 bits, which several Parties' numbers together could reach.
    rows = connection.execute("SELECT last - first + 1 FROM blocks WHERE account = ?", (account,))
    return sum(quantity for (quantity,) in rows)


def _cancel(connection: sqlite3.Connection, *, account: str, block: Block) -> None:
    """Move a block's units to the voluntary cancellation account, splitting what holds them."""
    moved = 0
    for part in overlapping(connection, block):
        held = block_of(part)
        if part["account"] != account or held.facts != block.facts:
            break
        first, last = max(held.first, block.first), min(held.last, block.last)
        # The held row shrinks to the moved units and changes account in one statement; what is left follows.
        connection.execute(
            "UPDATE blocks SET account = ?, first = ?, last = ? WHERE id = ?",
            (CANCELLATION_ACCOUNT, first, last, part["id"]),
        )
        if held.first < first:
            insert_block(connection, account=account, block=held.part(first=held.first, last=first - 1))
        if last < held.last:
            insert_block(connection, account=account, block=held.part(first=last + 1, last=held.last))
        moved += last - first + 1
    if moved != block.quantity:
        raise InconsistentStore(f"the account {account} no longer holds all units from {block.start} to {block.end}")


def _record_responses(connection: sqlite3.Connection, transaction_id: int, responses: Sequence[Response]) -> None:
    connection.executemany(
        "INSERT INTO transaction_responses (transaction_id, position, code, message, blocks) VALUES (?, ?, ?, ?, ?)",
        [
            (
                transaction_id,
                position,
                response.code,
                response.message,
                json.dumps([block_answer(block) for block in response.blocks]),
            )
            for position, response in enumerate(responses)
        ],
    )


class Processor:
    """Takes transactions on when they are due, in a thread of its own.

    Parameters: ``delay``, seconds between a proposal and its end, half of it before each step; ``moved``, called after
    each step with the transaction, its key and its new state.
    """

    # How long to wait at most before looking again: another process may write to the same store.
    _POLL_SECONDS = 0.5

    def __init__(
        self,
        database: Database,
        *,
        delay: float,
        clock: Callable[[], float] = time.time,
        moved: Callable[[int, str, State], None] = lambda transaction_id, key, state: None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._moved = moved
        self.delay = delay
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="registry-processing", daemon=True)

    def start(self) -> None:
        """Begin, with whatever an earlier run left unfinished."""
        self._thread.start()

    def stop(self) -> None:
        """End after the step at hand."""
        self._stop.set()
        self._wake.set()
        self._thread.join(timeout=1)

    def wake(self) -> None:
        """Look at once: something was proposed."""
        self._wake.set()

    @property
    def alive(self) -> bool:
        """False when transactions are no longer taken on."""
        return self._thread.is_alive()

    def run_due(self) -> float:
        """Take every due transaction one step on; returns the seconds until the next one is due."""
        with self._database.read() as connection:
            open_ones = connection.execute(
                "SELECT id, key, due_at FROM transactions WHERE state IN (1, 2, 3) ORDER BY due_at, id"
            ).fetchall()
        now = self._clock()
        for row in open_ones:
            if row["due_at"] > now:
                return min(float(row["due_at"]) - now, self._POLL_SECONDS)
            try:
                after = step(self._database, row["id"], now=now, delay=self.delay)
                if after is not None:
                    self._moved(row["id"], row["key"], after)
            except (sqlite3.Error, InconsistentStore):
                # One transaction that cannot go on must not hold up the others; it stays due and is tried again.
                logger.exception("transaction %s cannot go on", row["id"])
                self._stop.wait(0.1)
            if self._stop.is_set():
                break
        # After a step the same transaction may already be due for its next one.
        return min(self.delay / 2, self._POLL_SECONDS) if open_ones else self._POLL_SECONDS

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            try:
                pause = self.run_due()
            except sqlite3.Error:
                logger.exception("the store cannot be read")
                pause = self._POLL_SECONDS
            if pause > 0:
                self._wake.wait(pause)
