"""Transactions as the registry keeps them: taking a proposal, and telling where a transaction stands."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime
from typing import Any

from creditstore_registry_cdm.codes import CANCELLATION, VOLUNTARY_CANCELLATION_ACCOUNT, Code, State
from creditstore_registry_cdm.serials import Block
from creditstore_registry_cdm.simulator.database import Database
from creditstore_registry_cdm.simulator.holdings import BLOCK_COLUMNS, block_of, values_of
from creditstore_registry_cdm.simulator.messages import MessageRefused, Proposal, Response


def timestamp(moment: float) -> str:
    """RFC 3339 UTC with microseconds: cutting to seconds could place a completion before its own proposal."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def transaction_number(transaction_id: int) -> str:
    """The registry's own id of a transaction, as it is told to everybody."""
    return f"CDM-{transaction_id:09d}"


def propose(database: Database, proposal: Proposal, *, now: float, delay: float) -> bool:
    """Take a proposal; True when it is new, False when the same one was taken before.

    Parameters: ``now``, seconds since the epoch; ``delay``, seconds until it is completed or terminated.
    Errors: ``MessageRefused`` (10006) when the key belongs to other content.
    """
    with database.write() as connection:
        known = connection.execute("SELECT content FROM transactions WHERE key = ?", (proposal.key,)).fetchone()
        if known is not None:
            if known["content"] != proposal.content:
                raise MessageRefused(Response.of(Code.TRANSACTION_EXISTS), key=proposal.key, status=409)
            return False
        cursor = connection.execute(
            "INSERT INTO transactions (key, content, account, beneficiary, reason, due_at) VALUES (?, ?, ?, ?, ?, ?)",
            (
                proposal.key,
                proposal.content,
                proposal.account,
                proposal.beneficiary,
                proposal.reason,
                now + delay / 2,
            ),
        )
        connection.executemany(
            f"INSERT INTO transaction_blocks (transaction_id, position, {BLOCK_COLUMNS})"  # noqa: S608 (constant)
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(cursor.lastrowid, position, *values_of(block)) for position, block in enumerate(proposal.blocks)],
        )
        connection.execute(
            "INSERT INTO transaction_states (transaction_id, state, at) VALUES (?, ?, ?)",
            (cursor.lastrowid, State.PROPOSED, timestamp(now)),
        )
    return True


def is_known(database: Database, key: str) -> bool:
    """True when a transaction was taken under this key."""
    with database.read() as connection:
        return connection.execute("SELECT 1 FROM transactions WHERE key = ?", (key,)).fetchone() is not None


def asked_blocks(connection: sqlite3.Connection, transaction_id: int) -> list[Block]:
    """The blocks of a transaction, in the order they were given."""
    rows = connection.execute(
        f"SELECT {BLOCK_COLUMNS} FROM transaction_blocks WHERE transaction_id = ? ORDER BY position",  # noqa: S608 (constant)
        (transaction_id,),
    )
    return [block_of(row) for row in rows]


def describe(database: Database, key: str) -> dict[str, Any] | None:
    """Everything the registry tells about a transaction, as JSON values; None when the key was never seen."""
    with database.read() as connection:
        row = connection.execute("SELECT * FROM transactions WHERE key = ?", (key,)).fetchone()
        if row is None:
            return None
        blocks = asked_blocks(connection, row["id"])
        states = connection.execute(
            "SELECT state, at FROM transaction_states WHERE transaction_id = ? ORDER BY state", (row["id"],)
        ).fetchall()
        responses = connection.execute(
            "SELECT code, message, blocks FROM transaction_responses WHERE transaction_id = ? ORDER BY position",
            (row["id"],),
        ).fetchall()
    return {
        "transaction": transaction_number(row["id"]),
        "key": row["key"],
        "type": CANCELLATION,
        "account": row["account"],
        "destination_account_type": VOLUNTARY_CANCELLATION_ACCOUNT,
        "blocks": [block_answer(block) for block in blocks],
        "quantity": sum(block.quantity for block in blocks),
        "beneficiary": row["beneficiary"],
        "reason": row["reason"],
        "state": row["state"],
        "state_name": State(row["state"]).name.lower(),
        "completed_at": row["completed_at"],
        "responses": [
            {"code": response["code"], "message": response["message"], "blocks": json.loads(response["blocks"])}
            for response in responses
        ],
        "history": [{"state": entry["state"], "at": entry["at"]} for entry in states],
    }


def block_answer(block: Block) -> dict[str, str]:
    """A block as answers print it."""
    return {"start": block.start, "end": block.end}


def response_answer(response: Response) -> dict[str, Any]:
    """A response code as answers print it."""
    return {
        "code": int(response.code),
        "message": response.message,
        "blocks": [block_answer(block) for block in response.blocks],
    }
