"""The live numbers and the newest cancellations on the home page, kept for a minute; and pledges, counted each time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import QuerySet, Sum, Value
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from creditstore_content.blocks.live import Counted, LiveNumber

_SECONDS = 60
_NUMBERS_KEY = "creditstore_pages.numbers"
_NEWEST_KEY = "creditstore_pages.newest"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveNumbers:
    """What the store can count. ``units_cancelled`` includes ``units_simulated``; a unit is one tonne of CO2e."""

    units_cancelled: int
    units_simulated: int
    projects: int
    countries: int


def live_numbers() -> LiveNumbers:
    """The numbers, at most a minute old."""
    return cache.get_or_set(_NUMBERS_KEY, count_now, _SECONDS)  # type: ignore[return-value]


def count_now() -> LiveNumbers:
    """The numbers, counted now: leaf blocks that are cancelled, and projects with their host countries."""
    from creditstore.catalogue.models import Project
    from creditstore.credits.models import UnitBlock

    cancelled = UnitBlock.objects.filter(is_leaf=True, state="cancelled")
    # A block is simulated when the transaction that cancelled it says so; a block lies in one completed transaction.
    simulated = cancelled.filter(registry_transactions__simulated=True, registry_transactions__state="completed")
    (units, asked), (invented, asked_too) = (_units(blocks) for blocks in (cancelled, simulated))
    projects = Project._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT ({units}), ({invented}), (SELECT count(*) FROM {projects}), "  # noqa: S608  (names of ours)
            f"(SELECT count(DISTINCT code) FROM {projects}, unnest(country_codes) AS code)",
            [*asked, *asked_too],
        )
        row = cursor.fetchone()
    return LiveNumbers(units_cancelled=row[0] or 0, units_simulated=row[1] or 0, projects=row[2], countries=row[3])


def _units(blocks: QuerySet[Any]) -> tuple[str, tuple[Any, ...]]:
    """The statement that adds up the blocks' units, and its parameters."""
    statement: tuple[str, tuple[Any, ...]] = (
        blocks.order_by()
        .annotate(one=Value(1))
        .values("one")
        .annotate(total=Sum("quantity"))
        .values("total")
        .query.sql_with_params()
    )
    return statement


def newest_cancellations(*, limit: int = 5) -> Sequence[Any]:
    """The newest entries of the public register, at most a minute old."""

    def read() -> list[Any]:
        from creditstore.certificates.register import RegisterFilters, register_page

        return list(register_page(filters=RegisterFilters(), cursor=None, limit=limit).items)

    return cache.get_or_set(f"{_NEWEST_KEY}.{limit}", read, _SECONDS)  # type: ignore[return-value]


def forget() -> None:
    """Count anew at the next call; for imports and tests."""
    cache.delete_many([_NUMBERS_KEY, f"{_NEWEST_KEY}.5"])


def pledges_in_force() -> int:
    """Confirmed pledges, counted now: who has just pledged, or withdrawn, sees it at once."""
    from creditstore_content.pledge.listing import pledge_counts

    return pledge_counts().pledges


def _units_cancelled() -> Counted:
    found = live_numbers()
    simulated = found.units_simulated
    if not simulated:
        return Counted(value=found.units_cancelled)
    note = ngettext(
        "%(shown)s of these units is simulated: no real unit was cancelled for it.",
        "%(shown)s of these units are simulated: no real unit was cancelled for them.",
        simulated,
    ) % {"shown": number_format(simulated, force_grouping=True)}
    return Counted(value=found.units_cancelled, note=note)


#: What editors can show in a block of live numbers.
LIVE_NUMBERS = (
    LiveNumber(
        key="units_cancelled",
        name=_("Units cancelled"),
        label=_("units cancelled out of these projects, in all"),
        count=_units_cancelled,
    ),
    LiveNumber(
        key="projects", name=_("Projects"), label=_("projects"), count=lambda: Counted(value=live_numbers().projects)
    ),
    LiveNumber(
        key="countries",
        name=_("Host countries"),
        label=_("countries"),
        count=lambda: Counted(value=live_numbers().countries),
    ),
    LiveNumber(
        key="pledges", name=_("Pledges"), label=_("pledges in force"), count=lambda: Counted(value=pledges_in_force())
    ),
)
