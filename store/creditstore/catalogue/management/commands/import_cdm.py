"""``manage.py import_cdm``: take in the CDM facts that the project ships, or others in the same form."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from creditstore.catalogue import importing
from creditstore.catalogue.importing import ImportRefused, import_cdm

ItemT = TypeVar("ItemT")


class Command(BaseCommand):
    """See ``creditstore.catalogue.importing``."""

    help = "Take in CDM projects, issuances and past cancellations: all of them, or none with the reasons."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One file per table."""
        for table, path in (
            ("projects", importing.PROJECTS),
            ("extra", importing.EXTRA),
            ("deregistered", importing.DEREGISTERED),
            ("issuances", importing.ISSUANCES),
            ("cancellations", importing.CANCELLATIONS),
            ("methodologies", importing.METHODOLOGIES),
            ("scopes", importing.SCOPES),
        ):
            parser.add_argument(f"--{table}", type=Path, default=path, help=f"CSV or CSV.gz; shipped: {path.name}")
        parser.add_argument("--dry-run", action="store_true", help="do and check everything, and keep nothing")
        parser.add_argument(
            "--skip-refused",
            action="store_true",
            help="leave refused rows out, with what depends on them, instead of taking in nothing",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it and say what it did."""
        tables = ("projects", "extra", "deregistered", "issuances", "cancellations", "methodologies", "scopes")
        try:
            report = import_cdm(
                **{table: options[table] for table in tables},
                dry_run=options["dry_run"],
                skip_refused=options["skip_refused"],
                progress=_bars,
            )
        except ImportRefused as refused:
            for refusal in refused.refusals:
                self.stderr.write(str(refusal))
            raise CommandError(f"Nothing was imported: {len(refused.refusals)} refused.") from refused
        for line in report.lines():
            self.stdout.write(line)


def _bars(items: Iterable[ItemT], *, step: str, total: int) -> Iterable[ItemT]:
    """A bar for each step, on standard error and only when that is a terminal."""
    return tqdm(items, desc=step, total=total, disable=None, leave=False)
