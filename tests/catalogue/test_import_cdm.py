"""Taking in facts: all of them or none, with a reason for every row that stands in the way; twice is once."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum

from creditstore.catalogue import importing
from creditstore.catalogue.importing import Counted, ImportRefused, import_cdm, sold_by_un_store
from creditstore.catalogue.models import Issuance, Methodology, Project
from creditstore.catalogue.search import ProjectQuery, search_projects
from creditstore.credits.models import UnitBlock
from support.catalogue_facts import REF, FactFiles, cancellation_row, extra_row, issuance_row, project_row

pytestmark = pytest.mark.django_db


def leaves() -> list[tuple[int, int, str, str]]:
    """First and last number, state and kind of cancellation of the invented project's leaves."""
    blocks = UnitBlock.objects.filter(issuance__project__ref=REF, is_leaf=True).order_by("start")
    return list(blocks.values_list("start", "end", "state", "cancellation_kind"))


def test_the_selection_that_the_un_store_sold_is_loaded_whole() -> None:
    import_cdm(only=sold_by_un_store())
    recorded = UnitBlock.objects.filter(is_leaf=True, cancellation_kind__startswith="recorded")
    assert Project.objects.count() == len(sold_by_un_store()) == 212
    assert Issuance.objects.aggregate(total=Sum("quantity"))["total"] == 180_634_516
    assert recorded.count() == 23_261
    assert recorded.aggregate(total=Sum("quantity"))["total"] == 35_106_313
    assert (
        recorded.filter(cancellation_kind="recorded_un_store").aggregate(total=Sum("quantity"))["total"] == 11_524_560
    )


def test_only_what_is_asked_for_is_taken_in(facts: FactFiles) -> None:
    other = "99001"
    facts.projects.append(project_row(other))
    facts.extra.append(extra_row(other))
    facts.issuances.append(issuance_row(2001, 2100, ref=other))
    facts.cancellations.append(cancellation_row(2001, 2010, ref=other))
    report = facts.import_them(only={other})
    assert (report.projects, report.issuances, report.cancellations) == (Counted(1), Counted(1), Counted(1))
    assert not Project.objects.filter(ref=REF).exists()
    with pytest.raises(ImportRefused, match="there is no project 99002 in it"):
        facts.import_them(only={other, "99002"})


def test_an_import_of_the_same_facts_changes_nothing_and_says_so() -> None:
    import_cdm(only=sold_by_un_store())
    report = import_cdm(only=sold_by_un_store())
    assert not report.changed
    assert report.issuances == Counted(unchanged=910)
    assert report.cancellations == Counted(unchanged=23_261)
    assert list(report.lines())[-3:] == [
        "issuances: 0 new, 0 changed, 910 as they were",
        "cancellations: 0 new, 0 changed, 23261 as they were",
        "Nothing has changed.",
    ]


def test_a_new_project_gets_product_issuances_and_blocks(facts: FactFiles) -> None:
    report = facts.import_them()
    assert (report.projects, report.issuances, report.cancellations) == (Counted(1), Counted(2), Counted(3))
    project = Project.objects.get(ref=REF)
    assert (project.title, project.country_codes, project.region) == (project_row()["title"], ["NA"], "Southern Africa")
    assert project.product.is_parent
    assert not project.product.product_class.requires_shipping
    assert not project.product.product_class.track_stock
    assert leaves() == [
        (1, 10, "outstanding", ""),
        (11, 20, "cancelled", "recorded_un_store"),
        (21, 900, "outstanding", ""),
        (901, 1000, "cancelled", "recorded_un_store"),
        (1001, 1500, "cancelled", "recorded_un_store"),
    ]


def test_na_is_namibia_and_references_keep_their_zeros(facts: FactFiles) -> None:
    for row in [*facts.projects, *facts.extra, *facts.issuances, *facts.cancellations]:
        row["ref"] = "0010"
    facts.import_them()
    project = Project.objects.get(ref="0010")
    assert project.country_codes == ["NA"]
    assert set(UnitBlock.objects.filter(issuance__project=project).values_list("project_number", flat=True)) == {10}


def test_further_facts_come_from_their_own_file(facts: FactFiles) -> None:
    facts.import_them()
    project = Project.objects.get(ref=REF)
    assert (project.activity_type, project.project_subtype, project.subnational_region) == ("PA", "Wind", "Karas")
    assert project.methodology_versions == ["AMS-I.D. ver. 17", "ACM0002 ver. 12"]
    assert (project.unfccc_id, project.installed_capacity_mw) == (extra_row()["unique_id"], Decimal("9.5"))
    assert project.documents_url == extra_row()["validation_page"]
    assert project.crediting_periods == [
        {"start": "2012-04-01", "end": "2019-03-31", "annual_reductions": 20000},
        {"start": "2019-04-01", "end": "2026-03-31", "annual_reductions": 18000},
    ]
    assert (project.status, project.status_note) == ("registered", "")


def test_least_developed_and_small_islands_follow_from_any_of_the_hosts(facts: FactFiles) -> None:
    facts.import_them()
    project = Project.objects.get(ref=REF)
    assert (project.least_developed, project.small_island) == (False, False)
    facts.projects[0]["host_country_iso2"] = "NA;ZM;MU"
    facts.import_them()
    project.refresh_from_db()
    assert (project.least_developed, project.small_island, project.country_codes) == (True, True, ["NA", "ZM", "MU"])


@pytest.mark.parametrize(
    ("note", "status"),
    [("de-registered by Jan 2022", "deregistered"), ("status unclear: no registration date in 2025", "unclear")],
)
def test_an_activity_no_longer_registered_is_a_home_for_its_units(facts: FactFiles, note: str, status: str) -> None:
    facts.deregistered = [{**project_row(), "status_note": note}]
    facts.projects, facts.extra = [], []
    facts.import_them()
    project = Project.objects.get(ref=REF)
    assert (project.status, project.status_note, project.activity_type) == (status, note, "PA")
    assert project.issuances.count() == 2
    assert project.crediting_periods == []


def test_a_title_longer_than_a_products_is_kept_whole(facts: FactFiles) -> None:
    facts.projects[0]["title"] = title = "Wind " * 60 + "end"
    facts.import_them()
    project = Project.objects.get(ref=REF)
    assert project.title == title
    assert project.product.title == title[:255]


def test_what_is_of_no_use_is_passed_over_with_a_remark(facts: FactFiles) -> None:
    facts.projects[0].update(project_type="", cers_issued_cp2="1501")
    facts.extra[0].update(
        installed_capacity_mw="-21905.5",
        period3_start="2019-04-01",
        period3_end="2026-03-31",
        annual_reductions_period3_t="7",
    )
    report = facts.import_them()
    assert [(remark.file.name, remark.lines, remark.text) for remark in report.remarks] == [
        ("projects.csv", (2,), "project_type is empty: taken as not known"),
        ("extra.csv", (2,), "installed_capacity_mw is below zero: taken as not known"),
        ("extra.csv", (2,), "crediting period 3 has the days of the one before: left out"),
        ("projects.csv", (2,), "the issuances of CER 2 add up to 1500, but 1501 were issued"),
    ]
    project = Project.objects.get(ref=REF)
    assert (project.project_type, project.installed_capacity_mw, len(project.crediting_periods)) == ("", None, 2)
    assert "Remarks: 4" in report.lines()


def test_a_dry_run_does_everything_and_keeps_nothing(facts: FactFiles) -> None:
    report = facts.import_them(dry_run=True)
    assert (report.projects, report.issuances, report.cancellations) == (Counted(1), Counted(2), Counted(3))
    assert not report.changed
    assert list(report.lines())[-1] == "This was a dry run: nothing was kept."
    assert not Project.objects.filter(ref=REF).exists()
    assert not Issuance.objects.filter(series="NA").exists()
    assert facts.import_them().issuances == Counted(2)


def test_progress_is_told_of_every_step_and_row(facts: FactFiles) -> None:
    seen: dict[str, tuple[int, int]] = {}

    def progress(items: Iterable[Any], *, step: str, total: int) -> Iterable[Any]:
        handed_on = list(items)
        yield from handed_on
        seen[step] = len(handed_on), total

    facts.import_them(progress=progress)
    assert seen["Reading cancellations.csv.gz"] == (3, 3)
    assert seen["Reading extra.csv"] == (1, 1)
    assert seen["Storing projects"] == seen["Entering issuances"] == (1, 1)


def test_methodologies_without_a_sure_title_have_none() -> None:
    import_cdm(only=())
    titles = dict(Methodology.objects.values_list("number", "title"))
    assert titles["ACM0002"] == "Grid-connected electricity generation from renewable sources"
    assert sum(not title for title in titles.values()) == 126


def test_changed_facts_of_a_project_are_brought_up_to_date(facts: FactFiles) -> None:
    facts.import_them()
    facts.projects[0]["title"] = "Another title"
    report = facts.import_them()
    assert report.changed
    assert (report.projects, report.issuances) == (Counted(updated=1), Counted(unchanged=2))
    project = Project.objects.get(ref=REF)
    assert project.title == project.product.title == "Another title"
    assert [hit.ref for hit in search_projects(query=ProjectQuery(q="another title")).items] == [project.ref]


@pytest.mark.parametrize(
    ("table", "changes", "reason"),
    [
        ("projects", {"title": ""}, "title is empty"),
        ("projects", {"title": "A\x01B"}, "control characters"),
        ("projects", {"host_country_iso2": "XX"}, "ISO 3166-1"),
        ("projects", {"methodologies": "ACM9999"}, "unknown scope or methodology: ACM9999"),
        ("projects", {"sectoral_scopes": "99"}, "unknown scope or methodology: 99"),
        ("projects", {"registered_on": "2012-02-30"}, "is not a date"),
        ("projects", {"registered_on": "20120301"}, "is not a date"),
        ("projects", {"latitude": "-266"}, "is not a number from -90 to 90"),
        ("projects", {"longitude": ""}, "come together"),
        ("projects", {"annual_reductions_t": "-1"}, "is not a whole number"),
        ("projects", {"url": "javascript:alert(1)"}, "https://"),
        ("issuances", {"ref": "9991"}, "project 9991 is not known"),
        ("extra", {"installed_capacity_mw": "12 MW"}, "is not a number"),
        ("extra", {"activity_type": "XX"}, "is none of 'PA', 'PoA'"),
        ("extra", {"period1_end": "2011-01-01"}, "period1_start and period1_end are not two days in order"),
        ("extra", {"period2_start": "2018-01-01"}, "period2_start lies before the end of the period before"),
        ("extra", {"validation_page": "http://example.org/"}, "validation_page does not start with https://"),
        ("deregistered", {"status_note": "gone"}, "status_note begins with none of 'de-registered', 'status unclear'"),
        ("deregistered", {"ref": REF}, "project 9990 stands in"),
        ("issuances", {"party_iso2": "ZA"}, "does not host"),
        ("issuances", {"unit_type": "ERU"}, "is not one type of unit"),
        ("issuances", {"block_start": "0"}, "is not a whole number from 1"),
        ("issuances", {"block_start": "-5"}, "is not a whole number from 1"),
        ("issuances", {"block_end": "99999999999999999999"}, "is not a whole number"),
        ("issuances", {"block_start": "1700"}, "block_end 1600 lies before block_start 1700"),
        ("issuances", {"block_start": "1500", "quantity": "101"}, "NA 1500-1600 overlaps NA 1001-1500 in line 3"),
        ("issuances", {"quantity": "99"}, "quantity is 99, but the block has 100 units"),
        ("issuances", {"issued_at": "2016-05-31"}, "is not a time"),
        ("issuances", {"issued_at": "2999-05-31T08:15:00Z"}, "lies in the future"),
        ("issuances", {"monitoring_end": "2013-01-01"}, "monitoring_end lies before"),
        ("cancellations", {"ref": "9991"}, "project 9991 is not known"),
        ("cancellations", {"quantity": "11"}, "quantity is 11, but the block has 10 units"),
        (
            "cancellations",
            {"block_end": "1700", "quantity": "200"},
            "lies in no block of these units issued to project 9990",
        ),
        ("cancellations", {"commitment_period": "1"}, "lies in no block of these units"),
        ("cancellations", {"unit_type": "tCER"}, "lies in no block of these units"),
        (
            "cancellations",
            {"block_start": "1500", "block_end": "1500", "quantity": "1"},
            "overlaps NA 1001-1500 in line 4",
        ),
        ("cancellations", {"cancelled_at": "2016-05-31T08:14:59Z"}, "before the units were issued"),
        ("cancellations", {"cancelled_at": "2018-13-01T00:00:00Z"}, "is not a time"),
        ("cancellations", {"via_un_platform": "maybe"}, "is none of 'yes', 'no'"),
    ],
)
def test_a_faulty_row_is_refused_by_file_and_line_and_nothing_remains(
    facts: FactFiles, table: str, changes: dict[str, str], reason: str
) -> None:
    good = {
        "projects": project_row("9989"),
        "extra": extra_row("9989"),
        "deregistered": {**project_row("9989"), "status_note": "de-registered by Jan 2022"},
        "issuances": issuance_row(1501, 1600),
        "cancellations": cancellation_row(1501, 1510),
    }[table]
    if table == "cancellations":
        facts.issuances.append(issuance_row(1501, 1600))
    if table in ("projects", "extra"):
        (facts.extra if table == "projects" else facts.projects).append(
            extra_row("9989") if table == "projects" else project_row("9989")
        )
    rows = getattr(facts, table)
    rows.append({**good, **changes})
    with pytest.raises(ImportRefused) as refused:
        facts.import_them()
    (refusal,) = refused.value.refusals
    assert refusal.place.file.name.removesuffix(".gz") == f"{table}.csv"
    assert refusal.place.line == len(rows) + 1
    assert reason in refusal.reason
    assert not Project.objects.filter(ref__in=[REF, "9989"]).exists()
    assert not Issuance.objects.filter(series="NA").exists()


def test_a_project_stands_once_in_each_of_its_two_files(facts: FactFiles) -> None:
    facts.projects.append({**project_row(), "ref": "999"})
    facts.extra += [extra_row("9989"), extra_row()]
    facts.projects.append(project_row("9988"))
    with pytest.raises(ImportRefused) as refused:
        facts.import_them()
    assert [(found.place.file.name, found.place.line, found.reason) for found in refused.value.refusals] == [
        ("projects.csv", 3, "ref: '999' is not a CDM reference such as 0009"),
        ("extra.csv", 4, "project 9990 stands in line 2 already"),
        ("projects.csv", 4, "the file of further facts has no line of project 9988"),
        ("extra.csv", 3, "the files of projects have no line of project 9989"),
    ]


def test_every_faulty_row_is_named_and_what_only_follows_is_not(facts: FactFiles) -> None:
    facts.projects[0]["registered_on"] = "soon"
    facts.issuances[0]["quantity"] = "-1"
    facts.cancellations[2]["via_un_platform"] = "?"
    with pytest.raises(ImportRefused) as refused:
        facts.import_them()
    assert [(refusal.place.file.name, refusal.place.line) for refusal in refused.value.refusals] == [
        ("projects.csv", 2),
        ("issuances.csv", 2),
        ("cancellations.csv.gz", 4),
    ]


def test_an_issuance_that_overlaps_the_ledger_is_refused(facts: FactFiles) -> None:
    facts.import_them()
    facts.issuances = [issuance_row(1400, 1600)]
    facts.cancellations = []
    with pytest.raises(ImportRefused, match="NA 1400-1600 overlaps NA 1001-1500 in the store"):
        facts.import_them()
    assert Issuance.objects.filter(series="NA").count() == 2


def test_an_issuance_never_changes(facts: FactFiles) -> None:
    facts.import_them()
    facts.issuances[0]["issued_at"] = "2016-06-01T00:00:00Z"
    with pytest.raises(ImportRefused, match=r"line 2: the store holds this block with other facts"):
        facts.import_them()


def test_a_cancellation_that_came_after_its_issuance_was_imported_is_refused_in_plain_words(facts: FactFiles) -> None:
    facts.import_them()
    facts.cancellations.append(cancellation_row(30, 39))
    with pytest.raises(ImportRefused, match=r"line 5: NA 1-1000 was imported before without this cancellation"):
        facts.import_them()
    assert (21, 900, "outstanding", "") in leaves()


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (b"", 1, "the columns ref, title"),
        (b"ref,title\n9990,x\n", 1, "are missing"),
        (b"\xff\xfe", 1, "not UTF-8"),
        (b"ref,title\n9990,\xe4\n", 2, "not UTF-8"),
    ],
)
def test_a_file_that_is_no_table_of_projects(tmp_path: Path, content: bytes, line: int, reason: str) -> None:
    path = tmp_path / "projects.csv"
    path.write_bytes(content)
    with pytest.raises(ImportRefused) as refused:
        import_cdm(projects=path)
    assert refused.value.refusals[0].place.line == line
    assert reason in refused.value.refusals[0].reason


def test_rows_with_too_few_or_too_many_fields(facts: FactFiles, tmp_path: Path) -> None:
    shipped = importing.SCOPES.read_text(encoding="utf-8")
    path = tmp_path / "scopes.csv"
    path.write_text(shipped + "16\n17,a,b\n", encoding="utf-8")
    with pytest.raises(ImportRefused) as refused:
        import_cdm(scopes=path)
    assert [refusal.place.line for refusal in refused.value.refusals] == [17, 18]


def test_a_truncated_packed_file_and_a_missing_one(tmp_path: Path) -> None:
    path = tmp_path / "cut.csv.gz"
    path.write_bytes(importing.CANCELLATIONS.read_bytes()[:5000])
    for broken in (path, tmp_path / "nowhere.csv"):
        with pytest.raises(ImportRefused, match="cannot be read"):
            import_cdm(cancellations=broken)


def test_the_command_prints_each_refusal_and_fails(facts: FactFiles, tmp_path: Path) -> None:
    path = tmp_path / "projects.csv"
    path.write_text("ref\n1\n", encoding="utf-8")
    errors = StringIO()
    with pytest.raises(CommandError, match="Nothing was imported: 1 refused"):
        call_command("import_cdm", projects=path, stderr=errors)
    assert f"{path}, line 1: the columns" in errors.getvalue()
