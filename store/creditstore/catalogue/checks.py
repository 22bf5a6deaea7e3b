"""What rows of the facts files must be to each other and to the ledger: checked before anything is written."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from creditstore.catalogue.models import CDM_SCHEME, Issuance
from creditstore.catalogue.reading import Place, Placed, Refusals, Remarks
from creditstore.catalogue.rows import BlockRow, CancellationRow, ExtraRow, IssuanceRow, ProjectRow, nothing_extra
from creditstore.credits.models import CancellationKind, UnitBlock
from creditstore.credits.serials import UNIT_TYPES

#: Series, first and last number: what a block is known by.
Key = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Known:
    """What the store holds already: hosts by project, issuances and recorded cancellations by block."""

    hosts: dict[str, list[str]]
    issuances: dict[Key, IssuanceRow]
    cancellations: dict[Key, tuple[datetime, str]]


@dataclass(frozen=True, slots=True)
class NewBlocks:
    """What is to be written: issuances that the ledger does not know, each with its cancellations.

    Nothing of a project that a refusal concerns is in it: see ``skipping``.
    """

    issuances: list[IssuanceRow]
    cancellations: Mapping[Key, Sequence[CancellationRow]]
    unchanged_issuances: int
    unchanged_cancellations: int


def key_of(block: BlockRow) -> Key:
    """Series and numbers of a block."""
    return block.series, block.start, block.end


def what_is_known(hosts: dict[str, list[str]]) -> Known:
    """Read the ledger's CDM issuances and recorded cancellations, two queries."""
    issuances = {}
    for row in Issuance.objects.filter(scheme=CDM_SCHEME).select_related("project").only(
        "project__ref", "series", "unit_type", "commitment_period", "start", "end",
        "issued_at", "monitoring_start", "monitoring_end",
    ):  # fmt: skip
        known = IssuanceRow(
            ref=row.project.ref,
            series=row.series,
            unit_type=row.unit_type,
            period=row.commitment_period,
            start=row.start,
            end=row.end,
            issued_at=row.issued_at,
            monitoring_start=row.monitoring_start,
            monitoring_end=row.monitoring_end,
        )
        issuances[key_of(known)] = known
    recorded = UnitBlock.objects.filter(scheme=CDM_SCHEME, is_leaf=True, state="cancelled").exclude(
        cancellation_kind=CancellationKind.STORE
    )
    return Known(
        hosts=hosts,
        issuances=issuances,
        cancellations={
            (series, start, end): (at, kind)
            for series, start, end, at, kind in recorded.values_list(
                "series", "start", "end", "cancelled_at", "cancellation_kind"
            )
            if at is not None
        },
    )


def join_projects(
    *,
    projects: Sequence[Placed[ProjectRow]],
    deregistered: Sequence[Placed[ProjectRow]],
    extra: Sequence[Placed[ExtraRow]],
    refusals: Refusals,
) -> list[Placed[ProjectRow]]:
    """Each project once, with what the file of further facts says of it; those no longer registered have none there."""
    further: dict[str, Placed[ExtraRow]] = {}
    for line in extra:
        first = further.setdefault(line.row.ref, line)
        if first is not line:
            _refuse_repeated(line.place, line.row.ref, first.place, refusals=refusals)
    joined: dict[str, Placed[ProjectRow]] = {}
    for placed in (*projects, *deregistered):
        row = placed.row
        if row.ref in joined:
            _refuse_repeated(placed.place, row.ref, joined[row.ref].place, refusals=refusals)
            continue
        found = further.get(row.ref)
        if found is None and row.columns["status"] == "registered" and row.ref not in refusals.causes:
            refusals.add(placed.place, f"the file of further facts has no line of project {row.ref}", ref=row.ref)
        joined[row.ref] = Placed(
            ProjectRow(
                ref=row.ref,
                columns={**row.columns, **(found.row.columns if found else nothing_extra())},
                issued={**row.issued, **(found.row.issued if found else {})},
            ),
            placed.place,
        )
    for ref, line in further.items():
        if ref not in joined and ref not in refusals.causes:
            refusals.add(line.place, f"the files of projects have no line of project {ref}", ref=ref)
    return list(joined.values())


def _refuse_repeated(place: Place, ref: str, first: Place, *, refusals: Refusals) -> None:
    where = f"line {first.line}" if first.file == place.file else str(first)
    refusals.add(place, f"project {ref} stands in {where} already", ref=ref)


def check_projects(
    rows: Sequence[Placed[ProjectRow]], *, scopes: set[str], methodologies: set[str], refusals: Refusals
) -> None:
    """Scopes and methodologies are known ones."""
    for placed in rows:
        row = placed.row
        unknown = [code for code in row.columns["scopes"] if code not in scopes]
        unknown += [number for number in row.columns["methodologies"] if number not in methodologies]
        if unknown:
            refusals.add(placed.place, f"unknown scope or methodology: {', '.join(unknown)}", ref=row.ref)


def compare_sums(
    rows: Sequence[Placed[ProjectRow]], *, issuances: Iterable[IssuanceRow], refusals: Refusals, remarks: Remarks
) -> None:
    """Remark where a project's issuances do not add up to what its own line says was issued: one may be missing."""
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for row in issuances:
        kind = "temporary" if UNIT_TYPES[row.unit_type].expires else f"CER {row.period}"
        sums[row.ref, kind] += row.end - row.start + 1
    for placed in rows:
        for kind, told in placed.row.issued.items():
            found = sums.get((placed.row.ref, kind), 0)
            if found != told and placed.row.ref not in refusals.causes:
                remarks.add(placed.place, f"the issuances of {kind} add up to {found}, but {told} were issued")


def check_blocks(
    *,
    issuances: Sequence[Placed[IssuanceRow]],
    cancellations: Sequence[Placed[CancellationRow]],
    known: Known,
    now: datetime,
    refusals: Refusals,
) -> NewBlocks:
    """Every rule of the ledger that can be told from the rows, told with their lines instead of by the database."""
    new_issuances: list[IssuanceRow] = []
    new_cancellations: dict[Key, list[CancellationRow]] = defaultdict(list)
    unchanged_issuances = unchanged_cancellations = 0
    # What is refused already explains whatever is wrong with these projects' blocks.
    settled = set(refusals.causes)
    for issued in issuances:
        before = len(refusals.found)
        _check_issuance(issued, known=known, now=now, settled=settled, refusals=refusals)
        if len(refusals.found) == before:
            if key_of(issued.row) in known.issuances:
                unchanged_issuances += 1
            else:
                new_issuances.append(issued.row)
    in_file = {key_of(issued.row) for issued in issuances}
    in_store = [Placed(row, Place(Path(), 0)) for key, row in known.issuances.items() if key not in in_file]
    _check_overlaps([*issuances, *in_store], refusals=refusals)
    _check_overlaps(cancellations, refusals=refusals)
    settled |= refusals.causes.keys()
    inside = _Containing([*(placed.row for placed in issuances), *known.issuances.values()])
    for cancelled in cancellations:
        issuance = inside.of(cancelled.row)
        before = len(refusals.found)
        _check_cancellation(cancelled, issuance=issuance, known=known, now=now, settled=settled, refusals=refusals)
        if issuance is None:
            # The wrong project's name may stand beside the right numbers: then those units are cancelled as well.
            for owner in inside.touched_by(cancelled.row):
                refusals.causes.setdefault(owner.ref, cancelled.place)
        if issuance is None or len(refusals.found) > before:
            continue
        if key_of(issuance) in known.issuances:
            unchanged_cancellations += 1
        else:
            new_cancellations[key_of(issuance)].append(cancelled.row)
    whole = [row for row in new_issuances if row.ref not in refusals.causes]
    keys = {key_of(row) for row in whole}
    return NewBlocks(
        whole,
        {key: rows for key, rows in new_cancellations.items() if key in keys},
        unchanged_issuances,
        unchanged_cancellations,
    )


def _check_issuance(
    placed: Placed[IssuanceRow], *, known: Known, now: datetime, settled: set[str], refusals: Refusals
) -> None:
    row, place = placed.row, placed.place
    if row.ref in settled:
        return
    if row.ref not in known.hosts:
        refusals.add(place, f"project {row.ref} is not known", ref=row.ref)
        settled.add(row.ref)
    elif row.series not in known.hosts[row.ref]:
        hosts = ", ".join(known.hosts[row.ref])
        refusals.add(place, f"party {row.series} does not host project {row.ref} ({hosts})", ref=row.ref)
    if row.issued_at > now:
        refusals.add(place, "issued_at lies in the future", ref=row.ref)
    if row.monitoring_end and row.monitoring_end > row.issued_at.date():
        refusals.add(place, "monitoring_end lies after issued_at", ref=row.ref)
    if known.issuances.get(key_of(row), row) != row:
        refusals.add(place, "the store holds this block with other facts; an issuance never changes", ref=row.ref)


def _check_cancellation(
    placed: Placed[CancellationRow],
    *,
    issuance: IssuanceRow | None,
    known: Known,
    now: datetime,
    settled: set[str],
    refusals: Refusals,
) -> None:
    row, place = placed.row, placed.place
    if row.ref in settled:
        return
    if row.ref not in known.hosts:
        refusals.add(place, f"project {row.ref} is not known", ref=row.ref)
        settled.add(row.ref)
    elif issuance is None:
        reason = f"{_printed(row)} lies in no block of these units issued to project {row.ref}"
        refusals.add(place, reason, ref=row.ref)
    elif row.cancelled_at < issuance.issued_at:
        refusals.add(place, "cancelled_at lies before the units were issued", ref=row.ref)
    elif row.cancelled_at > now:
        refusals.add(place, "cancelled_at lies in the future", ref=row.ref)
    elif key_of(issuance) in known.issuances:
        recorded = known.cancellations.get(key_of(row))
        if recorded != (row.cancelled_at, row.cancellation_kind.value):
            refusals.add(
                place,
                f"{_printed(issuance)} was imported before without this cancellation; "
                "cancellations are recorded together with their issuance",
                ref=row.ref,
            )


def _check_overlaps(placed: Iterable[Placed[BlockRow]], *, refusals: Refusals) -> None:
    furthest: dict[str, Placed[BlockRow]] = {}
    for one in sorted(placed, key=lambda one: (one.row.series, one.row.start, one.row.end)):
        other = furthest.get(one.row.series)
        if other is not None and other.row.end >= one.row.start:
            # The later line is the one to look at; a block that is in the store already has no line.
            late, early = (one, other) if one.place.line >= other.place.line else (other, one)
            where = f"line {early.place.line}" if early.place.line else "the store"
            refusals.add(
                late.place, f"{_printed(late.row)} overlaps {_printed(early.row)} in {where}", ref=late.row.ref
            )
            if early.place.line:
                # Two lines claim the same units: nobody can tell which of them is right.
                refusals.causes.setdefault(early.row.ref, late.place)
        if other is None or one.row.end > other.row.end:
            furthest[one.row.series] = one


class _Containing:
    """Finds the issuance that a block lies in, by series and number."""

    def __init__(self, issuances: Iterable[IssuanceRow]) -> None:
        self._by_series: Mapping[str, list[IssuanceRow]] = defaultdict(list)
        for row in sorted(issuances, key=lambda row: row.start):
            self._by_series[row.series].append(row)
        self._starts = {series: [row.start for row in rows] for series, rows in self._by_series.items()}

    def of(self, block: BlockRow) -> IssuanceRow | None:
        """The issuance of the same project, Party, unit type and period that holds the whole block."""
        position = bisect_right(self._starts.get(block.series, []), block.start) - 1
        if position < 0:
            return None
        found = self._by_series[block.series][position]
        return found if found.end >= block.end and found.kind == block.kind else None

    def touched_by(self, block: BlockRow) -> Iterable[IssuanceRow]:
        """Every issuance that shares a number with the block, whosesoever it is."""
        rows = self._by_series.get(block.series, [])
        last = bisect_right(self._starts.get(block.series, []), block.end)
        return (row for row in rows[:last] if row.end >= block.start)


def _printed(block: BlockRow) -> str:
    return f"{block.series} {block.start}-{block.end}"
