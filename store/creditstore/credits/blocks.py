"""Splitting, carving and printing unit blocks. Callers hold a transaction; nothing here decides who may buy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db.models import QuerySet

from creditstore.catalogue.models import Issuance
from creditstore.core.states import transition
from creditstore.credits.models import BLOCKS, CancellationKind, UnitBlock
from creditstore.credits.serials import Serial, get_grammar, project_number
from creditstore.credits.spans import Span

#: Columns that a child shares with its parent.
_INHERITED = (
    "issuance_id",
    "scheme",
    "series",
    "unit_type",
    "original_period",
    "applicable_period",
    "field6",
    "project_number",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedCancellation:
    """A cancellation that the registry made before this store knew of it. Both ends belong to it; time UTC."""

    start: int
    end: int
    at: datetime
    kind: CancellationKind


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedRange:
    """A run of serials as printed, start and end apart."""

    serial_start: str
    serial_end: str
    series: str
    start: int
    end: int
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewIssuance:
    """An issuance that the ledger does not know, with what was cancelled of it before.

    ``applicable_period``: None means the period that the units were issued in.
    """

    issuance: Issuance
    cancelled: tuple[RecordedCancellation, ...] = ()
    field6: int = 0
    applicable_period: int | None = None


def register_issuances(*, issuances: Sequence[NewIssuance]) -> list[UnitBlock]:
    """Enter issuances into the ledger: for each its root block, and leaves for what is cancelled and outstanding.

    Returns the roots in the same order. Errors: ``IntegrityError`` when recorded cancellations overlap or lie outside
    their issuance: the database says no.
    """
    roots = UnitBlock.objects.bulk_create(_root(new) for new in issuances)
    UnitBlock.objects.bulk_create(
        leaf for new, root in zip(issuances, roots, strict=True) for leaf in _leaves(root, new.cancelled)
    )
    return roots


def register_issuance(*, issuance: Issuance, cancelled: Sequence[RecordedCancellation] = ()) -> UnitBlock:
    """Enter one issuance into the ledger; see ``register_issuances``."""
    return register_issuances(issuances=[NewIssuance(issuance=issuance, cancelled=tuple(cancelled))])[0]


def _root(new: NewIssuance) -> UnitBlock:
    issuance = new.issuance
    return UnitBlock(
        issuance=issuance,
        is_leaf=not new.cancelled,
        scheme=issuance.scheme,
        series=issuance.series,
        start=issuance.start,
        end=issuance.end,
        unit_type=issuance.unit_type,
        original_period=issuance.commitment_period,
        applicable_period=new.applicable_period or issuance.commitment_period,
        field6=new.field6,
        project_number=project_number(issuance.project.ref),
    )


def _leaves(root: UnitBlock, cancelled: Sequence[RecordedCancellation]) -> Iterator[UnitBlock]:
    """What a root is split into by what was cancelled of it: nothing when nothing was."""
    if not cancelled:
        return
    position = root.start
    for entry in sorted(cancelled, key=lambda entry: entry.start):
        if entry.start > position:
            yield _child(root, start=position, end=entry.start - 1)
        yield _child(
            root,
            start=entry.start,
            end=entry.end,
            state="cancelled",
            cancelled_at=entry.at,
            cancellation_kind=entry.kind,
        )
        position = entry.end + 1
    if position <= root.end:
        yield _child(root, start=position, end=root.end)


def _child(parent: UnitBlock, **values: Any) -> UnitBlock:
    inherited = {name: getattr(parent, name) for name in _INHERITED}
    return UnitBlock(parent=parent, **inherited, **values)


def split(*, block: UnitBlock, at: int) -> tuple[UnitBlock, UnitBlock]:
    """Cut a leaf before number ``at``; both parts share its state and where it belongs.

    Parameters: ``block``, a locked leaf that is neither cancelled nor in doubt; ``at``, the first number of the second
    part.
    """
    first, second = _cut(block=block, before=[at])
    return first, second


def cut_out(*, block: UnitBlock, spans: Sequence[Span]) -> list[UnitBlock]:
    """The parts of a leaf that lie in these spans, each as a leaf of its own; the leaf itself where that is all of it.

    Parameters: ``spans``, which touch the leaf and have no unit in common.
    """
    wanted = [(max(start, block.start), min(end, block.end)) for _series, start, end in spans]
    before = {number for start, end in wanted for number in (start, end + 1)} - {block.start, block.end + 1}
    parts = _cut(block=block, before=sorted(before)) if before else [block]
    starts = {start for start, _end in wanted}
    return [part for part in parts if part.start in starts]


def _cut(*, block: UnitBlock, before: Sequence[int]) -> list[UnitBlock]:
    """Make a leaf a branch whose children begin at these numbers, which rise and lie inside it."""
    starts = [block.start, *before]
    if any(first >= second for first, second in pairwise([*starts, block.end + 1])):
        raise ValueError("a cut lies inside the block")
    UnitBlock.objects.filter(pk=block.pk).update(is_leaf=False)
    shared = {"state": block.state, "offer_id": block.offer_id, "reservation_id": block.reservation_id}
    ends = [*(number - 1 for number in before), block.end]
    parts = [_child(block, start=start, end=end, **shared) for start, end in zip(starts, ends, strict=True)]
    for part in parts:
        part.save(force_insert=True)
    block.is_leaf = False
    return parts


def take_front(*, leaves: Iterable[UnitBlock], quantity: int) -> list[UnitBlock]:
    """Whole leaves from the front, the last one cut if it is too long. Fewer units when the leaves hold fewer."""
    taken: list[UnitBlock] = []
    missing = quantity
    for leaf in leaves:
        if not missing:
            break
        length = leaf.end - leaf.start + 1
        if length > missing:
            part, _rest = split(block=leaf, at=leaf.start + missing)
        else:
            part = leaf
        taken.append(part)
        missing -= min(length, missing)
    return taken


def take_span(*, leaves: QuerySet[UnitBlock], span: Span) -> list[UnitBlock]:
    """The units of a span, cut out of the leaves that they lie in. Fewer units when some lie in none of them."""
    series, start, end = span
    touched = leaves.filter(series=series, start__lte=end, end__gte=start).order_by("start")
    return [part for leaf in list(touched) for part in cut_out(block=leaf, spans=[span])]


def move(*, block: UnitBlock, to: str, actor: str, **values: Any) -> bool:
    """Give a leaf its next fate; see the table ``BLOCKS``."""
    return transition(instance=block, table=BLOCKS, to=to, actor=actor, values=values)


def serial_of(*, block: UnitBlock, number: int) -> str:
    """One unit's serial as its registry prints it."""
    return get_grammar(block.scheme).format(
        Serial(
            scheme=block.scheme,
            series=block.series,
            number=number,
            unit_type=block.unit_type,
            original_period=block.original_period,
            applicable_period=block.applicable_period,
            field6=block.field6,
            project=block.project_number,
        )
    )


def block_serials(block: UnitBlock) -> tuple[str, str]:
    """The first and the last serial of a block as printed."""
    return serial_of(block=block, number=block.start), serial_of(block=block, number=block.end)


def printed_ranges(blocks: Iterable[UnitBlock]) -> list[PrintedRange]:
    """The serials of these blocks in order, neighbours of the same issuance joined into one range."""
    ranges: list[list[UnitBlock]] = []
    for block in sorted(blocks, key=lambda block: (block.scheme, block.series, block.start)):
        previous = ranges[-1][-1] if ranges else None
        if previous and previous.issuance_id == block.issuance_id and previous.end + 1 == block.start:
            ranges[-1].append(block)
        else:
            ranges.append([block])
    return [
        PrintedRange(
            serial_start=serial_of(block=run[0], number=run[0].start),
            serial_end=serial_of(block=run[-1], number=run[-1].end),
            series=run[0].series,
            start=run[0].start,
            end=run[-1].end,
            quantity=run[-1].end - run[0].start + 1,
        )
        for run in ranges
    ]
