"""What is known of one project or one offer: what its page and its API answer show, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from creditstore.catalogue.models import Methodology, Project, SectoralScope
from creditstore.core.countries import country_name
from creditstore.core.errors import StoreError
from creditstore.credits.models import CancellationKind, Offer, UnitBlock
from creditstore.credits.serials import UNIT_TYPES
from creditstore.sellers.models import Seller
from creditstore_plugins import Money

#: Offers that the public may see; the others are a seller's drafts.
PUBLIC_STATES = ("live", "paused", "sold_out", "withdrawn")
#: Offers that a project's page lists.
LISTED_STATES = ("live", "sold_out")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A code and what it means; ``name`` is empty where the source is not sure."""

    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SellerFacts:
    """Who sells. ``invented`` sellers are marked wherever they are shown."""

    slug: str
    name: str
    country: str
    country_name: str
    about: str
    invented: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferFacts:
    """One offer: ``price`` is that of one unit (one tonne), ``vintage_from`` to ``vintage_to`` the monitoring period.

    ``maximum`` is the most that one order may take, ``None`` for no limit but what is ``available``.
    ``price_invented`` prices are marked wherever they are shown.
    """

    code: str
    project_ref: str
    project_title: str
    seller: SellerFacts
    price: Money
    price_invented: bool
    available: int
    offered: int
    minimum: int
    maximum: int | None
    vintage_from: date | None
    vintage_to: date | None
    period: int
    unit_type: str
    unit_name: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitTotals:
    """A project's units. ``issued`` = ``cancelled`` + ``outstanding``; outstanding means not known to be cancelled.

    ``cancelled_here``: of the cancelled ones, those cancelled through this store. ``available``: for sale here now.
    """

    issued: int
    cancelled: int
    cancelled_here: int
    outstanding: int
    available: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFacts:
    """Everything the store tells of a project. Tonnes and units are whole; lists keep the source's order."""

    ref: str
    title: str
    activity: str
    type: str
    subtype: str
    scale: str
    countries: tuple[Named, ...]
    other_parties: tuple[str, ...]
    region: str
    subnational_region: str
    scopes: tuple[Named, ...]
    methodologies: tuple[Named, ...]
    registered_on: date | None
    crediting_start: date | None
    crediting_end: date | None
    crediting_period_type: str
    annual_reductions: int | None
    installed_capacity_mw: Decimal | None
    validated_by: str
    latitude: Decimal | None
    longitude: Decimal | None
    registry_url: str
    source: str
    totals: UnitTotals
    offers: tuple[OfferFacts, ...]

    @property
    def price_from(self) -> Money | None:
        """The lowest price of a unit that can be bought now, in the currency of the first offer."""
        prices = [offer.price for offer in self.offers if offer.available]
        return min((price for price in prices if price.currency == prices[0].currency), key=_minor, default=None)


def project_facts(*, ref: str, language: str = "en") -> ProjectFacts:
    """One project with its live and sold-out offers, cheapest first. Errors: ``StoreError`` (not-found)."""
    project = Project.objects.filter(ref=ref).first() if "\0" not in ref else None
    if project is None:
        raise StoreError(code="not-found", message=_("There is no project with this reference."))
    offers = tuple(
        _offer(offer, language=language)
        for offer in Offer.objects.filter(issuance__project=project, state__in=LISTED_STATES).select_related(
            "seller", "issuance__project"
        )
    )
    return ProjectFacts(
        ref=project.ref,
        title=project.title,
        activity=project.activity_type,
        type=project.project_type,
        subtype=project.project_subtype,
        scale=project.scale,
        countries=tuple(Named(code=code, name=country_name(code, language)) for code in project.country_codes),
        other_parties=tuple(project.other_parties),
        region=project.region,
        subnational_region=project.subnational_region,
        scopes=_named(
            project.scopes, dict(SectoralScope.objects.filter(code__in=project.scopes).values_list("code", "name"))
        ),
        methodologies=_named(
            project.methodologies,
            dict(Methodology.objects.filter(number__in=project.methodologies).values_list("number", "title")),
        ),
        registered_on=project.registered_on,
        crediting_start=project.crediting_start,
        crediting_end=project.crediting_end,
        crediting_period_type=project.crediting_period_type,
        annual_reductions=project.annual_reductions,
        installed_capacity_mw=project.installed_capacity_mw,
        validated_by=project.doe,
        latitude=project.latitude,
        longitude=project.longitude,
        registry_url=project.registry_url,
        source=project.source,
        totals=_totals(project, available=sum(offer.available for offer in offers)),
        offers=offers,
    )


def offer_facts(*, code: str, language: str = "en") -> OfferFacts:
    """One offer that is or was for sale. Errors: ``StoreError`` (not-found), also for what was never published."""
    found = Offer.objects.filter(code=code, state__in=PUBLIC_STATES).select_related("seller", "issuance__project")
    offer = found.first() if "\0" not in code else None
    if offer is None:
        raise StoreError(code="not-found", message=_("There is no such offer."))
    return _offer(offer, language=language)


def seller_facts(seller: Seller, *, language: str = "en") -> SellerFacts:
    """What buyers see of a seller."""
    return SellerFacts(
        slug=seller.slug,
        name=seller.name,
        country=seller.country_code,
        country_name=country_name(seller.country_code, language),
        about=seller.about,
        invented=seller.invented,
    )


def _offer(offer: Offer, *, language: str) -> OfferFacts:
    issuance = offer.issuance
    unit_type = UNIT_TYPES[issuance.unit_type]
    return OfferFacts(
        code=offer.code,
        project_ref=issuance.project.ref,
        project_title=issuance.project.title,
        seller=seller_facts(offer.seller, language=language),
        price=Money(minor=offer.price_minor, currency=offer.currency),
        price_invented=offer.price_invented,
        available=offer.available,
        offered=offer.offered,
        minimum=offer.minimum,
        maximum=offer.maximum,
        vintage_from=issuance.monitoring_start,
        vintage_to=issuance.monitoring_end,
        period=issuance.commitment_period,
        unit_type=unit_type.short_name,
        unit_name=str(unit_type.full_name),
        state=offer.state,
    )


def _totals(project: Project, *, available: int) -> UnitTotals:
    cancelled = Q(state="cancelled")
    sums = UnitBlock.objects.filter(issuance__project=project, is_leaf=True).aggregate(
        issued=Sum("quantity"),
        cancelled=Sum("quantity", filter=cancelled),
        here=Sum("quantity", filter=cancelled & Q(cancellation_kind=CancellationKind.STORE)),
        outstanding=Sum("quantity", filter=~cancelled),
    )
    return UnitTotals(
        issued=sums["issued"] or 0,
        cancelled=sums["cancelled"] or 0,
        cancelled_here=sums["here"] or 0,
        outstanding=sums["outstanding"] or 0,
        available=available,
    )


def _named(codes: Sequence[str], names: dict[str, str]) -> tuple[Named, ...]:
    return tuple(Named(code=code, name=names.get(code, "")) for code in codes)


def _minor(price: Money) -> int:
    return price.minor
