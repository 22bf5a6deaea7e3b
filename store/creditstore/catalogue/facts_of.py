"""What is known of one project or one offer: what its page and its API answer show, in the reader's language."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, TypeVar

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from creditstore.catalogue.fact_types import (
    CreditingPeriod,
    Document,
    GoalFacts,
    Named,
    OfferFacts,
    ProjectFacts,
    SellerFacts,
    UnitTotals,
    VintageFacts,
)
from creditstore.catalogue.goals import goal_name, inferred_goals
from creditstore.catalogue.models import Benefit, Issuance, Methodology, Project, SectoralScope
from creditstore.catalogue.objections import RULES, Objection, objections, vintage_year
from creditstore.catalogue.units_of import UNITS, totals_of, units_of
from creditstore.core.countries import country_name
from creditstore.core.database import prepared_cursor
from creditstore.core.errors import StoreError
from creditstore.credits.models import Offer
from creditstore.credits.serials import UNIT_TYPES
from creditstore.sellers.models import Seller
from creditstore_plugins import Money

__all__ = [
    "OfferFacts",
    "ProjectFacts",
    "SellerFacts",
    "UnitTotals",
    "VintageFacts",
    "offer_facts",
    "project_facts",
    "seller_facts",
    "several_project_facts",
]

#: Offers that the public may see; the others are a seller's drafts.
PUBLIC_STATES = ("live", "paused", "sold_out", "withdrawn")
#: Offers that a project's page lists.
LISTED_STATES = ("live", "sold_out")
ModelT = TypeVar("ModelT", bound=models.Model)
#: How values are read for which JSON has texts only.
_READ: Final = {"DateField": date.fromisoformat, "DateTimeField": datetime.fromisoformat}
_RANK = {rule.code: rank for rank, rule in enumerate(RULES)}
# What a page tells of a project was true at one moment: one statement. In SQL, because pages are asked for often, and
# Django takes longer to put such queries together than they run. As one text, because the same text is the same facts.
_TOLD: Final = f"""
    SELECT project.ref, json_build_object(
        'project', row_to_json(project),
        'scopes', (SELECT json_object_agg(code, name ORDER BY code) FROM {SectoralScope._meta.db_table}
                   WHERE code = ANY(project.scopes)),
        'methodologies', (SELECT json_object_agg(number, title ORDER BY number) FROM {Methodology._meta.db_table}
                          WHERE number = ANY(project.methodologies)),
        'entered', (SELECT json_agg(json_build_object('goal', goal, 'text', text, 'source_title', source_title,
                                                      'source_url', source_url) ORDER BY goal, id)
                    FROM {Benefit._meta.db_table} WHERE project_id = project.id),
        'offers', (SELECT json_agg(json_build_object('offer', row_to_json(offer), 'seller', row_to_json(seller),
                                                     'issuance', row_to_json(issuance))
                                   ORDER BY offer.price_minor, offer.id)
                   FROM {Issuance._meta.db_table} issuance
                   JOIN {Offer._meta.db_table} offer ON offer.issuance_id = issuance.id
                   JOIN {Seller._meta.db_table} seller ON seller.id = offer.seller_id
                   WHERE issuance.project_id = project.id AND offer.state = ANY(%s) AND project.status = 'registered'),
        'units', ({UNITS})
    )::text
    FROM {Project._meta.db_table} project WHERE project.ref = ANY(%s)
"""  # noqa: S608  (names of our own tables)


def project_facts(*, ref: str, language: str = "en") -> ProjectFacts:
    """One project with its live and sold-out offers, cheapest first. One query.

    Errors: ``StoreError`` (not-found).
    """
    found = several_project_facts(refs=[ref], language=language)
    if not found:
        raise StoreError(code="not-found", message=_("There is no project with this reference."))
    return found[0]


def several_project_facts(*, refs: Sequence[str], language: str = "en") -> list[ProjectFacts]:
    """What ``project_facts`` tells, of several projects in the order asked for. One query, however many.

    References that no project has are left out.
    """
    asked = [ref for ref in dict.fromkeys(refs) if "\0" not in ref]
    with prepared_cursor() as cursor:
        cursor.execute(_TOLD, [list(LISTED_STATES), asked])
        told = dict(cursor.fetchall())
    return [_facts(told[ref], language, get_language()) for ref in asked if ref in told]


@lru_cache(maxsize=512)
def _facts(told: str, language: str, _words: str | None) -> ProjectFacts:
    """The facts in what the database told. The same text and languages give the same facts, so remembering them leaves
    nothing out of date: the database was asked.
    """
    found = json.loads(told, parse_float=Decimal)
    project = _row(Project, found["project"])
    listed = [_listed(one, project) for one in found["offers"] or ()]
    vintages, issuances = units_of(rows=found["units"] or (), offers=listed)
    offers = tuple(_offer(offer, language=language) for offer in listed)
    return ProjectFacts(
        ref=project.ref,
        title=project.title,
        activity=project.activity_type,
        type=project.project_type,
        subtype=project.project_subtype,
        scale=project.scale,
        status=project.status,
        status_note=project.status_note,
        countries=tuple(Named(code=code, name=country_name(code, language)) for code in project.country_codes),
        other_parties=tuple(project.other_parties),
        region=project.region,
        subnational_region=project.subnational_region,
        least_developed=project.least_developed,
        small_island=project.small_island,
        scopes=_named(project.scopes, found["scopes"]),
        methodologies=_named(project.methodologies, found["methodologies"]),
        methodology_versions=tuple(project.methodology_versions),
        registered_on=project.registered_on,
        crediting_start=project.crediting_start,
        crediting_end=project.crediting_end,
        crediting_period_type=project.crediting_period_type,
        crediting_periods=tuple(_period(period) for period in project.crediting_periods),
        annual_reductions=project.annual_reductions,
        installed_capacity_mw=project.installed_capacity_mw,
        validated_by=project.doe,
        latitude=project.latitude,
        longitude=project.longitude,
        unfccc_id=project.unfccc_id,
        registry_url=project.registry_url,
        documents=_documents(project),
        goals=_goals(project, found["entered"] or ()),
        objections=_all_objections(project, offers),
        source=project.source,
        totals=totals_of(vintages),
        vintages=vintages,
        issuances=issuances,
        offers=offers,
    )


def _listed(row: Mapping[str, Any], project: Project) -> Offer:
    offer = _row(Offer, row["offer"])
    offer.seller, offer.issuance = _row(Seller, row["seller"]), _row(Issuance, row["issuance"])
    offer.issuance.project = project
    return offer


def _row(model: type[ModelT], columns: dict[str, Any]) -> ModelT:
    """A row as PostgreSQL writes it in JSON."""
    for field in model._meta.concrete_fields:
        read = _READ.get(field.get_internal_type())
        if read is not None and columns[field.attname] is not None:
            columns[field.attname] = read(columns[field.attname])
    return model(**columns)


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
    issuance, project = offer.issuance, offer.issuance.project
    unit_type = UNIT_TYPES[issuance.unit_type]
    return OfferFacts(
        code=offer.code,
        project_ref=project.ref,
        project_title=project.title,
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
        objections=objections(
            project_type=project.project_type,
            project_subtype=project.project_subtype,
            installed_capacity_mw=project.installed_capacity_mw,
            vintage_from=vintage_year(
                monitoring_start=issuance.monitoring_start, commitment_period=issuance.commitment_period
            ),
            unit_type=unit_type.short_name,
        ),
    )


def _all_objections(project: Project, offers: Sequence[OfferFacts]) -> tuple[Objection, ...]:
    """To the kind of project and to anything of it that is for sale, each once, in the order of the rules."""
    found = {
        objection.code: objection
        for objection in objections(
            project_type=project.project_type,
            project_subtype=project.project_subtype,
            installed_capacity_mw=project.installed_capacity_mw,
            vintage_from=None,
        )
    }
    found |= {objection.code: objection for offer in offers for objection in offer.objections}
    return tuple(sorted(found.values(), key=lambda objection: _RANK[objection.code]))


def _goals(project: Project, entered: Sequence[Mapping[str, Any]]) -> tuple[GoalFacts, ...]:
    """Goals in ascending order, co-benefits after them. What was entered with a source displaces what is inferred."""
    told = [
        GoalFacts(
            goal=benefit["goal"],
            name=goal_name(benefit["goal"]) if benefit["goal"] else "",
            basis="entered",
            text=benefit["text"],
            source_title=benefit["source_title"],
            source_url=benefit["source_url"],
        )
        for benefit in entered
    ]
    known = {goal.goal for goal in told}
    told += [
        GoalFacts(goal=goal, name=goal_name(goal), basis="inferred", text="", source_title="", source_url="")
        for goal in inferred_goals(project_type=project.project_type, project_subtype=project.project_subtype)
        if goal not in known
    ]
    return tuple(sorted(told, key=lambda goal: (goal.goal is None, goal.goal or 0)))


def _documents(project: Project) -> tuple[Document, ...]:
    found = []
    if project.registry_url:
        found.append(Document(kind="page", title=_("Project page at the UNFCCC"), url=project.registry_url))
    if project.documents_url:
        found.append(Document(kind="documents", title=_("Documents at the UNFCCC"), url=project.documents_url))
    return tuple(found)


def _period(period: dict[str, Any]) -> CreditingPeriod:
    start, end = period.get("start"), period.get("end")
    return CreditingPeriod(
        start=date.fromisoformat(start) if start else None,
        end=date.fromisoformat(end) if end else None,
        annual_reductions=period.get("annual_reductions"),
    )


def _named(codes: Sequence[str], names: Mapping[str, str] | None) -> tuple[Named, ...]:
    return tuple(Named(code=code, name=(names or {}).get(code, "")) for code in codes)
