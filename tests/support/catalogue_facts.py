"""Small facts files of an invented project in Namibia, whose units no shipped file touches."""

from __future__ import annotations

import csv
import gzip
import io
from dataclasses import dataclass, field
from pathlib import Path

from creditstore.catalogue.importing import ImportReport, import_cdm
from creditstore.catalogue.rows import CANCELLATION_COLUMNS, ISSUANCE_COLUMNS, PROJECT_COLUMNS

REF = "9990"


def project_row() -> dict[str, str]:
    return {
        "ref": REF,
        "activity_type": "PA",
        "title": "Dünen Wind Farm at Lüderitz",
        "host_country_iso2": "NA",
        "subnational_region": "Karas",
        "other_parties": "Norway",
        "sectoral_scopes": "1",
        "methodologies": "AMS-I.D.;ACM0002",
        "scale": "small",
        "project_type": "Wind",
        "project_subtype": "Wind",
        "installed_capacity_mw": "9.5",
        "registered_on": "2012-03-01",
        "crediting_period_type": "Fixed",
        "crediting_start": "2012-04-01",
        "crediting_end": "2022-03-31",
        "annual_reductions_t": "20000",
        "doe": "A validator",
        "latitude": "-26.6",
        "longitude": "15.2",
        "url": "",
        "source": "invented for a test",
    }


def issuance_row(start: int, end: int) -> dict[str, str]:
    return {
        "ref": REF,
        "party": "NA",
        "unit_type": "CER",
        "commitment_period": "2",
        "block_start": str(start),
        "block_end": str(end),
        "quantity": str(end - start + 1),
        "issued_at": "2016-05-31T08:15:00Z",
        "monitoring_start": "2014-01-01",
        "monitoring_end": "2014-12-31",
    }


def cancellation_row(start: int, end: int) -> dict[str, str]:
    return {
        "ref": REF,
        "party": "NA",
        "unit_type": "CER",
        "commitment_period": "2",
        "block_start": str(start),
        "block_end": str(end),
        "cancelled_at": "2018-02-03T10:00:00Z",
        "via_un_platform": "yes",
    }


@dataclass
class FactFiles:
    """Rows to change, and one way to import them."""

    folder: Path
    projects: list[dict[str, str]] = field(default_factory=lambda: [project_row()])
    issuances: list[dict[str, str]] = field(default_factory=lambda: [issuance_row(1, 1000), issuance_row(1001, 1500)])
    cancellations: list[dict[str, str]] = field(
        default_factory=lambda: [cancellation_row(11, 20), cancellation_row(901, 1000), cancellation_row(1001, 1500)]
    )

    def import_them(self) -> ImportReport:
        return import_cdm(
            projects=self.write("projects.csv", PROJECT_COLUMNS, self.projects),
            issuances=self.write("issuances.csv", ISSUANCE_COLUMNS, self.issuances),
            cancellations=self.write("cancellations.csv.gz", CANCELLATION_COLUMNS, self.cancellations),
        )

    def write(self, name: str, columns: tuple[str, ...], rows: list[dict[str, str]]) -> Path:
        path = self.folder / name
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, columns)
        writer.writeheader()
        writer.writerows(rows)
        data = text.getvalue().encode()
        path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
        return path
