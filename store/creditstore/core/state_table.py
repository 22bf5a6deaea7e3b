"""The tables of state machines: plain data, importable before Django is set up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class StateTable:
    """A machine's name and its edges: from each state to the states that may follow it."""

    name: str
    edges: Mapping[str, frozenset[str]]

    @property
    def states(self) -> tuple[str, ...]:
        """Every state, in the order of the table."""
        return tuple(self.edges)

    @property
    def final(self) -> frozenset[str]:
        """The states that nothing follows."""
        return frozenset(state for state, following in self.edges.items() if not following)

    def allows(self, source: str, target: str) -> bool:
        """Whether the table has this edge."""
        return target in self.edges.get(source, frozenset())

    @property
    def choices(self) -> list[tuple[str, str]]:
        """For a model field."""
        return [(state, state.replace("_", " ")) for state in self.edges]


def state_table(name: str, edges: Mapping[str, Iterable[str]]) -> StateTable:
    """Build a table. Errors: ``ValueError`` when an edge leads to a state that the table does not list."""
    frozen = {state: frozenset(following) for state, following in edges.items()}
    unknown = {target for following in frozen.values() for target in following} - set(frozen)
    if unknown:
        raise ValueError(f"{name}: unknown states {sorted(unknown)}")
    return StateTable(name=name, edges=frozen)
