"""Taking in the rest when rows are refused: what depends on a refused row is left out with it, and named.

A project's units are taken in whole or not at all. A block without one of its cancellations would show units as
outstanding that are not, and an issuance, once entered, never changes: the mistake could not be mended by a later file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from creditstore.catalogue.checks import Known, key_of
from creditstore.catalogue.reading import Place, Placed, Refusal, Refusals
from creditstore.catalogue.reporting import LeftOut
from creditstore.catalogue.rows import CancellationRow, ExtraRow, IssuanceRow, ProjectRow


def standing_in_the_way(
    found: Sequence[Refusal], *, cancellations: Path, unread: Collection[Place], refs: Collection[str]
) -> list[Refusal]:
    """Refusals that cannot be passed over.

    Parameters: ``cancellations``, that file; ``unread``, places of rows in it that could not be read; ``refs``, every
    project that is known. When such a row does not even name a project, nobody knows whose units it cancels.
    """
    return [
        refusal
        for refusal in found
        if refusal.final
        or (refusal.place.file == cancellations and refusal.place in unread and refusal.ref not in refs)
    ]


def without_refused(
    rows: Sequence[Placed[ProjectRow]], *, refusals: Refusals, files: Collection[Path]
) -> list[Placed[ProjectRow]]:
    """The projects of which no line in ``files``, those of projects, was refused."""
    refused = {refusal.ref for refusal in refusals.found if refusal.place.file in files}
    return [placed for placed in rows if placed.row.ref not in refused]


def left_out(
    *,
    projects: Iterable[Placed[ProjectRow | ExtraRow]],
    blocks: Iterable[Placed[IssuanceRow | CancellationRow]],
    known: Known,
    refusals: Refusals,
) -> tuple[LeftOut, ...]:
    """Every line that has no fault of its own and is not taken in.

    Parameters: ``projects``, the lines of projects that are not taken in; ``blocks``, all lines of blocks.
    """
    own = {refusal.place for refusal in refusals.found}
    lines: dict[tuple[Path, str], set[int]] = defaultdict(set)
    for placed in projects:
        if placed.place not in own:
            lines[placed.place.file, placed.row.ref].add(placed.place.line)
    for block in blocks:
        there = key_of(block.row) in (known.issuances if isinstance(block.row, IssuanceRow) else known.cancellations)
        if block.row.ref in refusals.causes and block.place not in own and not there:
            lines[block.place.file, block.row.ref].add(block.place.line)
    return tuple(LeftOut(file, tuple(sorted(found)), ref, refusals.causes[ref]) for (file, ref), found in lines.items())
