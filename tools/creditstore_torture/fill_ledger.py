"""Fill a store's database for replays: every project, and not one unit: ``python -m creditstore_torture.fill_ledger``.

Projects that lost their registration later were registered when their units were issued and cancelled: here they are.
"""

from __future__ import annotations

import gzip
import tempfile
from pathlib import Path

import django


def main() -> None:
    """Migrate, take in the projects, make a seller, publish terms."""
    django.setup()
    from django.core.management import call_command

    from creditstore.catalogue.importing import import_cdm
    from creditstore.catalogue.models import Project
    from creditstore.catalogue.rows import CANCELLATION_COLUMNS, ISSUANCE_COLUMNS
    from creditstore_site.demo import data

    call_command("migrate", interactive=False, verbosity=0)
    with tempfile.TemporaryDirectory() as folder:
        empty = {name: Path(folder) / f"{name}.csv.gz" for name in ("issuances", "cancellations")}
        for name, columns in (("issuances", ISSUANCE_COLUMNS), ("cancellations", CANCELLATION_COLUMNS)):
            empty[name].write_bytes(gzip.compress((",".join(columns) + "\n").encode()))
        import_cdm(issuances=empty["issuances"], cancellations=empty["cancellations"])
    Project.objects.exclude(status="registered").update(status="registered")
    data.load_sellers()
    data.load_terms()


if __name__ == "__main__":
    main()
