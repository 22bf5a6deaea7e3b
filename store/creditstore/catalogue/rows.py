"""The rows of the CDM facts files, each as one frozen value. What the columns mean: facts/README.md."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from creditstore.catalogue.reading import Fields, RowFault
from creditstore.core.countries import is_country
from creditstore.credits.models import CancellationKind
from creditstore.credits.serials import MAX_PERIOD, project_number, unit_type_named

_PARTY = re.compile(r"[A-Z]{2}")
#: How the note on an activity's status begins, and what that makes of it.
_STATUS = {"de-registered": "deregistered", "status unclear": "unclear"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeRow:
    """A sectoral scope."""

    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodologyRow:
    """A methodology; ``title`` is empty where the source is not sure of it."""

    number: str
    title: str
    scopes: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectRow:
    """An activity: its columns of ``Project``, and the units issued to it as the file sums them.

    ``issued``: what was issued by kind, ``CER 1`` and ``CER 2`` (commitment periods) and ``temporary``; only what the
    file tells.
    """

    ref: str
    columns: dict[str, Any]
    issued: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtraRow:
    """What a second file says of the same activity: further columns of ``Project``, and temporary units issued."""

    ref: str
    columns: dict[str, Any]
    issued: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockRow:
    """What an issuance and a cancellation have in common: a run of numbers, both ends in it."""

    ref: str
    series: str
    unit_type: int
    period: int
    start: int
    end: int

    @property
    def kind(self) -> tuple[str, str, int, int]:
        """What a cancellation shares with the issuance that it came from."""
        return self.ref, self.series, self.unit_type, self.period


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuanceRow(BlockRow):
    """A block of units issued at once."""

    issued_at: datetime
    monitoring_start: date | None
    monitoring_end: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationRow(BlockRow):
    """A block of units cancelled at once."""

    cancelled_at: datetime
    cancellation_kind: CancellationKind


SCOPE_COLUMNS = ("scope", "name")
METHODOLOGY_COLUMNS = ("number", "title", "sectoral_scopes")
PROJECT_COLUMNS = (
    "ref", "title", "host_country_iso2", "other_parties", "sectoral_scopes", "methodologies", "scale", "project_type",
    "registered_on", "crediting_start", "crediting_end", "annual_reductions_t", "cers_issued_cp1", "cers_issued_cp2",
    "doe", "latitude", "longitude", "url", "source",
)  # fmt: skip
DEREGISTERED_COLUMNS = (*PROJECT_COLUMNS, "status_note")
_PERIODS = (1, 2, 3)
EXTRA_COLUMNS = (
    "ref", "activity_type", "unique_id", "project_subtype", "methodology_versions", "crediting_period_type",
    *(f"period{number}_{end}" for number in _PERIODS for end in ("start", "end")),
    *(f"annual_reductions_period{number}_t" for number in _PERIODS),
    "installed_capacity_mw", "subnational_region", "tcers_lcers_issued", "validation_page",
)  # fmt: skip
_BLOCK_COLUMNS = ("ref", "party_iso2", "unit_type", "commitment_period", "block_start", "block_end", "quantity")
ISSUANCE_COLUMNS = (*_BLOCK_COLUMNS, "issued_at", "monitoring_start", "monitoring_end")
CANCELLATION_COLUMNS = (*_BLOCK_COLUMNS, "cancelled_at", "via_un_platform")


def parse_scope(fields: Fields) -> ScopeRow:
    """Read a row of the sectoral scopes."""
    return ScopeRow(
        code=fields.text("scope", limit=2, required=True), name=fields.text("name", limit=120, required=True)
    )


def parse_methodology(fields: Fields) -> MethodologyRow:
    """Read a row of the methodologies."""
    return MethodologyRow(
        number=fields.text("number", limit=20, required=True),
        title=fields.text("title"),
        scopes=fields.items("sectoral_scopes", limit=2),
    )


def parse_project(fields: Fields) -> ProjectRow:
    """Read a row of the projects."""
    hosts = fields.items("host_country_iso2")
    unknown = [code for code in hosts if not is_country(code)]
    if unknown or not hosts:
        raise RowFault(f"host_country_iso2: {';'.join(unknown)!r} is not a list of ISO 3166-1 codes")
    start, end = fields.day_or_none("crediting_start"), fields.day_or_none("crediting_end")
    if start and end and end < start:
        raise RowFault("crediting_end lies before crediting_start")
    latitude = fields.decimal_or_none("latitude", lowest=-90, highest=90)
    longitude = fields.decimal_or_none("longitude", lowest=-180, highest=180)
    if (latitude is None) != (longitude is None):
        raise RowFault("latitude and longitude come together or not at all")
    project_type = fields.text("project_type", limit=60)
    if not project_type:
        fields.remark("project_type is empty: taken as not known")
    columns = {
        "title": fields.text("title", required=True),
        "country_codes": hosts,
        "other_parties": fields.items("other_parties"),
        "scopes": fields.items("sectoral_scopes", limit=2),
        "methodologies": fields.items("methodologies", limit=20),
        "scale": fields.one_of("scale", ("large", "small", "")),
        "project_type": project_type,
        "registered_on": fields.day_or_none("registered_on"),
        "crediting_start": start,
        "crediting_end": end,
        "annual_reductions": fields.whole_or_none("annual_reductions_t", lowest=0),
        "doe": fields.text("doe", limit=200),
        "latitude": _rounded(latitude, 5),
        "longitude": _rounded(longitude, 5),
        "registry_url": _address(fields, "url"),
        "source": fields.text("source", required=True),
        "status": "registered",
        "status_note": "",
    }
    issued = _sums(fields, {"CER 1": "cers_issued_cp1", "CER 2": "cers_issued_cp2"})
    return ProjectRow(ref=_ref(fields), columns=columns, issued=issued)


def parse_deregistered(fields: Fields) -> ProjectRow:
    """Read a row of the activities that are no longer registered, or of which that is not clear."""
    row = parse_project(fields)
    note = fields.text("status_note", limit=200, required=True)
    for beginning, status in _STATUS.items():
        if note.startswith(beginning):
            row.columns.update(status=status, status_note=note)
            return row
    raise RowFault(f"status_note begins with none of {', '.join(map(repr, _STATUS))}")


def parse_extra(fields: Fields) -> ExtraRow:
    """Read a row of the further facts. A capacity below zero and a period told twice are passed over with a remark."""
    capacity = fields.decimal_or_none("installed_capacity_mw", lowest=-999_999, highest=999_999)
    if capacity is not None and capacity < 0:
        # In the source a date went astray in a spreadsheet: such numbers lie just above -21915.
        fields.remark("installed_capacity_mw is below zero: taken as not known")
        capacity = None
    columns = {
        "activity_type": fields.one_of("activity_type", ("PA", "PoA")),
        "unfccc_id": fields.text("unique_id", limit=40),
        "project_subtype": fields.text("project_subtype", limit=80),
        "methodology_versions": fields.items("methodology_versions", limit=60),
        "crediting_period_type": fields.text("crediting_period_type", limit=20),
        "crediting_periods": _crediting_periods(fields),
        "installed_capacity_mw": _rounded(capacity, 3),
        "subnational_region": fields.text("subnational_region", limit=200),
        "documents_url": _address(fields, "validation_page"),
    }
    return ExtraRow(ref=_ref(fields), columns=columns, issued=_sums(fields, {"temporary": "tcers_lcers_issued"}))


def nothing_extra() -> dict[str, Any]:
    """The further columns of an activity that the second file does not know: project activities only, no programmes."""
    return {
        "activity_type": "PA",
        "unfccc_id": "",
        "project_subtype": "",
        "methodology_versions": [],
        "crediting_period_type": "",
        "crediting_periods": [],
        "installed_capacity_mw": None,
        "subnational_region": "",
        "documents_url": "",
    }


def parse_issuance(fields: Fields) -> IssuanceRow:
    """Read a row of the issuances."""
    block = _block(fields)
    start, end = fields.day_or_none("monitoring_start"), fields.day_or_none("monitoring_end")
    if (start is None) != (end is None):
        raise RowFault("monitoring_start and monitoring_end come together or not at all")
    if start and end and end < start:
        raise RowFault("monitoring_end lies before monitoring_start")
    return IssuanceRow(**block, issued_at=fields.moment("issued_at"), monitoring_start=start, monitoring_end=end)


def parse_cancellation(fields: Fields) -> CancellationRow:
    """Read a row of the cancellations."""
    by_un_store = fields.one_of("via_un_platform", ("yes", "no")) == "yes"
    return CancellationRow(
        **_block(fields),
        cancelled_at=fields.moment("cancelled_at"),
        cancellation_kind=CancellationKind.RECORDED_UN_STORE if by_un_store else CancellationKind.RECORDED,
    )


def _block(fields: Fields) -> dict[str, Any]:
    party = fields.text("party_iso2", limit=8)
    if not _PARTY.fullmatch(party):
        raise RowFault(f"party_iso2: {party!r} is not two capital letters")
    short_name = fields.text("unit_type", limit=8)
    try:
        unit_type = unit_type_named(short_name).code
    except LookupError:
        raise RowFault(f"unit_type: {short_name!r} is not one type of unit") from None
    start, end = fields.whole("block_start", lowest=1), fields.whole("block_end", lowest=1)
    if end < start:
        raise RowFault(f"block_end {end} lies before block_start {start}")
    quantity = fields.whole("quantity", lowest=1)
    if quantity != end - start + 1:
        raise RowFault(f"quantity is {quantity}, but the block has {end - start + 1} units")
    return {
        "ref": _ref(fields),
        "series": party,
        "unit_type": unit_type,
        "period": fields.whole("commitment_period", lowest=1, highest=MAX_PERIOD),
        "start": start,
        "end": end,
    }


def _ref(fields: Fields) -> str:
    ref = fields.text("ref", limit=60)
    try:
        project_number(ref)
    except ValueError:
        raise RowFault(f"ref: {ref!r} is not a CDM reference such as 0009") from None
    if len(ref) > 8:
        raise RowFault(f"ref: {ref!r} is longer than 8 digits")
    return ref


def _address(fields: Fields, column: str) -> str:
    url = fields.text(column, limit=200)
    if url and not url.startswith("https://"):
        raise RowFault(f"{column} does not start with https://")
    return url


def _sums(fields: Fields, columns: dict[str, str]) -> dict[str, int]:
    found = {kind: fields.whole_or_none(column, lowest=0) for kind, column in columns.items()}
    return {kind: total for kind, total in found.items() if total is not None}


def _crediting_periods(fields: Fields) -> list[dict[str, Any]]:
    """In order, each with its days and the tonnes a year expected of it."""
    periods: list[dict[str, Any]] = []
    latest: date | None = None
    for number in _PERIODS:
        start, end = fields.day_or_none(f"period{number}_start"), fields.day_or_none(f"period{number}_end")
        if start is None and end is None:
            continue
        if start is None or end is None or end < start:
            raise RowFault(f"period{number}_start and period{number}_end are not two days in order")
        told = {"start": start.isoformat(), "end": end.isoformat()}
        if periods and {**periods[-1], **told} == periods[-1]:
            fields.remark(f"crediting period {number} has the days of the one before: left out")
            continue
        if latest and start <= latest:
            raise RowFault(f"period{number}_start lies before the end of the period before")
        latest = end
        expected = fields.whole_or_none(f"annual_reductions_period{number}_t", lowest=0)
        periods.append({**told, "annual_reductions": expected})
    return periods


def _rounded(value: Decimal | None, places: int) -> Decimal | None:
    # As the column stores it, so that an unchanged fact compares equal when it is imported again.
    return None if value is None else round(value, places)
