"""Taking in the CDM facts: projects, issuances and past cancellations. All of it or, with every reason, none of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import Model, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils.text import slugify
from oscar.core.loading import get_model

from creditstore.catalogue import search_text
from creditstore.catalogue.checks import NewBlocks, check_blocks, check_projects, key_of, what_is_known
from creditstore.catalogue.models import Issuance, Methodology, Project, SectoralScope
from creditstore.catalogue.reading import Fields, Place, Placed, Refusal, Refusals, read_table
from creditstore.catalogue.rows import (
    CANCELLATION_COLUMNS,
    ISSUANCE_COLUMNS,
    METHODOLOGY_COLUMNS,
    PROJECT_COLUMNS,
    SCOPE_COLUMNS,
    ProjectRow,
    parse_cancellation,
    parse_issuance,
    parse_methodology,
    parse_project,
    parse_scope,
)
from creditstore.core.clock import now
from creditstore.credits.blocks import RecordedCancellation, register_issuance
from creditstore.credits.models import UnitBlock

FACTS = Path(__file__).parent / "facts"
PROJECTS = FACTS / "projects.csv"
ISSUANCES = FACTS / "issuances.csv"
CANCELLATIONS = FACTS / "cancellations.csv.gz"
METHODOLOGIES = FACTS / "methodologies.csv"
SCOPES = FACTS / "sectoral_scopes.csv"
PARTIES = FACTS / "parties.csv"

PRODUCT_CLASS = "CDM project"
#: Two imports never run at once: any number that nothing else locks will do.
_ADVISORY_LOCK = 0x0CD_FAC75


class ImportRefused(Exception):
    """Nothing was taken in. ``refusals`` names every row that stands in the way."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__("\n".join(str(refusal) for refusal in refusals))
        self.refusals = tuple(refusals)


@dataclass(frozen=True, slots=True)
class Counted:
    """How many rows of a kind were new, changed, or just as the store holds them already."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import did."""

    scopes: Counted
    methodologies: Counted
    projects: Counted
    issuances: Counted
    cancellations: Counted

    @property
    def changed(self) -> bool:
        """Whether the store is any different now."""
        return any(getattr(self, name).created or getattr(self, name).updated for name in self.__slots__)


def import_cdm(
    *,
    projects: Path = PROJECTS,
    issuances: Path = ISSUANCES,
    cancellations: Path = CANCELLATIONS,
    methodologies: Path = METHODOLOGIES,
    scopes: Path = SCOPES,
) -> ImportReport:
    """Take in facts files as facts/README.md describes them (CSV, or CSV packed as ``.gz``), in one transaction.

    Facts of a known project are brought up to date; an issuance never changes, and its recorded cancellations come
    with it. A repeat changes nothing. Errors: ``ImportRefused`` with a reason for each row that cannot be taken in.
    """
    refusals = Refusals()
    scope_rows = read_table(path=scopes, columns=SCOPE_COLUMNS, parse=parse_scope, refusals=refusals)
    methodology_rows = read_table(
        path=methodologies, columns=METHODOLOGY_COLUMNS, parse=parse_methodology, refusals=refusals
    )
    project_rows = read_table(path=projects, columns=PROJECT_COLUMNS, parse=parse_project, refusals=refusals)
    issuance_rows = read_table(path=issuances, columns=ISSUANCE_COLUMNS, parse=parse_issuance, refusals=refusals)
    cancellation_rows = read_table(
        path=cancellations, columns=CANCELLATION_COLUMNS, parse=parse_cancellation, refusals=refusals
    )
    regions = _regions(refusals)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ADVISORY_LOCK])
        known_scopes = set(SectoralScope.objects.values_list("code", flat=True))
        known_methodologies = set(Methodology.objects.values_list("number", flat=True))
        check_projects(
            project_rows,
            scopes=known_scopes | {placed.row.code for placed in scope_rows},
            methodologies=known_methodologies | {placed.row.number for placed in methodology_rows},
            refusals=refusals,
        )
        hosts: dict[str, list[str]] = dict(Project.objects.values_list("ref", "country_codes"))
        hosts.update({placed.row.ref: placed.row.columns["country_codes"] for placed in project_rows})
        new = check_blocks(
            issuances=issuance_rows,
            cancellations=cancellation_rows,
            known=what_is_known(hosts),
            now=now(),
            refusals=refusals,
        )
        if refusals.found:
            raise ImportRefused(refusals.found)
        report = ImportReport(
            scopes=_store(SectoralScope, "code", {p.row.code: {"name": p.row.name} for p in scope_rows}),
            methodologies=_store(
                Methodology,
                "number",
                {p.row.number: {"title": p.row.title, "scopes": p.row.scopes} for p in methodology_rows},
            ),
            projects=_store_projects(project_rows, regions=regions),
            issuances=Counted(created=len(new.issuances), unchanged=new.unchanged_issuances),
            cancellations=Counted(
                created=sum(map(len, new.cancellations.values())), unchanged=new.unchanged_cancellations
            ),
        )
        _store_blocks(new, source=issuances.name)
        unbalanced = _unbalanced(project_rows)
        if unbalanced:
            raise ImportRefused(unbalanced)
    return report


def _regions(refusals: Refusals) -> dict[str, tuple[str, str]]:
    """Continent and region of each country: the shipped table, whatever projects are imported."""

    def parse(fields: Fields) -> tuple[str, tuple[str, str]]:
        return fields.text("iso2"), (fields.text("region", limit=80), fields.text("un_subregion", limit=80))

    rows = read_table(path=PARTIES, columns=("iso2", "region", "un_subregion"), parse=parse, refusals=refusals)
    return dict(placed.row for placed in rows)


def _store(model: type[Model], key: str, wanted: Mapping[str, Mapping[str, Any]]) -> Counted:
    """Create or bring up to date the rows of a table known by ``key``; untouched where nothing differs."""
    manager = model._default_manager
    existing = {getattr(row, key): row for row in manager.filter(**{f"{key}__in": list(wanted)})}
    created = [model(**{key: value}, **columns) for value, columns in wanted.items() if value not in existing]
    changed = []
    for value, row in existing.items():
        if any(getattr(row, column) != fresh for column, fresh in wanted[value].items()):
            for column, fresh in wanted[value].items():
                setattr(row, column, fresh)
            changed.append(row)
    manager.bulk_create(created)
    if changed:
        manager.bulk_update(changed, fields=list(wanted[getattr(changed[0], key)]))
    return Counted(created=len(created), updated=len(changed), unchanged=len(existing) - len(changed))


def _store_projects(rows: Iterable[Placed[ProjectRow]], *, regions: Mapping[str, tuple[str, str]]) -> Counted:
    wanted: dict[str, dict[str, Any]] = {}
    for placed in rows:
        columns = placed.row.columns
        found = [regions[code] for code in columns["country_codes"] if code in regions]
        wanted[placed.row.ref] = {
            **columns,
            "region": found[0][1] or found[0][0] if found else "",
            "search_text": search_text.build(
                ref=placed.row.ref,
                title=columns["title"],
                methodologies=columns["methodologies"],
                country_codes=columns["country_codes"],
                project_type=columns["project_type"],
                project_subtype=columns["project_subtype"],
                other_words=[columns["subnational_region"], *dict.fromkeys(name for pair in found for name in pair)],
            ),
        }
    product_model = get_model("catalogue", "Product")
    titles = {_upc(ref): columns["title"][:255] for ref, columns in wanted.items()}
    products = {product.upc: product for product in product_model.objects.filter(upc__in=list(titles))}
    product_class, _created = get_model("catalogue", "ProductClass").objects.get_or_create(
        name=PRODUCT_CLASS, defaults={"requires_shipping": False, "track_stock": False}
    )
    fresh = [
        product_model(upc=upc, structure="parent", title=title, slug=_slug(title), product_class=product_class)
        for upc, title in titles.items()
        if upc not in products
    ]
    for product in product_model.objects.bulk_create(fresh):
        products[product.upc] = product
    renamed = [product for upc, product in products.items() if product.title != titles[upc]]
    for product in renamed:
        product.title, product.slug = titles[product.upc], _slug(titles[product.upc])
    product_model.objects.bulk_update(renamed, fields=["title", "slug"])
    for ref, columns in wanted.items():
        columns["product_id"] = products[_upc(ref)].pk
    return _store(Project, "ref", wanted)


def _store_blocks(new: NewBlocks, *, source: str) -> None:
    projects = {project.ref: project for project in Project.objects.only("ref")}
    rows = {key_of(row): row for row in new.issuances}
    stored = Issuance.objects.bulk_create(
        Issuance(
            project=projects[row.ref],
            series=row.series,
            unit_type=row.unit_type,
            commitment_period=row.period,
            start=row.start,
            end=row.end,
            issued_at=row.issued_at,
            monitoring_start=row.monitoring_start,
            monitoring_end=row.monitoring_end,
            source=source[:80],
        )
        for row in rows.values()
    )
    for key, issuance in zip(rows, stored, strict=True):
        register_issuance(
            issuance=issuance,
            cancelled=[
                RecordedCancellation(start=row.start, end=row.end, at=row.cancelled_at, kind=row.cancellation_kind)
                for row in new.cancellations.get(key, ())
            ],
        )


def _unbalanced(rows: Iterable[Placed[ProjectRow]]) -> list[Refusal]:
    """Projects whose ledger does not add up: issued is not cancelled plus outstanding."""
    places: dict[str, Place] = {placed.row.ref: placed.place for placed in rows}
    leaves = UnitBlock.objects.filter(is_leaf=True)
    issued = Issuance.objects.filter(project=OuterRef("pk"))
    wrong = (
        Project.objects.filter(ref__in=list(places))
        .annotate(
            issued=_total(issued, "project"),
            cancelled=_total(leaves.filter(issuance__project=OuterRef("pk"), state="cancelled"), "issuance__project"),
            outstanding=_total(
                leaves.filter(~Q(state="cancelled"), issuance__project=OuterRef("pk")), "issuance__project"
            ),
        )
        .values_list("ref", "issued", "cancelled", "outstanding")
    )
    return [
        Refusal(places[ref], f"issued {issued or 0}, but cancelled {cancelled or 0} and outstanding {outstanding or 0}")
        for ref, issued, cancelled, outstanding in wrong
        if (issued or 0) != (cancelled or 0) + (outstanding or 0)
    ]


def _total(rows: QuerySet[Any], project: str) -> Subquery:
    return Subquery(rows.order_by().values(project).annotate(total=Sum("quantity")).values("total"))


def _upc(ref: str) -> str:
    return f"cdm-{ref}"


def _slug(title: str) -> str:
    return slugify(title)[:255] or "project"
