"""What the registry tells of its own books: an account's totals, its blocks, its completed cancellations. In pages."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from creditstore_registry_cdm.codes import MAX_BLOCKS
from creditstore_registry_cdm.simulator.database import Database
from creditstore_registry_cdm.simulator.holdings import BLOCK_COLUMNS, block_of
from creditstore_registry_cdm.simulator.transactions import asked_blocks, block_answer, timestamp, transaction_number

#: How many entries a page has when nobody asks for fewer, and at most.
PAGE = 1000
#: A page of cancellations ends early when it names so many blocks: one of them alone may name the most there can be.
_BLOCKS_PER_PAGE = 2 * MAX_BLOCKS
_BLOCK_CURSOR = re.compile(r"([A-Z]{2})\.([0-9]{1,19})")
_RECORD_CURSOR = re.compile(r"([0-9TZ:.-]{20,32})_([0-9]{1,18})")


class Unreadable(ValueError):
    """A question cannot be read; the text says which part of it."""


def account_totals(database: Database, *, number: str) -> dict[str, Any] | None:
    """What an account is, holds and cancelled; None when it does not exist."""
    with database.read() as connection:
        account = connection.execute("SELECT number, type, state FROM accounts WHERE number = ?", (number,)).fetchone()
        if account is None:
            return None
        lengths = [
            length
            for (length,) in connection.execute("SELECT last - first + 1 FROM blocks WHERE account = ?", (number,))
        ]
        cancelled = connection.execute(
            "SELECT last - first + 1 FROM transaction_blocks WHERE transaction_id IN"
            " (SELECT id FROM transactions WHERE account = ? AND state = 4)",
            (number,),
        )
        return {
            "account": account["number"],
            "type": account["type"],
            "state": account["state"],
            # Added up here: SQLite's sum() fails above 64 bits.
            "quantity": sum(lengths),
            "block_count": len(lengths),
            "cancelled": sum(length for (length,) in cancelled),
        }


def account_blocks(database: Database, *, number: str, asked: Mapping[str, str]) -> dict[str, Any] | None:
    """An account's totals and a page of its blocks, by Party and number.

    Parameters: ``asked``, from the address: ``limit`` and ``cursor``. Errors: ``Unreadable``.
    """
    limit = _limit(asked)
    party, first = "", 0
    if cursor := asked.get("cursor", ""):
        found = _BLOCK_CURSOR.fullmatch(cursor)
        if found is None or int(found[2]) >= 2**63:
            raise Unreadable("cursor")
        party, first = found[1], int(found[2])
    answer = account_totals(database, number=number)
    if answer is None:
        return None
    with database.read() as connection:
        rows = connection.execute(
            f"SELECT {BLOCK_COLUMNS} FROM blocks WHERE account = ? AND (party, first) > (?, ?)"  # noqa: S608 (constant)
            " ORDER BY party, first LIMIT ?",
            (number, party, first, limit + 1),
        ).fetchall()
    blocks = [block_of(row) for row in rows[:limit]]
    return {
        **answer,
        "blocks": [{**block_answer(block), "quantity": block.quantity} for block in blocks],
        "next": f"{blocks[-1].party}.{blocks[-1].first}" if len(rows) > limit else None,
    }


def account_cancellations(database: Database, *, number: str, asked: Mapping[str, str]) -> dict[str, Any] | None:
    """A page of the completed cancellations from an account, in the order in which they were completed.

    Parameters: ``asked``, from the address: ``since`` (RFC 3339), ``limit`` and ``cursor``. Errors: ``Unreadable``.
    """
    limit = _limit(asked)
    after, after_id = _since(asked), 0
    if cursor := asked.get("cursor", ""):
        found = _RECORD_CURSOR.fullmatch(cursor)
        if found is None:
            raise Unreadable("cursor")
        after, after_id = found[1], int(found[2])
    with database.read() as connection:
        if connection.execute("SELECT 1 FROM accounts WHERE number = ?", (number,)).fetchone() is None:
            return None
        rows = connection.execute(
            # The state is written out (completed), so that the index of completed ones is used.
            "SELECT id, key, beneficiary, completed_at FROM transactions"
            " WHERE account = ? AND state = 4 AND (completed_at, id) > (?, ?) ORDER BY completed_at, id LIMIT ?",
            (number, after, after_id, limit + 1),
        ).fetchall()
        records: list[dict[str, Any]] = []
        blocks = 0
        for row in rows[:limit]:
            record = _record(connection, row)
            blocks += len(record["blocks"])
            if records and blocks > _BLOCKS_PER_PAGE:
                break
            records.append(record)
    last = rows[len(records) - 1] if len(rows) > len(records) else None
    return {
        "account": number,
        "cancellations": records,
        "next": f"{last['completed_at']}_{last['id']}" if last is not None else None,
    }


def _record(connection: sqlite3.Connection, row: sqlite3.Row) -> dict[str, Any]:
    return {
        "transaction": transaction_number(row["id"]),
        "key": row["key"],
        "blocks": [block_answer(block) for block in asked_blocks(connection, row["id"])],
        "beneficiary": row["beneficiary"],
        "completed_at": row["completed_at"],
    }


def _limit(asked: Mapping[str, str]) -> int:
    text = asked.get("limit", str(PAGE))
    if not re.fullmatch("[0-9]{1,6}", text) or int(text) < 1:
        raise Unreadable("limit")
    return min(int(text), PAGE)


def _since(asked: Mapping[str, str]) -> str:
    text = asked.get("since", "")
    if not text:
        return ""
    try:
        moment = datetime.fromisoformat(text)
        if moment.utcoffset() is None:
            raise ValueError("no time zone")
        # Times are compared as they are stored: all of one length, so their order is that of the moments.
        return timestamp(moment.astimezone(UTC).timestamp())
    except (ValueError, OverflowError, OSError) as error:
        raise Unreadable("since") from error
