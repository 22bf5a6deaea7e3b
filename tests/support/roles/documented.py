"""The tables of docs/how-to/staff-roles.md, read back."""

from __future__ import annotations

import re
from pathlib import Path

DOC = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "staff-roles.md"
YES = "yes"


def documented_actions() -> dict[str, frozenset[str]]:
    """What each row of the tables with a column for every role says: who may do it."""
    found = {}
    for header, *rows in _tables():
        if header[0] == "action":
            for action, *cells in rows:
                found[action] = frozenset(group for group, cell in zip(header[1:], cells, strict=True) if cell == YES)
    return found


def documented_rights() -> dict[str, frozenset[str]]:
    """The rights by name of each group."""
    for header, *rows in _tables():
        if header[:2] == ["group", "rights by name"]:
            return {group: frozenset(re.findall(r"`([\w.]+)`", rights)) for group, rights in rows}
    return {}


def _tables() -> list[list[list[str]]]:
    tables: list[list[list[str]]] = [[]]
    for line in DOC.read_text(encoding="utf-8").splitlines():
        if line.startswith("|"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if set(cells[0]) - {"-", " "}:
                tables[-1].append(cells)
        elif tables[-1]:
            tables.append([])
    return [table for table in tables if table]
