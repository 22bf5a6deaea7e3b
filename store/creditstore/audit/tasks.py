"""The nightly audit."""

from __future__ import annotations

from procrastinate.contrib.django import app

from creditstore.audit.services import record_audit


@app.periodic(cron="41 2 * * *")
@app.task(name="creditstore.audit.run", queueing_lock="creditstore.audit.run")
def run(timestamp: int) -> None:
    """Every night: recompute the ledger's invariants from its rows."""
    record_audit()
