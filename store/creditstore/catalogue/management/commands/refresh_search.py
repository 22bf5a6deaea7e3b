"""``manage.py refresh_search``: write the search tables anew."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from creditstore.catalogue.indexing import refresh_search


class Command(BaseCommand):
    """Write the search tables anew from the facts, after projects were changed in bulk."""

    help = "Bring the search up to date with the facts of all projects, or of those named."

    def add_arguments(self, parser: CommandParser) -> None:
        """References, if not all."""
        parser.add_argument("refs", nargs="*", metavar="ref", help="a project's reference, such as 0009")

    def handle(self, *args: Any, refs: list[str], **options: Any) -> None:
        """Do it."""
        refresh_search(refs=refs or None)
        print("The search is up to date.")
