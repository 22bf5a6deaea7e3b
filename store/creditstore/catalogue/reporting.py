"""What an import tells: counts, what was refused and why, what was left out with it, and remarks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from creditstore.catalogue.reading import Place, Refusal, Remark, lines_in_words


class ImportRefused(Exception):
    """Nothing was taken in. ``refusals`` names every row that stands in the way."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__("\n".join(str(refusal) for refusal in refusals))
        self.refusals = tuple(refusals)


@dataclass(frozen=True, slots=True)
class Counted:
    """How many rows of a kind were new, changed, or just as the store holds them already."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0

    def __str__(self) -> str:
        return f"{self.created} new, {self.updated} changed, {self.unchanged} as they were"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Lines without a fault of their own that were not taken in, because a refusal concerns their project."""

    file: Path
    lines: tuple[int, ...]
    ref: str
    cause: Place

    def __str__(self) -> str:
        return f"{self.file}, {lines_in_words(self.lines)}: left out with project {self.ref}, see {self.cause}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import did or, with ``dry_run``, would have done."""

    scopes: Counted
    methodologies: Counted
    projects: Counted
    issuances: Counted
    cancellations: Counted
    refusals: tuple[Refusal, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    remarks: tuple[Remark, ...] = ()
    dry_run: bool = False

    @property
    def counts(self) -> dict[str, Counted]:
        """The counts by what was counted, in the order in which it was taken in."""
        return {
            "scopes": self.scopes,
            "methodologies": self.methodologies,
            "projects": self.projects,
            "issuances": self.issuances,
            "cancellations": self.cancellations,
        }

    @property
    def changed(self) -> bool:
        """Whether the store is any different now."""
        return not self.dry_run and any(counted.created or counted.updated for counted in self.counts.values())

    def lines(self) -> Iterator[str]:
        """The report in words, line by line."""
        if self.refusals:
            yield f"Refused: {len(self.refusals)}"
            yield from (f"  {refusal}" for refusal in self.refusals)
        if self.left_out:
            yield f"Left out because of that: {sum(len(left.lines) for left in self.left_out)} more lines"
            yield from (f"  {left}" for left in self.left_out)
        if self.remarks:
            yield f"Remarks: {len(self.remarks)}"
            yield from (f"  {remark}" for remark in self.remarks)
        yield from (f"{what}: {counted}" for what, counted in self.counts.items())
        if self.dry_run:
            yield "This was a dry run: nothing was kept."
        elif not self.changed:
            yield "Nothing has changed."
