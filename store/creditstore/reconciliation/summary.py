"""What everybody may know of reconciliation: when, what was compared, and how much does not match. No names, no ids."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Sum

from creditstore.core import clock
from creditstore.reconciliation.models import OpenItem, Outcome, Run, Stage, Step

#: After so long without a finished run the summary says that it is late.
LATE_AFTER = timedelta(days=2)
#: Of several comparisons of one stage the summary tells the worst.
_WORST_FIRST = (
    Outcome.DIFFERS,
    Outcome.NOT_TOLD,
    Outcome.NOT_OFFERED,
    Outcome.MATCHED,
    Outcome.NOT_NEEDED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageSummary:
    """One stage of the last run. ``compared`` counts rows, or units for unit blocks and totals."""

    stage: str
    outcome: str
    compared: int
    differing: int

    @property
    def title(self) -> str:
        """In words."""
        return str(Stage(self.stage).label)

    @property
    def outcome_title(self) -> str:
        """In words."""
        return str(Outcome(self.outcome).label)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """``state``: ``never`` (no run has finished), ``late`` (the last one is too old) or ``current``.

    ``unmatched`` counts what is open now, also what earlier runs found; ``oldest_at``: when the oldest was first seen.
    """

    state: str
    last_run_at: datetime | None
    full: bool
    unmatched: int
    oldest_at: datetime | None
    stages: tuple[StageSummary, ...]


def public_summary(*, now: datetime | None = None) -> Summary:
    """The summary, now."""
    run = Run.objects.filter(state="finished").order_by("-finished_at").first()
    opened = OpenItem.objects.filter(closed_at=None).aggregate(count=Count("pk"), oldest=Min("first_seen"))
    at = run.finished_at if run else None
    state = "never" if at is None else "late" if (now or clock.now()) - at > LATE_AFTER else "current"
    return Summary(
        state=state,
        last_run_at=at,
        full=bool(run and run.full),
        unmatched=opened["count"],
        oldest_at=opened["oldest"],
        stages=() if run is None else _stages(run),
    )


def _stages(run: Run) -> tuple[StageSummary, ...]:
    rows = (
        Step.objects.filter(run=run)
        .order_by()
        .values_list("stage", "outcome")
        .annotate(units=Sum("compared"), unmatched=Sum("differing"))
    )
    found: dict[str, list[tuple[str, int, int]]] = {}
    for stage, outcome, compared, differing in rows:
        found.setdefault(stage, []).append((outcome, int(compared), int(differing)))
    summaries = []
    for stage in Stage:
        parts = found.get(stage, [])
        worst = next((outcome for outcome in _WORST_FIRST if any(part[0] == outcome for part in parts)), None)
        if worst is not None:
            summaries.append(
                StageSummary(
                    stage=stage,
                    outcome=worst,
                    compared=sum(part[1] for part in parts),
                    differing=sum(part[2] for part in parts),
                )
            )
    return tuple(summaries)
