"""What staff are told of campaigns: sums of the orders that count towards them, and nothing of who ordered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from creditstore.campaigns.models import Campaign
from creditstore.credits.models import UnitBlock
from creditstore.orders.attribution import progress_of
from creditstore.orders.models import Order, OrderLine
from creditstore.payments.models import Payment
from creditstore_plugins import Money

_GIVEN_UP = ("expired", "withdrawn")
_ORDER = "reservation__order_line__order"


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignFigures:
    """Sums of one campaign. ``ordered`` leaves out what was given up unpaid; ``kept``: captured less refunded."""

    orders: int
    given_up: int
    ordered: int
    cancelled: int
    simulated: int
    kept: tuple[Money, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFigures:
    """One day in UTC: orders placed on it, and units that the registry cancelled on it."""

    day: date
    orders: int
    cancelled: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFigures:
    """Units of one project that were cancelled for a campaign."""

    ref: str
    title: str
    cancelled: int


def figures_of(*, campaigns: Collection[Campaign]) -> Mapping[int, CampaignFigures]:
    """The figures of each campaign, by its id, in four queries."""
    ids = [campaign.pk for campaign in campaigns]
    progress = progress_of(sources={campaign.source for campaign in campaigns})
    orders = {
        row["campaign"]: row
        for row in Order.objects.filter(campaign__in=ids)
        .values("campaign")
        .annotate(placed=Count("pk"), given_up=Count("pk", filter=Q(state__in=_GIVEN_UP)))
        .order_by()
    }
    ordered = dict(
        OrderLine.objects.filter(order__campaign__in=ids)
        .exclude(order__state__in=_GIVEN_UP)
        .values_list("order__campaign")
        .annotate(units=Sum("quantity"))
        .order_by()
    )
    kept: dict[int, list[Money]] = defaultdict(list)
    money = (
        Payment.objects.filter(order__campaign__in=ids)
        .values_list("order__campaign", "currency")
        .annotate(minor=Sum(F("captured_minor") - F("refunded_minor")))
        .order_by("currency")
    )
    for campaign, currency, minor in money:
        if minor:
            kept[campaign].append(Money(minor=minor, currency=currency))
    return {
        campaign.pk: CampaignFigures(
            orders=orders[campaign.pk]["placed"] if campaign.pk in orders else 0,
            given_up=orders[campaign.pk]["given_up"] if campaign.pk in orders else 0,
            ordered=ordered.get(campaign.pk, 0),
            cancelled=progress[campaign.source].cancelled,
            simulated=progress[campaign.source].simulated,
            kept=tuple(kept[campaign.pk]),
        )
        for campaign in campaigns
    }


def days_of(*, campaign: Campaign) -> tuple[DayFigures, ...]:
    """Every day on which something happened, the newest first."""
    placed = dict(
        Order.objects.filter(campaign=campaign)
        .annotate(day=TruncDate("placed_at"))
        .values_list("day")
        .annotate(count=Count("pk"))
        .order_by()
    )
    cancelled = dict(
        _cancelled(campaign)
        .annotate(day=TruncDate("cancelled_at"))
        .values_list("day")
        .annotate(units=Sum("quantity"))
        .order_by()
    )
    return tuple(
        DayFigures(day=day, orders=placed.get(day, 0), cancelled=cancelled.get(day, 0))
        for day in sorted(placed.keys() | cancelled.keys(), reverse=True)
    )


def projects_of(*, campaign: Campaign, limit: int = 10) -> tuple[ProjectFigures, ...]:
    """The projects of which most was cancelled for the campaign."""
    rows = (
        _cancelled(campaign)
        .values_list("issuance__project__ref", "issuance__project__title")
        .annotate(units=Sum("quantity"))
        .order_by("-units", "issuance__project__ref")[:limit]
    )
    return tuple(ProjectFigures(ref=ref, title=title, cancelled=units) for ref, title, units in rows)


def _cancelled(campaign: Campaign) -> QuerySet[UnitBlock]:
    return UnitBlock.objects.filter(is_leaf=True, state="cancelled", **{f"{_ORDER}__campaign": campaign})
