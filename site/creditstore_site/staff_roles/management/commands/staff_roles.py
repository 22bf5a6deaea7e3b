"""Say how the groups of staff differ from the table of roles, and make them what it says."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from creditstore_site.staff_roles.services import Difference, differences, repair


class Command(BaseCommand):
    """``manage.py staff_roles [--repair]``."""

    help = "Compare the groups of staff with the roles of docs/how-to/staff-roles.md. Exits with 1 when they differ."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The one choice."""
        parser.add_argument(
            "--repair", action="store_true", help="make the groups what the table says; people stay in their groups"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line for each right that differs."""
        if options["repair"]:
            repaired = repair()
            self._tell(repaired)
            self.stdout.write("Repaired." if repaired else "Nothing to repair.")
            return
        found = [difference for difference in differences() if difference]
        self._tell(found)
        if found:
            raise CommandError("The groups differ from the roles. --repair makes them what the table says.")
        self.stdout.write("The groups are what the table says.")

    def _tell(self, found: list[Difference]) -> None:
        for difference in found:
            for sign, rights in (("lacks", difference.lacks), ("has beyond", difference.beyond)):
                for right in sorted(rights):
                    self.stdout.write(f"{difference.role.group} {sign} {right}")
