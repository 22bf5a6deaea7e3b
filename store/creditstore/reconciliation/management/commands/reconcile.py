"""``manage.py reconcile``: hold our rows against those of payment providers and the registry."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from creditstore.core.errors import StoreError
from creditstore.reconciliation.models import OpenItem
from creditstore.reconciliation.services import reconcile


class Command(BaseCommand):
    """Runs a reconciliation now. Exits with 1 when items are open or somebody gave no answer."""

    help = (
        "Compare payments, cancellations and holdings with the payment providers and the registry, and show the result."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """``--full`` compares every stage from the beginning."""
        parser.add_argument("--full", action="store_true", help="every stage, and from the beginning")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run, print a line for each comparison and each open item."""
        try:
            run = reconcile(actor="command", full=options["full"])
        except StoreError as error:
            raise CommandError(error.message) from error
        untold = False
        for step in run.steps.all():
            untold |= step.outcome == "not_told"
            name = " ".join(filter(None, (step.stage, step.plugin, step.account)))
            counts = f"{step.compared} compared, {step.differing} unmatched"
            self.stdout.write(f"{name:<48} {step.outcome:<12} {counts}{f' ({step.note})' if step.note else ''}")
        items = list(OpenItem.objects.filter(closed_at=None))
        for item in items:
            self.stdout.write(f"unmatched since {item.first_seen:%Y-%m-%d}: {item.kind} {item.subject}")
        self.stdout.write(f"unmatched: {len(items)}")
        if items or untold:
            raise CommandError("not everything matches", returncode=1)
