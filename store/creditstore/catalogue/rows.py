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
    """A registered activity: ``ref``, its columns of ``Project`` and nothing else."""

    ref: str
    columns: dict[str, Any]


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
    "ref", "activity_type", "title", "host_country_iso2", "subnational_region", "other_parties", "sectoral_scopes",
    "methodologies", "scale", "project_type", "project_subtype", "installed_capacity_mw", "registered_on",
    "crediting_period_type", "crediting_start", "crediting_end", "annual_reductions_t", "doe", "latitude", "longitude",
    "url", "source",
)  # fmt: skip
_BLOCK_COLUMNS = ("ref", "party", "unit_type", "commitment_period", "block_start", "block_end")
ISSUANCE_COLUMNS = (*_BLOCK_COLUMNS, "quantity", "issued_at", "monitoring_start", "monitoring_end")
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
    url = fields.text("url", limit=200)
    if url and not url.startswith("https://"):
        raise RowFault("url does not start with https://")
    columns = {
        "title": fields.text("title", required=True),
        "activity_type": fields.one_of("activity_type", ("PA", "PoA")),
        "country_codes": hosts,
        "other_parties": fields.items("other_parties"),
        "subnational_region": fields.text("subnational_region", limit=120),
        "scopes": fields.items("sectoral_scopes", limit=2),
        "methodologies": fields.items("methodologies", limit=20),
        "scale": fields.one_of("scale", ("large", "small", "")),
        "project_type": fields.text("project_type", limit=60, required=True),
        "project_subtype": fields.text("project_subtype", limit=80),
        "registered_on": fields.day_or_none("registered_on"),
        "crediting_start": start,
        "crediting_end": end,
        "crediting_period_type": fields.text("crediting_period_type", limit=20),
        "annual_reductions": fields.whole_or_none("annual_reductions_t", lowest=0),
        "installed_capacity_mw": _rounded(
            fields.decimal_or_none("installed_capacity_mw", lowest=0, highest=999_999), 3
        ),
        "doe": fields.text("doe", limit=200),
        "latitude": _rounded(latitude, 5),
        "longitude": _rounded(longitude, 5),
        "registry_url": url,
        "source": fields.text("source", required=True),
    }
    return ProjectRow(ref=_ref(fields), columns=columns)


def parse_issuance(fields: Fields) -> IssuanceRow:
    """Read a row of the issuances."""
    block = _block(fields)
    quantity = fields.whole("quantity", lowest=1)
    if quantity != block["end"] - block["start"] + 1:
        raise RowFault(f"quantity is {quantity}, but the block has {block['end'] - block['start'] + 1} units")
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
    party = fields.text("party", limit=8)
    if not _PARTY.fullmatch(party):
        raise RowFault(f"party: {party!r} is not two capital letters")
    short_name = fields.text("unit_type", limit=8)
    try:
        unit_type = unit_type_named(short_name).code
    except LookupError:
        raise RowFault(f"unit_type: {short_name!r} is not one type of unit") from None
    start, end = fields.whole("block_start", lowest=1), fields.whole("block_end", lowest=1)
    if end < start:
        raise RowFault(f"block_end {end} lies before block_start {start}")
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


def _rounded(value: Decimal | None, places: int) -> Decimal | None:
    # As the column stores it, so that an unchanged fact compares equal when it is imported again.
    return None if value is None else round(value, places)
