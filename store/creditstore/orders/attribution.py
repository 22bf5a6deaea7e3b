"""What counts towards campaigns: units that the registry has cancelled for their orders, and nothing before that."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, Sum

from creditstore.credits.models import UnitBlock


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Units cancelled for a campaign; ``simulated`` of them at a registry that only pretends."""

    cancelled: int = 0
    simulated: int = 0


def progress_of(*, sources: Collection[UUID]) -> Mapping[UUID, Progress]:
    """How far each campaign is, by the id of whoever announced it; in one query, and none for no campaigns.

    A cancelled unit never moves again, so the number never falls. Sources of which nothing is cancelled stand for 0.
    """
    found = {source: Progress() for source in sources}
    if not found:
        return found
    order = "reservation__order_line__order"
    rows = (
        UnitBlock.objects.filter(is_leaf=True, state="cancelled", **{f"{order}__campaign__source__in": found})
        .values_list(f"{order}__campaign__source")
        .annotate(cancelled=Sum("quantity"), simulated=Sum("quantity", filter=Q(**{f"{order}__simulated": True})))
        .order_by()
    )
    return found | {
        source: Progress(cancelled=cancelled, simulated=simulated or 0) for source, cancelled, simulated in rows
    }
