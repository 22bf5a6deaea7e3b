"""Writes docs/explanation/states.md from the state tables: ``python -m support.state_docs`` in ``tests`` renews it."""

from __future__ import annotations

from pathlib import Path

from creditstore.core.state_table import StateTable

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "states.md"

INTRODUCTION = """# States

Generated from the tables in the code; a test fails when this page and they differ. Each table is also a trigger in
the database, so no statement can take a way that is not listed. Every change writes an audit row
(`TransitionRecord`) in the same transaction, and asking for the state that is already there does nothing.

A line's state is set by payments and registries; an order's state follows from its lines (`orders/fulfilment.py`).
"""


def tables() -> list[StateTable]:
    from creditstore.cancellation.models import TRANSACTIONS
    from creditstore.certificates.models import CERTIFICATES
    from creditstore.credits.models import BLOCKS, OFFERS, RESERVATIONS
    from creditstore.desk.models import APPROVALS
    from creditstore.orders.states import LINES, ORDERS, SUBSTITUTIONS
    from creditstore.payments.models import PAYMENTS, REFUNDS
    from creditstore.webhooks.models import WEBHOOKS
    from creditstore_content.pledge.states import LISTINGS, PLEDGES, REPORTS

    return [
        ORDERS,
        LINES,
        PAYMENTS,
        REFUNDS,
        TRANSACTIONS,
        SUBSTITUTIONS,
        APPROVALS,
        CERTIFICATES,
        OFFERS,
        RESERVATIONS,
        BLOCKS,
        WEBHOOKS,
        PLEDGES,
        LISTINGS,
        REPORTS,
    ]


def document() -> str:
    parts = [INTRODUCTION]
    for table in tables():
        parts.append(
            f"\n## {table.name.replace('_', ' ').capitalize()}\n\n{diagram(table)}\n| from | to |\n| --- | --- |\n"
        )
        for state, following in table.edges.items():
            parts.append(f"| {state} | {', '.join(sorted(following)) or '(final)'} |\n")
    return "".join(parts)


def diagram(table: StateTable) -> str:
    """The table as a Mermaid diagram; a row begins in the first state."""
    edges = [("[*]", table.states[0])]
    for state, following in table.edges.items():
        edges += [(state, target) for target in sorted(following)] or [(state, "[*]")]
    lines = "".join(f"    {source} --> {target}\n" for source, target in edges)
    return f"```mermaid\nstateDiagram-v2\n{lines}```\n"


if __name__ == "__main__":
    import django

    django.setup()
    DOCUMENT.write_text(document(), encoding="utf-8")
