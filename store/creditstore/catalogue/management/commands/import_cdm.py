"""``manage.py import_cdm``: take in the CDM facts that the project ships, or others in the same form."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from creditstore.catalogue import importing
from creditstore.catalogue.importing import ImportRefused, import_cdm

#: A wrong file can have a refusal on every line: as many as fit on a few screens.
_SHOWN = 100


class Command(BaseCommand):
    """See ``creditstore.catalogue.importing``."""

    help = "Take in CDM projects, issuances and past cancellations: all of them, or none with the reasons."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One file per table."""
        for table, path in (
            ("projects", importing.PROJECTS),
            ("issuances", importing.ISSUANCES),
            ("cancellations", importing.CANCELLATIONS),
            ("methodologies", importing.METHODOLOGIES),
            ("scopes", importing.SCOPES),
        ):
            parser.add_argument(f"--{table}", type=Path, default=path, help=f"CSV or CSV.gz; shipped: {path.name}")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it and say what it did."""
        try:
            report = import_cdm(
                projects=options["projects"],
                issuances=options["issuances"],
                cancellations=options["cancellations"],
                methodologies=options["methodologies"],
                scopes=options["scopes"],
            )
        except ImportRefused as refused:
            for refusal in refused.refusals[:_SHOWN]:
                self.stderr.write(str(refusal))
            if len(refused.refusals) > _SHOWN:
                self.stderr.write(f"... and {len(refused.refusals) - _SHOWN} more")
            raise CommandError(f"Nothing was imported: {len(refused.refusals)} refused.") from refused
        for table in report.__slots__:
            counted = getattr(report, table)
            self.stdout.write(
                f"{table}: {counted.created} new, {counted.updated} changed, {counted.unchanged} as they were"
            )
        if not report.changed:
            self.stdout.write("Nothing has changed.")
