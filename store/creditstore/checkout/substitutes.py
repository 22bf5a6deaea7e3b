"""What a buyer is asked when the registry refused a line: the refused units beside those proposed instead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from creditstore.catalogue.objections import Objection, objections, vintage_year
from creditstore.credits.models import Offer
from creditstore.credits.serials import UNIT_TYPES
from creditstore.orders.models import OrderLine
from creditstore_plugins import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitsSummary:
    """Units of one offer, for comparing: ``price`` is for one unit as its seller asks it now."""

    project: str
    project_title: str
    country: str
    project_type: str
    methodologies: tuple[str, ...]
    vintage_from: Any
    vintage_to: Any
    price: Money
    objections: tuple[Objection, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubstituteSummary:
    """What is proposed instead of a refused line: ``refused`` beside ``instead``. ``paid`` is all the buyer pays."""

    id: int
    quantity: int
    note: str
    expires_at: datetime
    paid: Money
    refused: UnitsSummary
    instead: UnitsSummary

    @property
    def both(self) -> tuple[UnitsSummary, UnitsSummary]:
        """Side by side: what was ordered, then what is proposed."""
        return self.refused, self.instead


def substitute_of(line: OrderLine) -> SubstituteSummary | None:
    """What the buyer is asked about this line now."""
    proposal = next((item for item in line.substitutions.all() if item.state == "proposed"), None)
    if proposal is None or line.state != "refused":
        return None
    return SubstituteSummary(
        id=proposal.pk,
        quantity=line.quantity,
        note=proposal.note,
        expires_at=proposal.expires_at,
        paid=Money(minor=line.total_minor, currency=proposal.offer.currency),
        refused=_units(line.reservation.offer),
        instead=_units(proposal.offer),
    )


def _units(offer: Offer) -> UnitsSummary:
    issuance = offer.issuance
    project = issuance.project
    year = vintage_year(monitoring_start=issuance.monitoring_start, commitment_period=issuance.commitment_period)
    return UnitsSummary(
        project=project.ref,
        project_title=project.title,
        country=issuance.series,
        project_type=project.project_type,
        methodologies=tuple(project.methodologies),
        vintage_from=issuance.monitoring_start,
        vintage_to=issuance.monitoring_end,
        price=Money(minor=offer.price_minor, currency=offer.currency),
        objections=objections(
            project_type=project.project_type,
            project_subtype=project.project_subtype,
            installed_capacity_mw=project.installed_capacity_mw,
            vintage_from=year,
            unit_type=UNIT_TYPES[issuance.unit_type].short_name,
        ),
    )
