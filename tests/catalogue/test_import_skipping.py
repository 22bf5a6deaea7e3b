"""Importing what can be imported: refused rows are left out with all that depends on them, and every one is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from creditstore.catalogue.importing import Counted, ImportRefused, import_cdm
from creditstore.catalogue.models import Issuance, Project
from creditstore.credits.models import UnitBlock
from support.catalogue_facts import REF, FactFiles, cancellation_row, extra_row, issuance_row, project_row

pytestmark = pytest.mark.django_db

OTHER = "99001"


@pytest.fixture
def two(facts: FactFiles) -> FactFiles:
    """The files with a second project, whose units come after those of the first."""
    facts.projects.append(project_row(OTHER))
    facts.extra.append(extra_row(OTHER))
    facts.issuances += [issuance_row(2001, 2100, ref=OTHER), issuance_row(2101, 2200, ref=OTHER)]
    facts.cancellations.append(cancellation_row(2001, 2010, ref=OTHER))
    return facts


def refs_with_blocks() -> set[str]:
    return set(UnitBlock.objects.filter(series="NA").values_list("issuance__project__ref", flat=True))


def test_a_refused_project_takes_its_units_with_it(two: FactFiles) -> None:
    two.extra[1]["activity_type"] = "?"
    report = two.import_them(skip_refused=True)
    assert [str(found.place.line) + found.reason[:14] for found in report.refusals] == ["3activity_type:"]
    assert [(left.file.name, left.lines, left.ref, left.cause.line) for left in report.left_out] == [
        ("projects.csv", (3,), OTHER, 3),
        ("issuances.csv", (4, 5), OTHER, 3),
        ("cancellations.csv.gz", (5,), OTHER, 3),
    ]
    assert (report.projects, report.issuances, report.cancellations) == (Counted(1), Counted(2), Counted(3))
    assert not Project.objects.filter(ref=OTHER).exists()
    assert refs_with_blocks() == {REF}


@pytest.mark.parametrize(
    ("table", "changes"),
    [
        ("issuances", {"quantity": "7"}),
        ("issuances", {"issued_at": "2999-05-31T08:15:00Z"}),
        ("cancellations", {"cancelled_at": "never"}),
        ("cancellations", {"cancelled_at": "2016-01-01T00:00:00Z"}),
        ("cancellations", {"block_start": "5000", "block_end": "5009"}),
    ],
)
def test_a_projects_units_are_taken_in_whole_or_not_at_all(two: FactFiles, table: str, changes: dict[str, str]) -> None:
    row = getattr(two, table)[-1]
    before = dict(row)
    row.update(changes)
    report = two.import_them(skip_refused=True)
    assert len(report.refusals) == 1
    named = sum(len(left.lines) for left in report.left_out)
    assert named == 2, "two issuances and a cancellation, less the refused one"
    assert report.projects == Counted(2), "nothing is wrong with the project itself"
    assert refs_with_blocks() == {REF}
    row.update(before)
    assert two.import_them().issuances == Counted(created=2, unchanged=2), "a mended file brings the rest"
    assert refs_with_blocks() == {REF, OTHER}


def test_a_cancellation_under_the_wrong_name_keeps_out_the_units_it_touches(two: FactFiles) -> None:
    two.cancellations[-1]["ref"] = "9002"
    report = two.import_them(skip_refused=True)
    assert "project 9002 is not known" in report.refusals[0].reason
    assert refs_with_blocks() == {REF}


def test_of_two_lines_that_claim_the_same_units_neither_is_believed(two: FactFiles) -> None:
    two.issuances[-1].update(block_start="1500", block_end="2000", quantity="501")
    report = two.import_them(skip_refused=True)
    assert [found.place.line for found in report.refusals] == [5]
    assert refs_with_blocks() == set()
    assert report.projects == Counted(2)


def test_what_is_in_the_store_stays_as_it_is(two: FactFiles) -> None:
    two.import_them()
    two.projects[1]["title"] = "Another title"
    two.extra[1]["validation_page"] = "nowhere"
    report = two.import_them(skip_refused=True)
    assert not report.changed
    assert Project.objects.get(ref=OTHER).title == project_row()["title"]
    assert refs_with_blocks() == {REF, OTHER}


def test_a_cancellation_of_nobody_knows_whose_units_cannot_be_skipped(two: FactFiles) -> None:
    two.cancellations[-1].update(ref="oops", block_start="x")
    with pytest.raises(ImportRefused, match=r"cancellations.csv.gz, line 5: block_start: 'x' is not"):
        two.import_them(skip_refused=True)
    assert not Issuance.objects.filter(series="NA").exists()


def test_a_file_that_breaks_off_cannot_be_skipped(two: FactFiles, tmp_path: Path) -> None:
    paths = two.paths()
    whole = paths["issuances"].read_text(encoding="utf-8")
    paths["issuances"].write_text(whole + '9990,"NA', encoding="utf-8")
    with pytest.raises(ImportRefused, match="this is not CSV"):
        import_cdm(**paths, skip_refused=True)
    assert not Project.objects.filter(ref=REF).exists()


def ten_faults(facts: FactFiles) -> None:
    """Ten projects of two issuances and one cancellation each, with one fault planted in each but the first."""
    facts.projects, facts.extra, facts.issuances, facts.cancellations = [], [], [], []
    for number in range(11):
        ref, start = f"{9900 + number:04}", 1 + number * 1000
        facts.projects.append(project_row(ref))
        facts.extra.append(extra_row(ref))
        facts.issuances += [
            issuance_row(start, start + 99, ref=ref), issuance_row(start + 100, start + 199, ref=ref)
        ]  # fmt: skip
        facts.cancellations.append(cancellation_row(start, start + 9, ref=ref))
    facts.projects[1]["host_country_iso2"] = "XX"
    facts.projects[2]["methodologies"] = "ACM9999"
    facts.extra[3]["period2_start"] = "2018-01-01"
    facts.issuances[8]["quantity"] = "99"
    facts.issuances[10]["party_iso2"] = "ZA"
    facts.issuances[12].update(block_start="4150", block_end="4250", quantity="101")
    facts.issuances[14]["issued_at"] = "2999-01-01T00:00:00Z"
    facts.cancellations[8].update(block_end="9000", quantity="1000")
    facts.cancellations[9]["cancelled_at"] = "2016-02-30T00:00:00Z"
    facts.cancellations[10]["ref"] = "9950"


REPORT = """\
Refused: 10
  projects.csv, line 3: host_country_iso2: 'XX' is not a list of ISO 3166-1 codes
  extra.csv, line 5: period2_start lies before the end of the period before
  issuances.csv, line 10: quantity is 99, but the block has 100 units
  cancellations.csv.gz, line 11: cancelled_at: '2016-02-30T00:00:00Z' is not a time such as 2016-05-31T08:15:00Z
  projects.csv, line 4: unknown scope or methodology: ACM9999
  issuances.csv, line 12: party ZA does not host project 9905 (NA)
  issuances.csv, line 16: issued_at lies in the future
  issuances.csv, line 14: NA 4150-4250 overlaps NA 4101-4200 in line 11
  cancellations.csv.gz, line 10: NA 8001-9000 lies in no block of these units issued to project 9908
  cancellations.csv.gz, line 12: project 9950 is not known
Left out because of that: 26 more lines
  projects.csv, line 5: left out with project 9903, see extra.csv, line 5
  extra.csv, line 3: left out with project 9901, see projects.csv, line 3
  extra.csv, line 4: left out with project 9902, see projects.csv, line 4
  issuances.csv, lines 4-5: left out with project 9901, see projects.csv, line 3
  issuances.csv, lines 6-7: left out with project 9902, see projects.csv, line 4
  issuances.csv, lines 8-9: left out with project 9903, see extra.csv, line 5
  issuances.csv, line 11: left out with project 9904, see issuances.csv, line 10
  issuances.csv, line 13: left out with project 9905, see issuances.csv, line 12
  issuances.csv, line 15: left out with project 9906, see issuances.csv, line 14
  issuances.csv, line 17: left out with project 9907, see issuances.csv, line 16
  issuances.csv, lines 18-19: left out with project 9908, see cancellations.csv.gz, line 10
  issuances.csv, lines 20-21: left out with project 9909, see cancellations.csv.gz, line 11
  issuances.csv, lines 22-23: left out with project 9910, see cancellations.csv.gz, line 12
  cancellations.csv.gz, line 3: left out with project 9901, see projects.csv, line 3
  cancellations.csv.gz, line 4: left out with project 9902, see projects.csv, line 4
  cancellations.csv.gz, line 5: left out with project 9903, see extra.csv, line 5
  cancellations.csv.gz, line 6: left out with project 9904, see issuances.csv, line 10
  cancellations.csv.gz, line 7: left out with project 9905, see issuances.csv, line 12
  cancellations.csv.gz, line 8: left out with project 9906, see issuances.csv, line 14
  cancellations.csv.gz, line 9: left out with project 9907, see issuances.csv, line 16
scopes: 0 new, 0 changed, 15 as they were
methodologies: 0 new, 0 changed, 209 as they were
projects: 8 new, 0 changed, 0 as they were
issuances: 2 new, 0 changed, 0 as they were
cancellations: 1 new, 0 changed, 0 as they were
"""


def test_ten_planted_faults_are_all_named(
    facts: FactFiles, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ten_faults(facts)
    paths = facts.paths()
    monkeypatch.chdir(facts.folder)
    options = {table: Path(path.name) for table, path in paths.items()}
    call_command("import_cdm", skip_refused=True, **options)
    assert capsys.readouterr().out == REPORT
    assert refs_with_blocks() == {"9900"}
    with pytest.raises(CommandError, match="Nothing was imported: 10 refused"):
        call_command("import_cdm", **options)
    assert capsys.readouterr().err.splitlines() == [line.strip() for line in REPORT.splitlines()[1:11]]
