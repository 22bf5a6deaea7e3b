"""Bring the database, the demo's data and the static files up to date: ``python -m creditstore_site.demo.prepare``.

A process of its own that ends before the store starts: the supervisor stays small, and all steps share one Django.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from creditstore_site.demo.places import STATIC_STAMP
from creditstore_site.demo.progress import step


def main() -> int:
    """Run the steps that are needed; each is safe to repeat. Raises what a step raises."""
    with step("Store's programs"):
        import django

        django.setup()
    from django.core.management import call_command

    from creditstore_site.demo.first_reconciliation import ask_for_first_reconciliation
    from creditstore_site.demo.pledges import load_pledges
    from creditstore_site.demo.waiting import ask_for_waiting_orders

    with step("Database"):
        if _migrations_wait():
            call_command("migrate", interactive=False, verbosity=0)
    with step("Demo data"):
        call_command("load_demo", verbosity=0)
        load_pledges()
        # The worker makes them when the simulated registry is there to refuse them.
        ask_for_waiting_orders()
        ask_for_first_reconciliation()
    with step("Static files"):
        fingerprint = _static_fingerprint()
        if not STATIC_STAMP.exists() or STATIC_STAMP.read_text() != fingerprint:
            call_command("collectstatic", interactive=False, clear=True, verbosity=0)
            STATIC_STAMP.write_text(fingerprint)
    return 0


def _migrations_wait() -> bool:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _static_fingerprint() -> str:
    """A hash over which static files there are, how long and how old: hashing and compressing them takes far longer."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders

    found = hashlib.sha256(str(Path(settings.STATIC_ROOT).exists()).encode())
    found.update(str(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            about = Path(storage.path(name)).stat()
            found.update(f"{name}\0{about.st_size}\0{about.st_mtime_ns}\n".encode())
    return found.hexdigest()


if __name__ == "__main__":
    sys.exit(main())
