"""Accounts and the units they hold: loading holdings, changing an account's state, listing blocks."""

from __future__ import annotations

import csv
import re
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from creditstore_registry_cdm.codes import HOLDING_ACCOUNT
from creditstore_registry_cdm.serials import Block, MalformedSerial, parse_block
from creditstore_registry_cdm.simulator.database import Database

COLUMNS = ("account", "party", "unit_type", "start", "end", "original_period", "applicable_period", "field6", "project")
ACCOUNT_STATES = ("open", "suspended", "closed")
ACCOUNT_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")

#: The columns of a stored block, in the order that ``block_of`` and ``values_of`` use.
BLOCK_COLUMNS = "party, unit_type, first, last, original_period, applicable_period, field6, project"


class HoldingsRefused(Exception):
    """Holdings cannot be loaded. ``place`` names the line or row; nothing of the load was kept."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}")
        self.place = place
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """One block to be put into one account. ``place`` says where it was read, for messages."""

    place: str
    account: str
    block: Block


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """How many blocks a load added, and how many it skipped because their units were known."""

    added: int
    skipped: int


def block_of(row: sqlite3.Row) -> Block:
    """The block in a row that was selected with ``BLOCK_COLUMNS``."""
    return Block(**{name: row[name] for name in BLOCK_COLUMNS.split(", ")})


def values_of(block: Block) -> tuple[str, int, int, int, int, int, int, int]:
    """A block's values in the order of ``BLOCK_COLUMNS``."""
    return (
        block.party,
        block.unit_type,
        block.first,
        block.last,
        block.original_period,
        block.applicable_period,
        block.field6,
        block.project,
    )


def insert_block(connection: sqlite3.Connection, *, account: str, block: Block) -> None:
    """Store a block. Errors: ``sqlite3.IntegrityError`` when a unit of it is known already."""
    connection.execute(
        f"INSERT INTO blocks (account, {BLOCK_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 (constant)
        (account, *values_of(block)),
    )


def overlapping(connection: sqlite3.Connection, block: Block) -> list[sqlite3.Row]:
    """Stored blocks (``id``, ``account`` and ``BLOCK_COLUMNS``) that share a unit with ``block``, in order."""
    rows = connection.execute(
        f"SELECT id, account, {BLOCK_COLUMNS} FROM blocks WHERE party = :party AND last >= :first AND first BETWEEN"  # noqa: S608 (constant)
        "   coalesce((SELECT max(first) FROM blocks WHERE party = :party AND first <= :first), :first) AND :last"
        " ORDER BY first",
        {"party": block.party, "first": block.first, "last": block.last},
    )
    return rows.fetchall()


def read_csv(path: Path) -> list[Holding]:
    """Read a file of holdings. Errors: ``HoldingsRefused`` naming the line; ``OSError`` when it cannot be opened."""
    holdings = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        try:
            if tuple(reader.fieldnames or ()) != COLUMNS:
                raise HoldingsRefused("line 1", f"the columns must be {','.join(COLUMNS)}")
            for row in reader:
                place = f"line {reader.line_num}"
                if None in row or None in row.values():
                    raise HoldingsRefused(place, f"a row has {len(COLUMNS)} values")
                holdings.append(read_holding(row, place=place))
        except csv.Error as error:
            raise HoldingsRefused(f"line {reader.line_num}", str(error)) from error
        except UnicodeDecodeError as error:
            raise HoldingsRefused(f"after line {reader.line_num}", "the file is not UTF-8") from error
    return holdings


def read_holding(row: dict[str, Any], *, place: str) -> Holding:
    """Read one row, of texts or of JSON values. Errors: ``HoldingsRefused``."""
    if set(row) != set(COLUMNS):
        raise HoldingsRefused(place, f"a row has exactly the fields {', '.join(COLUMNS)}")
    if any(isinstance(value, bool) or not isinstance(value, str | int) for value in row.values()):
        raise HoldingsRefused(place, "every field is a text or a whole number")
    text = {name: str(value) for name, value in row.items()}
    if not ACCOUNT_NUMBER.fullmatch(text["account"]):
        raise HoldingsRefused(place, f"{text['account'][:64]!r} is not an account number")
    # Printing the serials and reading them back holds the file to the one grammar, leading zeros included.
    serials = [
        f"{text['party']}-{text['unit_type']}-{number}-{text['original_period']}-{text['applicable_period']}"
        f"-{text['field6']}-{text['project']}"
        for number in (text["start"], text["end"])
    ]
    try:
        return Holding(place=place, account=text["account"], block=parse_block(*serials))
    except MalformedSerial as error:
        raise HoldingsRefused(place, str(error)) from error


def load(database: Database, holdings: Iterable[Holding]) -> Loaded:
    """Put blocks into accounts, all or none. Accounts that are not known are opened as holding accounts.

    A block whose units are all known with the same facts, in whatever accounts, is skipped: loading twice, also after
    some of the units were cancelled, changes nothing. Errors: ``HoldingsRefused`` for any other overlap.
    """
    added = skipped = 0
    with database.write() as connection:
        for holding in holdings:
            block = holding.block
            known = [block_of(row) for row in overlapping(connection, block)]
            if not known:
                if connection.execute("SELECT 1 FROM accounts WHERE number = ?", (holding.account,)).fetchone() is None:
                    _open_account(connection, number=holding.account)
                insert_block(connection, account=holding.account, block=block)
                added += 1
            elif _covers(known, block):
                skipped += 1
            else:
                raise HoldingsRefused(
                    holding.place,
                    f"the block {block.start} to {block.end} overlaps units that the registry knows otherwise,"
                    f" such as {known[0].start} to {known[0].end}",
                )
    return Loaded(added=added, skipped=skipped)


def _covers(known: Sequence[Block], block: Block) -> bool:
    # Stored blocks are disjoint, so their shares of the block can simply be added up.
    shares = sum(min(part.last, block.last) - max(part.first, block.first) + 1 for part in known)
    return shares == block.quantity and all(part.facts == block.facts for part in known)


def _open_account(connection: sqlite3.Connection, *, number: str) -> None:
    connection.execute("INSERT INTO accounts (number, type, state) VALUES (?, ?, 'open')", (number, HOLDING_ACCOUNT))


def set_account_state(database: Database, *, number: str, state: str) -> None:
    """Open, suspend or close an account; one that is not known is opened first as a holding account."""
    with database.write() as connection:
        if connection.execute("SELECT 1 FROM accounts WHERE number = ?", (number,)).fetchone() is None:
            _open_account(connection, number=number)
        connection.execute("UPDATE accounts SET state = ? WHERE number = ?", (state, number))
