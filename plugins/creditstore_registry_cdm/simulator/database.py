"""The simulator's store: one SQLite file whose own constraints hold the registry's invariants.

Invariants in SQL, so that no code path (nor a person with a shell) can break them:
a unit lies in exactly one account; it is never deleted; it never leaves a voluntary cancellation account;
a transaction moves only along 1 -> 2 -> 4 or 1 -> 3 -> 5; its content never changes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SCHEMA_VERSION = 1

# The registry's one voluntary cancellation account; it exists from the first start.
CANCELLATION_ACCOUNT = "CDM-230-1"

_SCHEMA = f"""
CREATE TABLE accounts (
    number TEXT PRIMARY KEY,
    type INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'suspended', 'closed'))
) STRICT;
CREATE TRIGGER accounts_once BEFORE INSERT ON accounts
    WHEN EXISTS (SELECT 1 FROM accounts WHERE number = NEW.number)
    BEGIN SELECT RAISE(ABORT, 'the account exists already'); END;
CREATE TRIGGER accounts_keep_their_type BEFORE UPDATE OF number, type ON accounts
    BEGIN SELECT RAISE(ABORT, 'an account keeps its number and type'); END;
CREATE TRIGGER accounts_stay BEFORE DELETE ON accounts
    BEGIN SELECT RAISE(ABORT, 'accounts are closed, never deleted'); END;

CREATE TABLE blocks (
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (number),
    party TEXT NOT NULL,
    unit_type INTEGER NOT NULL CHECK (unit_type BETWEEN 1 AND 7),
    first INTEGER NOT NULL CHECK (first >= 1),
    last INTEGER NOT NULL,
    original_period INTEGER NOT NULL,
    applicable_period INTEGER NOT NULL,
    field6 INTEGER NOT NULL,
    project INTEGER NOT NULL,
    CHECK (last >= first)
) STRICT;
CREATE UNIQUE INDEX blocks_by_number ON blocks (party, first);
CREATE INDEX blocks_by_account ON blocks (account, party, first);
-- Stored blocks of a Party are disjoint, so only the nearest one below and those that start inside can overlap.
CREATE TRIGGER blocks_disjoint BEFORE INSERT ON blocks
    WHEN EXISTS (SELECT 1 FROM blocks WHERE id = NEW.id)
      OR EXISTS (SELECT 1 FROM blocks WHERE party = NEW.party AND first BETWEEN NEW.first AND NEW.last)
      OR (SELECT last FROM blocks WHERE party = NEW.party AND first < NEW.first ORDER BY first DESC LIMIT 1)
         >= NEW.first
    BEGIN SELECT RAISE(ABORT, 'a unit cannot be in two places'); END;
CREATE TRIGGER blocks_keep_their_serials BEFORE UPDATE ON blocks
    WHEN NEW.id IS NOT OLD.id OR NEW.party IS NOT OLD.party OR NEW.unit_type IS NOT OLD.unit_type
      OR NEW.original_period IS NOT OLD.original_period OR NEW.applicable_period IS NOT OLD.applicable_period
      OR NEW.field6 IS NOT OLD.field6 OR NEW.project IS NOT OLD.project
      OR NEW.first < OLD.first OR NEW.last > OLD.last
    BEGIN SELECT RAISE(ABORT, 'units keep their serial numbers'); END;
CREATE TRIGGER blocks_cancelled_stay BEFORE UPDATE ON blocks
    WHEN (SELECT type FROM accounts WHERE number = OLD.account) = 230
    BEGIN SELECT RAISE(ABORT, 'nothing leaves a voluntary cancellation account'); END;
CREATE TRIGGER blocks_stay BEFORE DELETE ON blocks
    BEGIN SELECT RAISE(ABORT, 'units are never deleted'); END;

CREATE TABLE transactions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    content TEXT NOT NULL,
    account TEXT NOT NULL,
    beneficiary TEXT NOT NULL,
    reason TEXT NOT NULL,
    state INTEGER NOT NULL DEFAULT 1 CHECK (state BETWEEN 1 AND 8),
    due_at REAL NOT NULL,
    completed_at TEXT,
    CHECK ((state = 4) = (completed_at IS NOT NULL))
) STRICT;
CREATE INDEX transactions_open ON transactions (due_at) WHERE state IN (1, 2, 3);
CREATE TRIGGER transactions_begin_proposed BEFORE INSERT ON transactions
    WHEN NEW.state <> 1 OR EXISTS (SELECT 1 FROM transactions WHERE id = NEW.id OR key = NEW.key)
    BEGIN SELECT RAISE(ABORT, 'a transaction begins once, as proposed'); END;
CREATE TRIGGER transactions_keep_their_content BEFORE UPDATE OF id, key, content, account, beneficiary, reason
    ON transactions
    BEGIN SELECT RAISE(ABORT, 'a transaction keeps its content'); END;
CREATE TRIGGER transactions_states BEFORE UPDATE ON transactions
    WHEN (OLD.state, NEW.state) NOT IN (VALUES (1, 2), (1, 3), (2, 4), (3, 5))
    BEGIN SELECT RAISE(ABORT, 'no such change of state'); END;
CREATE TRIGGER transactions_stay BEFORE DELETE ON transactions
    BEGIN SELECT RAISE(ABORT, 'transactions are never deleted'); END;

CREATE TABLE transaction_blocks (
    transaction_id INTEGER NOT NULL REFERENCES transactions (id),
    position INTEGER NOT NULL,
    party TEXT NOT NULL,
    unit_type INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    original_period INTEGER NOT NULL,
    applicable_period INTEGER NOT NULL,
    field6 INTEGER NOT NULL,
    project INTEGER NOT NULL,
    PRIMARY KEY (transaction_id, position)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER transaction_blocks_keep BEFORE UPDATE ON transaction_blocks
    BEGIN SELECT RAISE(ABORT, 'a transaction keeps its content'); END;
CREATE TRIGGER transaction_blocks_stay BEFORE DELETE ON transaction_blocks
    BEGIN SELECT RAISE(ABORT, 'a transaction keeps its content'); END;

CREATE TABLE transaction_states (
    transaction_id INTEGER NOT NULL REFERENCES transactions (id),
    state INTEGER NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (transaction_id, state)
) STRICT, WITHOUT ROWID;

CREATE TABLE transaction_responses (
    transaction_id INTEGER NOT NULL REFERENCES transactions (id),
    position INTEGER NOT NULL,
    code INTEGER NOT NULL,
    message TEXT NOT NULL,
    blocks TEXT NOT NULL,
    PRIMARY KEY (transaction_id, position)
) STRICT, WITHOUT ROWID;

INSERT INTO accounts (number, type, state) VALUES ('{CANCELLATION_ACCOUNT}', 230, 'open');
PRAGMA user_version = {SCHEMA_VERSION};
"""  # noqa: S608 (constants only)

_COMPLETED_INDEX = (
    "CREATE INDEX IF NOT EXISTS transactions_completed ON transactions (account, completed_at, id) WHERE state = 4"
)


class UnusableStore(Exception):
    """The file is not a store of this simulator."""


class Database:
    """Opens short-lived connections to the store; safe to share between threads and processes.

    Parameters: ``path``, the SQLite file; it and its folder are made when missing.
    Errors: ``UnusableStore`` when the file holds something else.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._prepare()
        except sqlite3.DatabaseError as error:
            raise UnusableStore(f"{path} cannot be used as a registry store: {error}") from error

    def _prepare(self) -> None:
        with self.write() as connection:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            if version == 0 and tables == 0:
                # executescript would commit first; splitting keeps schema and version in this one transaction.
                for statement in _statements(_SCHEMA):
                    connection.execute(statement)
            elif version != SCHEMA_VERSION:
                raise UnusableStore(f"{self._path} is not a registry store of version {SCHEMA_VERSION}")
            # An index changes nothing that is stored, so a store made before it gets it, too.
            connection.execute(_COMPLETED_INDEX)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=10, isolation_level=None)
        connection.row_factory = sqlite3.Row
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            # FULL: what was acknowledged must survive a power cut, not only a crash of this process.
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees one consistent state of the store."""
        connection = self._connect()
        try:
            connection.execute("BEGIN")
            yield connection
        finally:
            connection.close()

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A connection inside one write transaction: committed at the end, rolled back on any error.

        ``BEGIN IMMEDIATE`` takes the write lock before the first read, so what is read stays true until the commit.
        """
        connection = self._connect()
        try:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
        finally:
            # Closing an uncommitted connection rolls it back.
            connection.close()


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
