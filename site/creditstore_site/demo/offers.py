"""Which offers the demo has: real projects and real issuances, invented sellers, quantities and prices.

The plan follows from the facts alone, whatever has been sold since: a second run finds the same offers.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import F, IntegerField, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from creditstore.catalogue.models import Issuance, Project
from creditstore.credits.models import CancellationKind, UnitBlock
from creditstore.credits.serials import UNIT_TYPES
from creditstore_plugins import Money

#: Not offered, even in a demonstration: trade with the Democratic People's Republic of Korea is under sanctions.
_NEVER = frozenset({"5887"})
_SMALLEST = 100
_QUANTITIES = (100, 250, 500, 1_200, 3_000, 8_000, 20_000, 50_000)
_LOWEST_PRICE, _HIGHEST_PRICE = 80, 650
#: US cents for a unit of 2008; younger ones cost more. Invented, in the order of what such units once cost.
_BASE_PRICES = {
    "Biomass energy": 150,
    "EE households": 400,
    "HFCs": 80,
    "Landfill gas": 120,
    "Methane avoidance": 180,
    "N2O": 85,
    "Reforestation": 450,
    "Solar": 160,
}
_OTHER_BASE_PRICE = 110
TRADER = "meridian-units"
_SELLERS_BY_COUNTRY = {
    **dict.fromkeys(("CL", "PE", "AR", "CO", "UY"), "cordillera-units"),
    **dict.fromkeys(("BR", "CR", "GT", "HN", "JM", "MX", "SV"), "jacaranda-climate"),
    **dict.fromkeys(("IN", "LK", "PK"), "banyan-renewables"),
    **dict.fromkeys(("GH", "KE", "MW", "RW", "UG", "ZA"), "hearth-programmes"),
}
_OTHER_SELLER = "monsoon-energy"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedOffer:
    """An offer that the demo should have."""

    code: str
    issuance: Issuance
    seller_slug: str
    quantity: int
    price: Money


def plan_offers(*, projects: int) -> list[PlannedOffer]:
    """One to four offers for each of at most that many projects, of as many countries and types as there are."""
    by_project: dict[int, list[tuple[Issuance, int]]] = defaultdict(list)
    for issuance, free in _free_issuances():
        by_project[issuance.project_id].append((issuance, free))
    candidates = Project.objects.filter(pk__in=by_project, status="registered").exclude(ref__in=_NEVER).order_by("ref")
    return [
        offer
        for project in _varied(list(candidates), count=projects)
        for offer in _offers_of(project, by_project[project.pk])
    ]


def _free_issuances() -> Iterator[tuple[Issuance, int]]:
    """Issuances of lasting units, and how many of them no registry had recorded as cancelled; youngest first."""
    recorded = (
        UnitBlock.objects.filter(issuance=OuterRef("pk"), is_leaf=True, state="cancelled")
        .exclude(cancellation_kind=CancellationKind.STORE)
        .order_by()
        .values("issuance")
        .annotate(total=Sum("quantity"))
        .values("total")
    )
    lasting = [code for code, unit_type in UNIT_TYPES.items() if not unit_type.expires]
    issuances = (
        Issuance.objects.filter(unit_type__in=lasting, monitoring_end__isnull=False)
        .select_related("project__product")
        .annotate(free=F("quantity") - Coalesce(Subquery(recorded), 0, output_field=IntegerField()))
        .filter(free__gte=_SMALLEST)
        .order_by("-commitment_period", "-monitoring_end", "-start")
    )
    for issuance in issuances:
        yield issuance, issuance.free


def _varied(candidates: Sequence[Project], *, count: int) -> list[Project]:
    """Country by country in turn, each time the project whose type has been taken least often."""
    waiting: dict[str, list[Project]] = defaultdict(list)
    for project in candidates:
        waiting[project.country_codes[0]].append(project)
    taken: list[Project] = []
    types: dict[str, int] = defaultdict(int)
    while waiting and len(taken) < count:
        for country in sorted(waiting)[: count - len(taken)]:
            chosen = min(
                waiting[country], key=lambda project: (types[project.project_type], _dice(project.ref, "turn"))
            )
            taken.append(chosen)
            types[chosen.project_type] += 1
            waiting[country].remove(chosen)
            if not waiting[country]:
                del waiting[country]
    return taken


def _offers_of(project: Project, issuances: Sequence[tuple[Issuance, int]]) -> Iterator[PlannedOffer]:
    count = 1 + _dice(project.ref, "offers") % 4
    chosen = list(issuances[:count])
    older = [pair for pair in issuances if pair[0].commitment_period == 1 and pair not in chosen]
    if older and count > 1 and _dice(project.ref, "older") % 2:
        chosen[-1] = older[0]
    local = _SELLERS_BY_COUNTRY.get(project.country_codes[0], _OTHER_SELLER)
    two_sellers = _dice(project.ref, "sellers") % 3 == 0
    # With a single issuance, both offer units of it: at most half of what is free for each.
    halves = two_sellers and len(chosen) == 1 and chosen[0][1] >= 2 * _SMALLEST
    for position, (issuance, free) in enumerate(chosen):
        share = free // 2 if halves else free
        quantity = min(_QUANTITIES[_dice(project.ref, "quantity", position) % len(_QUANTITIES)], share)
        seller = TRADER if two_sellers and position % 2 else local
        yield _offer(project, issuance, position=position, seller=seller, quantity=quantity)
        if halves:
            yield _offer(project, issuance, position=1, seller=TRADER, quantity=quantity)


def _offer(project: Project, issuance: Issuance, *, position: int, seller: str, quantity: int) -> PlannedOffer:
    years = issuance.monitoring_end.year - 2008 if issuance.monitoring_end else 0
    cents = _BASE_PRICES.get(project.project_type, _OTHER_BASE_PRICE) + 9 * max(years, 0)
    cents += _dice(project.ref, "price", position) % 60
    return PlannedOffer(
        code=f"{project.ref}-{'ABCDEFGH'[position]}",
        issuance=issuance,
        seller_slug=seller,
        quantity=quantity,
        price=Money(minor=min(max(cents, _LOWEST_PRICE), _HIGHEST_PRICE), currency="USD"),
    )


def _dice(*what: object) -> int:
    """A number that looks thrown and is the same every time."""
    return int.from_bytes(hashlib.sha256(":".join(map(str, what)).encode()).digest()[:4], "big")
