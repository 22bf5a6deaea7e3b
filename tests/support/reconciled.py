"""Rows as reconciliation writes them, without a registry to ask."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from creditstore.reconciliation.models import OpenItem, Run, Step

NOW = datetime.now(UTC)


def make_run(*, days_ago: int = 0, **changes: Any) -> Run:
    at = NOW - timedelta(days=days_ago)
    run = Run.objects.create(
        **{"actor": "schedule", "state": "finished", "started_at": at, "finished_at": at, **changes}
    )
    for stage, outcome, compared in (("orders", "matched", 12345), ("totals", "not_told", 0)):
        Step.objects.create(run=run, stage=stage, outcome=outcome, compared=compared, asked_at=at, note="a note")
    return run


def make_item(run: Run, **changes: Any) -> OpenItem:
    values = {
        "stage": "records",
        "plugin": "registry_cdm",
        "account": "ACC-7",
        "kind": "other_range",
        "subject": "record:registry_cdm:CDM-000000007",
        "facts": {"transaction": "CDM-000000007", "asked": ["CL 1-3"], "cancelled": ["CL 4-6"]},
        "first_run": run,
        "first_seen": run.started_at,
        "last_seen": run.started_at,
    }
    return OpenItem.objects.create(**{**values, **changes})
