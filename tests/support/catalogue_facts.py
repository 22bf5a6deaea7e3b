"""Small facts files of an invented project in Namibia, whose units no shipped file touches."""

from __future__ import annotations

import csv
import gzip
import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from creditstore.catalogue.importing import ImportReport, import_cdm
from creditstore.catalogue.rows import (
    CANCELLATION_COLUMNS,
    DEREGISTERED_COLUMNS,
    EXTRA_COLUMNS,
    ISSUANCE_COLUMNS,
    PROJECT_COLUMNS,
)

REF = "9990"

Row = dict[str, str]


def project_row(ref: str = REF) -> Row:
    return {
        "ref": ref,
        "title": "Dünen Wind Farm at Lüderitz",
        "host_country_iso2": "NA",
        "other_parties": "Norway",
        "sectoral_scopes": "1",
        "methodologies": "AMS-I.D.;ACM0002",
        "scale": "small",
        "project_type": "Wind",
        "registered_on": "2012-03-01",
        "crediting_start": "2012-04-01",
        "crediting_end": "2026-03-31",
        "annual_reductions_t": "20000",
        "cers_issued_cp1": "",
        "cers_issued_cp2": "",
        "doe": "A validator",
        "latitude": "-26.6",
        "longitude": "15.2",
        "url": "https://cdm.unfccc.int/Projects/redirector?ref=9990",
        "source": "invented for a test",
    }


def extra_row(ref: str = REF) -> Row:
    return {
        "ref": ref,
        "activity_type": "PA",
        "unique_id": "ABCDEFGHIJKLMNOPQRSTUVWXYZ1234",
        "project_subtype": "Wind",
        "methodology_versions": "AMS-I.D. ver. 17; ACM0002 ver. 12",
        "crediting_period_type": "Renewable",
        "period1_start": "2012-04-01",
        "period1_end": "2019-03-31",
        "period2_start": "2019-04-01",
        "period2_end": "2026-03-31",
        "period3_start": "",
        "period3_end": "",
        "annual_reductions_period1_t": "20000",
        "annual_reductions_period2_t": "18000",
        "annual_reductions_period3_t": "",
        "installed_capacity_mw": "9.5",
        "subnational_region": "Karas",
        "tcers_lcers_issued": "",
        "validation_page": "https://cdm.unfccc.int/Projects/Validation/DB/ABCDEFGHIJKLMNOPQRSTUVWXYZ1234/view.html",
    }


def issuance_row(start: int, end: int, *, ref: str = REF) -> Row:
    return {
        "ref": ref,
        "party_iso2": "NA",
        "unit_type": "CER",
        "commitment_period": "2",
        "block_start": str(start),
        "block_end": str(end),
        "quantity": str(end - start + 1),
        "issued_at": "2016-05-31T08:15:00Z",
        "monitoring_start": "2014-01-01",
        "monitoring_end": "2014-12-31",
    }


def cancellation_row(start: int, end: int, *, ref: str = REF) -> Row:
    return {
        "ref": ref,
        "party_iso2": "NA",
        "unit_type": "CER",
        "commitment_period": "2",
        "block_start": str(start),
        "block_end": str(end),
        "quantity": str(end - start + 1),
        "cancelled_at": "2018-02-03T10:00:00Z",
        "via_un_platform": "yes",
    }


@dataclass
class FactFiles:
    """Rows to change, and one way to import them."""

    folder: Path
    projects: list[Row] = field(default_factory=lambda: [project_row()])
    extra: list[Row] = field(default_factory=lambda: [extra_row()])
    deregistered: list[Row] = field(default_factory=list)
    issuances: list[Row] = field(default_factory=lambda: [issuance_row(1, 1000), issuance_row(1001, 1500)])
    cancellations: list[Row] = field(
        default_factory=lambda: [cancellation_row(11, 20), cancellation_row(901, 1000), cancellation_row(1001, 1500)]
    )

    def import_them(self, **options: Any) -> ImportReport:
        return import_cdm(**self.paths(), **options)

    def paths(self) -> dict[str, Path]:
        """The rows written to files, by the options of the import."""
        return {
            "projects": self.write("projects.csv", PROJECT_COLUMNS, self.projects),
            "extra": self.write("extra.csv", EXTRA_COLUMNS, self.extra),
            "deregistered": self.write("deregistered.csv", DEREGISTERED_COLUMNS, self.deregistered),
            "issuances": self.write("issuances.csv", ISSUANCE_COLUMNS, self.issuances),
            "cancellations": self.write("cancellations.csv.gz", CANCELLATION_COLUMNS, self.cancellations),
        }

    def write(self, name: str, columns: tuple[str, ...], rows: list[Row]) -> Path:
        path = self.folder / name
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, columns)
        writer.writeheader()
        writer.writerows(rows)
        data = text.getvalue().encode()
        path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
        return path
