"""Taking in facts: all of them or none, with a reason for every row that stands in the way; twice is once."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum

from creditstore.catalogue import importing
from creditstore.catalogue.importing import Counted, ImportRefused, import_cdm
from creditstore.catalogue.models import Issuance, Methodology, Project
from creditstore.credits.models import UnitBlock
from support.catalogue_facts import REF, FactFiles, cancellation_row, issuance_row, project_row

pytestmark = pytest.mark.django_db


def leaves() -> list[tuple[int, int, str, str]]:
    """First and last number, state and kind of cancellation of the invented project's leaves."""
    blocks = UnitBlock.objects.filter(issuance__project__ref=REF, is_leaf=True).order_by("start")
    return list(blocks.values_list("start", "end", "state", "cancellation_kind"))


def test_shipped_facts_are_loaded_whole() -> None:
    import_cdm()
    recorded = UnitBlock.objects.filter(is_leaf=True, cancellation_kind__startswith="recorded")
    assert Project.objects.count() == 212
    assert Issuance.objects.aggregate(total=Sum("quantity"))["total"] == 180_634_516
    assert recorded.count() == 23_261
    assert recorded.aggregate(total=Sum("quantity"))["total"] == 35_106_313
    assert (
        recorded.filter(cancellation_kind="recorded_un_store").aggregate(total=Sum("quantity"))["total"] == 11_524_560
    )


def test_an_import_of_the_same_facts_changes_nothing_and_says_so() -> None:
    import_cdm()
    output = StringIO()
    call_command("import_cdm", stdout=output)
    assert "issuances: 0 new, 0 changed, 910 as they were" in output.getvalue()
    assert "cancellations: 0 new, 0 changed, 23261 as they were" in output.getvalue()
    assert output.getvalue().endswith("Nothing has changed.\n")


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
    facts.projects[0]["ref"] = "0010"
    for row in [*facts.issuances, *facts.cancellations]:
        row["ref"] = "0010"
    facts.import_them()
    project = Project.objects.get(ref="0010")
    assert project.country_codes == ["NA"]
    assert set(UnitBlock.objects.filter(issuance__project=project).values_list("project_number", flat=True)) == {10}


def test_methodologies_without_a_sure_title_have_none() -> None:
    import_cdm()
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
    assert "another title" in project.search_text


@pytest.mark.parametrize(
    ("table", "changes", "reason"),
    [
        ("projects", {"ref": "999"}, "is not a CDM reference"),
        ("projects", {"title": ""}, "title is empty"),
        ("projects", {"title": "A\x01B"}, "control characters"),
        ("projects", {"host_country_iso2": "XX"}, "ISO 3166-1"),
        ("projects", {"methodologies": "ACM9999"}, "unknown scope or methodology: ACM9999"),
        ("projects", {"sectoral_scopes": "99"}, "unknown scope or methodology: 99"),
        ("projects", {"registered_on": "2012-02-30"}, "is not a date"),
        ("projects", {"registered_on": "20120301"}, "is not a date"),
        ("projects", {"latitude": "-266"}, "is not a number from -90 to 90"),
        ("projects", {"longitude": ""}, "come together"),
        ("projects", {"installed_capacity_mw": "-21910"}, "is not a number"),
        ("projects", {"annual_reductions_t": "-1"}, "is not a whole number"),
        ("projects", {"url": "javascript:alert(1)"}, "https://"),
        ("issuances", {"ref": "9991"}, "project 9991 is not known"),
        ("issuances", {"party": "ZA"}, "does not host"),
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
        ("cancellations", {"block_end": "1700"}, "lies in no block of these units issued to project 9990"),
        ("cancellations", {"commitment_period": "1"}, "lies in no block of these units"),
        ("cancellations", {"unit_type": "tCER"}, "lies in no block of these units"),
        ("cancellations", {"block_start": "1500", "block_end": "1500"}, "overlaps NA 1001-1500 in line 4"),
        ("cancellations", {"cancelled_at": "2016-05-31T08:14:59Z"}, "before the units were issued"),
        ("cancellations", {"cancelled_at": "2018-13-01T00:00:00Z"}, "is not a time"),
        ("cancellations", {"via_un_platform": "maybe"}, "is none of 'yes', 'no'"),
    ],
)
def test_a_faulty_row_is_refused_by_file_and_line_and_nothing_remains(
    facts: FactFiles, table: str, changes: dict[str, str], reason: str
) -> None:
    good = {
        "projects": {**project_row(), "ref": "9989"},
        "issuances": issuance_row(1501, 1600),
        "cancellations": cancellation_row(1501, 1510),
    }[table]
    if table == "cancellations":
        facts.issuances.append(issuance_row(1501, 1600))
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
        (b"", 1, "the columns ref, activity_type"),
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
