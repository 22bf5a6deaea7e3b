"""All the shipped facts, taken in at once: no refusal, and a ledger that adds up for every project."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models import Sum

from creditstore.catalogue.importing import Counted, ImportReport, import_cdm
from creditstore.catalogue.models import Issuance, Project
from creditstore.credits.models import CancellationKind, UnitBlock

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture
def report() -> ImportReport:
    return import_cdm()


def sums(**conditions: object) -> dict[str, int]:
    """Units of the leaves by project."""
    leaves = UnitBlock.objects.filter(is_leaf=True, **conditions)
    return dict(leaves.values_list("issuance__project__ref").annotate(total=Sum("quantity")))


def test_every_fact_is_taken_in_and_adds_up(report: ImportReport) -> None:
    assert report.refusals == report.left_out == ()
    assert [(remark.file.name, len(remark.lines), remark.text.partition(":")[0]) for remark in report.remarks] == [
        ("cdm_projects.csv.gz", 6, "project_type is empty"),
        ("cdm_projects_extra.csv.gz", 2, "crediting period 3 has the days of the one before"),
        ("cdm_projects_extra.csv.gz", 486, "installed_capacity_mw is below zero"),
    ]
    assert Project.objects.count() == 8_187
    assert Project.objects.filter(status="registered").count() == 8_158
    issued = dict(Issuance.objects.values_list("project__ref").annotate(total=Sum("quantity")))
    cancelled, everything = sums(state="cancelled"), sums()
    outstanding = {ref: total - cancelled.get(ref, 0) for ref, total in everything.items()}
    assert len(issued) == 3_716
    assert issued == {ref: cancelled.get(ref, 0) + left for ref, left in outstanding.items()}
    assert min(outstanding.values()) >= 0
    assert (sum(issued.values()), sum(cancelled.values())) == (2_449_231_886, 167_165_481)
    recorded = UnitBlock.objects.filter(is_leaf=True, state="cancelled")
    assert recorded.count() == 27_562
    assert recorded.filter(cancellation_kind=CancellationKind.RECORDED_UN_STORE).count() == 21_480

    # The traps, as they came through.
    gone = Project.objects.exclude(status="registered")
    assert gone.filter(status="deregistered").count() == 26
    assert Issuance.objects.filter(project__in=gone).count() == 63
    assert recorded.filter(issuance__project__in=gone).count() == 488
    assert Project.objects.get(ref="0009").title == "La Esperanza Hydroelectric Project"
    assert Project.objects.filter(country_codes__contains=["NA"]).count() == 6
    assert Project.objects.filter(country_codes__len__gt=1).count() == 48
    assert Project.objects.filter(least_developed=True).count() == 213
    long = [project for project in Project.objects.select_related("product") if len(project.title) > 255]
    assert [(len(project.title), project.product.title == project.title[:255]) for project in long] == [(274, True)]
    temporary = recorded.filter(unit_type=6, cancellation_kind=CancellationKind.RECORDED_UN_STORE)
    assert set(temporary.values_list("issuance__project__ref", flat=True)) == {"5016"}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT project_id FROM creditstore_catalogue_issuance"
            " GROUP BY project_id HAVING count(DISTINCT series) > 1) AS several"
        )
        assert cursor.fetchone() == (9,)
    assert Project.objects.exclude(country_codes=[]).filter(installed_capacity_mw__lt=0).count() == 0

    again = import_cdm()
    assert not again.changed
    assert (again.projects, again.issuances) == (Counted(unchanged=8_187), Counted(unchanged=12_589))
