"""The CDM's serial numbers: ``Party-unitType-number-originalCP-applicableCP-field6-projectNo``.

Numbers run once per Party over all unit types and periods, so a unit's identity is (Party, number); the other five
fields are facts about it and must agree all the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise

#: Unit types as the Kyoto registries number them; 5 is the CER, 6 and 7 are the expiring ones.
UNIT_TYPES = {1: "AAU", 2: "RMU", 3: "ERU", 4: "ERU", 5: "CER", 6: "tCER", 7: "lCER"}
#: Numbers must fit a signed 64-bit column.
MAX_NUMBER = 2**63 - 1

# No leading zeros and no spaces; [0-9] because \d would take digits of other scripts.
_SERIAL = re.compile(
    r"([A-Z]{2})-([1-7])-([1-9][0-9]{0,18})-([1-9][0-9]?)-([1-9][0-9]?)-(0|[1-9][0-9]{0,2})-([1-9][0-9]{0,9})"
)


class MalformedSerial(ValueError):
    """A text is not a CDM serial number, or two serials do not make one block."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A run of units equal in all but number; both ends belong to it.

    Errors: ``MalformedSerial`` unless 1 <= first <= last <= 2**63 - 1.
    """

    party: str
    unit_type: int
    first: int
    last: int
    original_period: int
    applicable_period: int
    field6: int
    project: int

    def __post_init__(self) -> None:
        if not 1 <= self.first <= self.last <= MAX_NUMBER:
            raise MalformedSerial("a block needs 1 <= start <= end, and numbers of at most 64 bits")

    @property
    def quantity(self) -> int:
        """How many units the block holds."""
        return self.last - self.first + 1

    @property
    def facts(self) -> tuple[str, int, int, int, int, int]:
        """Everything but the numbers: what all units of a block have in common."""
        return (self.party, self.unit_type, self.original_period, self.applicable_period, self.field6, self.project)

    @property
    def start(self) -> str:
        """The first unit's serial, as printed."""
        return self._serial(self.first)

    @property
    def end(self) -> str:
        """The last unit's serial, as printed."""
        return self._serial(self.last)

    def part(self, *, first: int, last: int) -> Block:
        """The same kind of units with other numbers."""
        return replace(self, first=first, last=last)

    def overlaps(self, other: Block) -> bool:
        """True when a unit is in both."""
        return self.party == other.party and self.first <= other.last and other.first <= self.last

    def _serial(self, number: int) -> str:
        return (
            f"{self.party}-{self.unit_type}-{number}-{self.original_period}-{self.applicable_period}"
            f"-{self.field6}-{self.project}"
        )


def parse_block(start: str, end: str) -> Block:
    """Read the block between two printed serials.

    Errors: ``MalformedSerial`` when either is malformed, when they differ in more than the number, or run backwards.
    """
    first, last = _parse(start), _parse(end)
    if first.facts != last.facts:
        raise MalformedSerial(f"{start} and {end} differ in more than the number")
    return first.part(first=first.first, last=last.first)


def _parse(text: str) -> Block:
    found = _SERIAL.fullmatch(text)
    if found is None:
        # The text comes from outside: quote it, and not more of it than a serial could hold.
        raise MalformedSerial(f"{text[:64]!r} is not a CDM serial number")
    unit_type, number, original, applicable, field6, project = map(int, found.groups()[1:])
    return Block(
        party=found[1],
        unit_type=unit_type,
        first=number,
        last=number,
        original_period=original,
        applicable_period=applicable,
        field6=field6,
        project=project,
    )


def any_overlap(blocks: list[Block]) -> bool:
    """True when a unit appears in two of the blocks."""
    ordered = sorted(blocks, key=lambda block: (block.party, block.first))
    return any(left.overlaps(right) for left, right in pairwise(ordered))
