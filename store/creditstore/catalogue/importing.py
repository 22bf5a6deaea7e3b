"""Taking in the CDM facts: projects, issuances and past cancellations. All of it or, with every reason, none of it."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from pathlib import Path

from django.db import connection, transaction

from creditstore.catalogue.checks import (
    check_blocks,
    check_projects,
    compare_sums,
    join_projects,
    key_of,
    what_is_known,
)
from creditstore.catalogue.indexing import refresh_search
from creditstore.catalogue.models import Methodology, Project, SearchRow, SectoralScope
from creditstore.catalogue.reading import Fields, Place, Progress, Refusals, Remarks, no_progress, read_table
from creditstore.catalogue.reporting import Counted, ImportRefused, ImportReport
from creditstore.catalogue.rows import (
    CANCELLATION_COLUMNS,
    DEREGISTERED_COLUMNS,
    EXTRA_COLUMNS,
    ISSUANCE_COLUMNS,
    METHODOLOGY_COLUMNS,
    PROJECT_COLUMNS,
    SCOPE_COLUMNS,
    parse_cancellation,
    parse_deregistered,
    parse_extra,
    parse_issuance,
    parse_methodology,
    parse_project,
    parse_scope,
)
from creditstore.catalogue.skipping import left_out, standing_in_the_way, without_refused
from creditstore.catalogue.storing import (
    Country,
    refresh_statistics,
    store_blocks,
    store_projects,
    store_rows,
    unbalanced,
)
from creditstore.core.clock import now

__all__ = ["Counted", "ImportRefused", "ImportReport", "import_cdm", "sold_by_un_store"]

FACTS = Path(__file__).parent / "facts"
PROJECTS = FACTS / "cdm_projects.csv.gz"
EXTRA = FACTS / "cdm_projects_extra.csv.gz"
DEREGISTERED = FACTS / "cdm_projects_deregistered.csv.gz"
ISSUANCES = FACTS / "cer_issuances.csv.gz"
CANCELLATIONS = FACTS / "cer_cancellations.csv.gz"
METHODOLOGIES = FACTS / "methodologies.csv"
SCOPES = FACTS / "sectoral_scopes.csv"
PARTIES = FACTS / "parties.csv"

#: Two imports never run at once: any number that nothing else locks will do.
_ADVISORY_LOCK = 0x0CD_FAC75


def import_cdm(
    *,
    projects: Path = PROJECTS,
    extra: Path = EXTRA,
    deregistered: Path = DEREGISTERED,
    issuances: Path = ISSUANCES,
    cancellations: Path = CANCELLATIONS,
    methodologies: Path = METHODOLOGIES,
    scopes: Path = SCOPES,
    only: Collection[str] | None = None,
    dry_run: bool = False,
    skip_refused: bool = False,
    progress: Progress = no_progress,
) -> ImportReport:
    """Take in facts files as facts/README.md describes them (CSV, or CSV packed as ``.gz``), in one transaction.

    Facts of a known project are brought up to date; an issuance never changes, and its recorded cancellations come
    with it. A repeat changes nothing.

    Parameters: ``only``, references of the projects to take in, instead of all in the files; ``dry_run``, do and check
    everything, keep nothing; ``skip_refused``, leave refused rows out with whatever depends on them instead of giving
    up; ``progress``, shows how far it has come.
    Errors: ``ImportRefused`` with a reason for each row that cannot be taken in.
    """
    refusals, remarks = Refusals(), Remarks()
    read = partial(read_table, refusals=refusals, remarks=remarks, progress=progress)
    read_wanted = partial(read, only=only)
    scope_rows = read(path=scopes, columns=SCOPE_COLUMNS, parse=parse_scope)
    methodology_rows = read(path=methodologies, columns=METHODOLOGY_COLUMNS, parse=parse_methodology)
    listed = read_wanted(path=projects, columns=PROJECT_COLUMNS, parse=parse_project)
    extra_rows = read_wanted(path=extra, columns=EXTRA_COLUMNS, parse=parse_extra)
    gone = read_wanted(path=deregistered, columns=DEREGISTERED_COLUMNS, parse=parse_deregistered)
    issuance_rows = read_wanted(path=issuances, columns=ISSUANCE_COLUMNS, parse=parse_issuance)
    read_before = len(refusals.found)
    cancellation_rows = read_wanted(path=cancellations, columns=CANCELLATION_COLUMNS, parse=parse_cancellation)
    unread = {refusal.place for refusal in refusals.found[read_before:]}
    if any(refusal.final for refusal in refusals.found):
        # Without a whole file, what the rows of the others lack could not be told from what is missing.
        raise ImportRefused(refusals.found)
    project_rows = join_projects(projects=listed, deregistered=gone, extra=extra_rows, refusals=refusals)
    countries = _countries(refusals)
    for ref in sorted(set(only or ()) - {placed.row.ref for placed in project_rows} - refusals.causes.keys()):
        refusals.add(Place(projects, 0), f"there is no project {ref} in it", ref=ref)
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
        wanted = without_refused(project_rows, refusals=refusals, files={projects, extra, deregistered})
        hosts: dict[str, list[str]] = dict(Project.objects.values_list("ref", "country_codes"))
        hosts.update({placed.row.ref: placed.row.columns["country_codes"] for placed in project_rows})
        known = what_is_known(hosts)
        new = check_blocks(
            issuances=issuance_rows, cancellations=cancellation_rows, known=known, now=now(), refusals=refusals
        )
        all_issuances = known.issuances | {key_of(placed.row): placed.row for placed in issuance_rows}
        compare_sums(project_rows, issuances=all_issuances.values(), refusals=refusals, remarks=remarks)
        final = standing_in_the_way(refusals.found, cancellations=cancellations, unread=unread, refs=hosts)
        if final or (refusals.found and not skip_refused):
            raise ImportRefused(refusals.found)
        taken = {placed.row.ref for placed in wanted}
        report = ImportReport(
            scopes=store_rows(SectoralScope, "code", {p.row.code: {"name": p.row.name} for p in scope_rows}),
            methodologies=store_rows(
                Methodology,
                "number",
                {p.row.number: {"title": p.row.title, "scopes": p.row.scopes} for p in methodology_rows},
            ),
            projects=store_projects(wanted, countries=countries, progress=progress),
            issuances=Counted(created=len(new.issuances), unchanged=new.unchanged_issuances),
            cancellations=Counted(
                created=sum(map(len, new.cancellations.values())), unchanged=new.unchanged_cancellations
            ),
            refusals=tuple(refusals.found),
            left_out=left_out(
                projects=[placed for placed in (*project_rows, *extra_rows) if placed.row.ref not in taken],
                blocks=[*issuance_rows, *cancellation_rows],
                known=known,
                refusals=refusals,
            ),
            remarks=remarks.found,
            dry_run=dry_run,
        )
        store_blocks(new, source=issuances.name, progress=progress)
        if any(counted.created for counted in report.counts.values()):
            refresh_statistics()
        wrong = unbalanced(wanted)
        if wrong:
            raise ImportRefused(wrong)
        if dry_run or report.changed or not SearchRow.objects.exists():
            refresh_search()
        transaction.set_rollback(dry_run)
    return report


def sold_by_un_store(cancellations: Path = CANCELLATIONS) -> frozenset[str]:
    """The projects of which the UN's platform for voluntary cancellation sold units. Errors: ``ImportRefused``."""
    refusals = Refusals()

    def parse(fields: Fields) -> str:
        return fields.text("ref") if fields.one_of("via_un_platform", ("yes", "no")) == "yes" else ""

    rows = read_table(path=cancellations, columns=("ref", "via_un_platform"), parse=parse, refusals=refusals)
    if refusals.found:
        raise ImportRefused(refusals.found)
    return frozenset(placed.row for placed in rows if placed.row)


def _countries(refusals: Refusals) -> dict[str, Country]:
    """What is told of each country: the shipped table, whatever projects are imported."""

    def parse(fields: Fields) -> tuple[str, Country]:
        return fields.text("iso2"), Country(
            continent=fields.text("region", limit=80),
            region=fields.text("un_subregion", limit=80),
            least_developed=fields.one_of("ldc", ("yes", "no")) == "yes",
            small_island=fields.one_of("sids", ("yes", "no")) == "yes",
        )

    columns = ("iso2", "region", "un_subregion", "ldc", "sids")
    return dict(placed.row for placed in read_table(path=PARTIES, columns=columns, parse=parse, refusals=refusals))
