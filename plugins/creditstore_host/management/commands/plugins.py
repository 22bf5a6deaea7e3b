"""``manage.py plugins``: which plugins were found, what became of each, and why. Needs no database.

``plugins doctor`` asks each for its health as well, ``plugins requirements`` names what brought them.
``plugins reseal`` encrypts stored secrets anew; that one needs the database.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from creditstore_host.choices import reseal_all
from creditstore_host.discovery import SAFE_VARIABLE, STRICT_VARIABLE, switched_on
from creditstore_host.installation import get_host
from creditstore_host.records import PluginRecord
from creditstore_host.sealing import CannotSeal
from creditstore_plugins import ENTRY_POINT_GROUP, Severity

_HEADINGS = ("ID", "STATE", "KIND", "HOOKS", "DISTRIBUTION", "VERSION", "API")


class Command(BaseCommand):
    """Lists plugins. Exits 0 with quarantined ones too: they are for the operator to see, not a failure to list.

    The doctor exits 1 when any plugin is quarantined or says that it cannot do its work.
    """

    help = "List the plugins that were found, loaded or quarantined, and why. -v 2 adds tracebacks."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """``--json`` for programs; docs/reference/plugins.md has its fields."""
        parser.add_argument("what", nargs="?", choices=["list", "doctor", "requirements", "reseal"], default="list")
        parser.add_argument("--json", action="store_true", help="print the list as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what the host recorded when the store started."""
        if options["what"] == "reseal":
            self._reseal()
            return
        records = get_host().plugins()
        if options["what"] == "requirements":
            self.stdout.write("\n".join(_requirements(records)))
            return
        if options["what"] == "doctor":
            self._doctor(records)
            return
        if options["json"]:
            self.stdout.write(json.dumps(_document(records), indent=2, ensure_ascii=False))
            return
        self.stdout.write(_table(records))
        for record in records:
            if record.state == "quarantined":
                self.stdout.write(f"\n{record.id} ({record.distribution}) is quarantined: {record.reason}")
                if options["verbosity"] >= 2 and record.traceback:
                    self.stdout.write(record.traceback)

    def _reseal(self) -> None:
        """Put sealed secrets under the first key. Errors: ``CommandError`` when one cannot be opened."""
        try:
            self.stdout.write(f"{reseal_all()} secrets are sealed with the first key.")
        except CannotSeal as error:
            raise CommandError(f"Nothing was changed: {error}.") from error

    def _doctor(self, records: Sequence[PluginRecord]) -> None:
        """Every plugin's health, asked now. Errors: ``SystemExit`` when any of them is ill."""
        ill = 0
        for record in records:
            if record.state == "quarantined":
                ill += 1
                self.stdout.write(f"{record.id}: quarantined: {record.reason}")
            if record.state == "disabled":
                self.stdout.write(f"{record.id}: {record.reason}")
            if record.state != "loaded":
                continue
            findings = get_host().findings_of(record.id)
            ill += any(finding.severity is Severity.ERROR for finding in findings)
            for finding in findings:
                self.stdout.write(f"{record.id}: {finding.severity}: {finding.message}")
            if not findings:
                self.stdout.write(f"{record.id}: well")
        if ill:
            sys.exit(1)


def _requirements(records: Sequence[PluginRecord]) -> list[str]:
    """What to install to have the same plugins elsewhere, as pip reads it; without the store itself."""
    return sorted({f"{record.distribution}=={record.version}" for record in records if not record.bundled})


def _document(records: Sequence[PluginRecord]) -> dict[str, Any]:
    return {
        "group": ENTRY_POINT_GROUP,
        "strict": switched_on(STRICT_VARIABLE),
        "safe": switched_on(SAFE_VARIABLE),
        "plugins": [asdict(record) for record in records],
    }


def _table(records: Sequence[PluginRecord]) -> str:
    if not records:
        return f"No plugin is installed in the group {ENTRY_POINT_GROUP}."
    rows = [_HEADINGS] + [
        (
            record.id,
            record.state,
            ", ".join(record.kinds) or "-",
            ", ".join(record.hooks) or "-",
            record.distribution,
            record.version or "-",
            record.api,
        )
        for record in records
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
