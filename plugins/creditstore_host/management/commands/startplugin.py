"""``manage.py startplugin``: writes a new plugin that passes the conformance kit as it is. Needs no database."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from creditstore_host.scaffolding import KINDS, CannotScaffold, write_plugin


class Command(BaseCommand):
    """Writes DIR/NAME."""

    help = "Write a new plugin into DIR/NAME: a project of its own with tests that pass."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """NAME, the kind and where to."""
        parser.add_argument("name", help="the distribution's name, for instance pay-example")
        parser.add_argument("--kind", required=True, choices=KINDS)
        parser.add_argument("--directory", default=".", type=Path, help="where to write it (by default here)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it, and say what to do next."""
        try:
            project = write_plugin(name=options["name"], kind=options["kind"], directory=options["directory"])
        except CannotScaffold as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{project} is written. Next:\n  cd {project}\n  python -m pytest\n  python -m pip install -e ."
        )
