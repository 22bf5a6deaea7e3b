"""What a step finds, and how an unmatched item is told: texts of facts without personal data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from creditstore.credits.spans import Span
from creditstore.reconciliation.models import Kind, Outcome, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One thing that does not match.

    Parameters: ``subject`` and ``facts`` as in ``OpenItem``; ``happened_at``, when it happened at the other side, so
    that later runs look back far enough to see it; ``in_doubt``, units that must not be sold or cancelled meanwhile.
    """

    kind: Kind
    subject: str
    facts: dict[str, Any]
    order_id: int | None = None
    happened_at: datetime | None = None
    in_doubt: tuple[Span, ...] = ()


@dataclass(kw_only=True)
class Comparison:
    """One comparison while it is made; a finished one becomes a ``Step``. ``plugin`` and ``account`` as there."""

    stage: Stage
    asked_at: datetime
    plugin: str = ""
    account: str = ""
    outcome: Outcome = Outcome.MATCHED
    compared: int = 0
    since: datetime | None = None
    note: str = ""
    figures: dict[str, Any] = field(default_factory=dict)
    found: list[Found] = field(default_factory=list)

    def add(self, found: Found) -> None:
        """This does not match."""
        if self.outcome is Outcome.MATCHED:
            self.outcome = Outcome.DIFFERS
        self.found.append(found)

    def not_offered(self, note: str = "") -> Comparison:
        """The other side does not offer this comparison."""
        self.outcome, self.note = Outcome.NOT_OFFERED, note
        return self

    def not_told(self, note: str) -> Comparison:
        """The other side gave no (further) answer that can be trusted. What was found before stands."""
        self.outcome, self.note = Outcome.NOT_TOLD, note
        return self

    @property
    def complete(self) -> bool:
        """Whether everything in its reach was compared: only then does what was not seen count as gone."""
        return self.outcome in (Outcome.MATCHED, Outcome.DIFFERS)


def printed(spans: Sequence[Span], *, at_most: int = 20) -> list[str]:
    """Spans as facts: a long list is cut, and says so."""
    texts = [str(span) for span in spans[:at_most]]
    return [*texts, f"and {len(spans) - at_most} more"] if len(spans) > at_most else texts
