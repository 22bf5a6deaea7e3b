"""Writing what an import has read and checked: projects with their products, issuances with their blocks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model, Sum
from django.utils.text import slugify
from oscar.core.loading import get_model

from creditstore.catalogue.checks import NewBlocks, key_of
from creditstore.catalogue.models import Issuance, Project
from creditstore.catalogue.reading import Place, Placed, Progress, Refusal
from creditstore.catalogue.reporting import Counted
from creditstore.catalogue.rows import IssuanceRow, ProjectRow
from creditstore.credits.blocks import NewIssuance, RecordedCancellation, register_issuances
from creditstore.credits.models import UnitBlock

PRODUCT_CLASS = "CDM project"
_BATCH = 500
ItemT = TypeVar("ItemT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """What the shipped table of Parties tells of a host."""

    continent: str
    region: str
    least_developed: bool
    small_island: bool


def store_rows(model: type[Model], key: str, wanted: Mapping[str, Mapping[str, Any]]) -> Counted:
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
    manager.bulk_create(created, batch_size=_BATCH)
    if changed:
        manager.bulk_update(changed, fields=list(wanted[getattr(changed[0], key)]), batch_size=_BATCH)
    return Counted(created=len(created), updated=len(changed), unchanged=len(existing) - len(changed))


def store_projects(
    rows: Sequence[Placed[ProjectRow]], *, countries: Mapping[str, Country], progress: Progress
) -> Counted:
    """Create projects and their parent products, or bring them up to date."""
    created = updated = unchanged = 0
    batches = _batches(rows)
    for batch in progress(batches, step="Storing projects", total=len(batches)):
        wanted = {placed.row.ref: _columns(placed.row, countries=countries) for placed in batch}
        products = _store_products({ref: columns["title"] for ref, columns in wanted.items()})
        counted = store_rows(
            Project, "ref", {ref: {**columns, "product_id": products[ref]} for ref, columns in wanted.items()}
        )
        _check_now()
        created, updated = created + counted.created, updated + counted.updated
        unchanged += counted.unchanged
    return Counted(created, updated, unchanged)


def _columns(row: ProjectRow, *, countries: Mapping[str, Country]) -> dict[str, Any]:
    columns = row.columns
    hosts = [countries[code] for code in columns["country_codes"] if code in countries]
    return {
        **columns,
        "region": hosts[0].region or hosts[0].continent if hosts else "",
        "least_developed": any(host.least_developed for host in hosts),
        "small_island": any(host.small_island for host in hosts),
    }


def _store_products(titles: Mapping[str, str]) -> dict[str, int]:
    """The parent product of each project: its key by the project's reference."""
    product_model = get_model("catalogue", "Product")
    wanted = {f"cdm-{ref}": title[:255] for ref, title in titles.items()}
    products = {product.upc: product for product in product_model.objects.filter(upc__in=list(wanted))}
    product_class, _created = get_model("catalogue", "ProductClass").objects.get_or_create(
        name=PRODUCT_CLASS, defaults={"requires_shipping": False, "track_stock": False}
    )
    fresh = [
        product_model(upc=upc, structure="parent", title=title, slug=_slug(title), product_class=product_class)
        for upc, title in wanted.items()
        if upc not in products
    ]
    renamed = [product for upc, product in products.items() if product.title != wanted[upc]]
    for product in renamed:
        product.title, product.slug = wanted[product.upc], _slug(wanted[product.upc])
    product_model.objects.bulk_update(renamed, fields=["title", "slug"])
    for product in product_model.objects.bulk_create(fresh):
        products[product.upc] = product
    return {ref: products[f"cdm-{ref}"].pk for ref in titles}


def _slug(title: str) -> str:
    return slugify(title)[:255] or "project"


def store_blocks(new: NewBlocks, *, source: str, progress: Progress) -> None:
    """Enter the issuances into the ledger, each with its recorded cancellations; ``source``: the file's name."""
    projects = {project.ref: project for project in Project.objects.only("ref")}
    batches = _batches(new.issuances)
    for batch in progress(batches, step="Entering issuances", total=len(batches)):
        stored = Issuance.objects.bulk_create(_issuance(row, projects[row.ref], source=source) for row in batch)
        register_issuances(
            issuances=[
                NewIssuance(
                    issuance=issuance,
                    cancelled=tuple(
                        RecordedCancellation(
                            start=found.start, end=found.end, at=found.cancelled_at, kind=found.cancellation_kind
                        )
                        for found in new.cancellations.get(key_of(row), ())
                    ),
                )
                for row, issuance in zip(batch, stored, strict=True)
            ]
        )
        if batch is batches[0]:
            refresh_statistics()
        _check_now()


def _issuance(row: IssuanceRow, project: Project, *, source: str) -> Issuance:
    return Issuance(
        project=project,
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


def _check_now() -> None:
    """Let the database make now the checks that would wait for the commit.

    Each row that a trigger looks at costs time for every check that waits, so a long queue makes a slow import.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def refresh_statistics() -> None:
    """Tell the database how much there is now: its plans are those for the empty tables of before until it knows."""
    tables = [Project, Issuance, UnitBlock, get_model("catalogue", "Product")]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE " + ", ".join(connection.ops.quote_name(model._meta.db_table) for model in tables))


def unbalanced(rows: Iterable[Placed[ProjectRow]]) -> list[Refusal]:
    """Projects whose ledger does not add up: issued is not cancelled plus outstanding."""
    places: dict[str, Place] = {placed.row.ref: placed.place for placed in rows}
    issued = dict(Issuance.objects.order_by().values_list("project__ref").annotate(total=Sum("quantity")))
    leaves = UnitBlock.objects.filter(is_leaf=True).order_by()
    by_project = leaves.values_list("issuance__project__ref").annotate(total=Sum("quantity"))
    cancelled = dict(by_project.filter(state="cancelled"))
    outstanding = dict(by_project.exclude(state="cancelled"))
    sums = {ref: (issued.get(ref, 0), cancelled.get(ref, 0), outstanding.get(ref, 0)) for ref in places}
    return [
        Refusal(places[ref], f"issued {total}, but cancelled {gone} and outstanding {left}", ref, final=True)
        for ref, (total, gone, left) in sums.items()
        if total != gone + left
    ]


def _batches(items: Sequence[ItemT]) -> list[list[ItemT]]:
    waiting = iter(items)
    return list(iter(lambda: list(islice(waiting, _BATCH)), []))
