"""``manage.py audit_ledger``: recompute every invariant of the ledger from its rows."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from creditstore.audit.services import AuditResult, run_audit


class Command(BaseCommand):
    """Prints a table; exits with 1 when anything is wrong."""

    help = "Recompute the thirteen invariants of the ledger from its rows. Changes nothing; exits with 1 on a breach."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The command line."""
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Audit and print."""
        audit = run_audit()
        self.stdout.write(_as_json(audit) if options["json"] else _as_table(audit))
        if audit.breaches:
            sys.exit(1)


def _as_json(audit: AuditResult) -> str:
    return json.dumps(
        {
            "started_at": audit.started_at.isoformat(),
            "milliseconds": audit.milliseconds,
            "rows": audit.rows,
            "breaches": audit.breaches,
            "results": [asdict(result) for result in audit.results],
        },
        indent=2,
    )


def _as_table(audit: AuditResult) -> str:
    lines = [f"{'':>2}  {'check':<38} {'rows':>10} {'breaches':>10} {'ms':>8}"]
    for result in sorted(audit.results, key=lambda result: result.invariant):
        numbers = f"{result.rows:>10} {result.breaches:>10} {result.milliseconds:>8}"
        lines.append(f"{result.invariant:>2}  {result.name:<38} {numbers}")
        lines += [f"      {result.subject} {breach.id}: {breach.detail}" for breach in result.shown]
        if result.breaches > len(result.shown):
            lines.append(f"      and {result.breaches - len(result.shown)} more")
    lines.append(f"{'':>2}  {'all':<38} {audit.rows:>10} {audit.breaches:>10} {audit.milliseconds:>8}")
    return "\n".join(lines)
