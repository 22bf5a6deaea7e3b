"""``manage.py load_demo``: fill a store with the demonstration's data. Safe to repeat."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from creditstore.catalogue.importing import ImportRefused
from creditstore_site.demo.data import NotADemo, load_demo


class Command(BaseCommand):
    """See ``creditstore_site.demo.data``."""

    help = "Load real CDM projects and invented sellers, offers and staff into a demonstration's database."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it, one line per step unless --verbosity=0."""

        def say(line: str) -> None:
            if options["verbosity"]:
                self.stdout.write(line)

        try:
            load_demo(say=say)
        except (NotADemo, ImportRefused) as error:
            raise CommandError(str(error)) from error
