"""One project as the API tells it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from creditstore.catalogue.models import Benefit, Issuance, Project
from support.ledger import make_issuance, make_offer

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    offer = make_offer(quantity=40, issuance=make_issuance(quantity=100, commitment_period=1))
    Issuance.objects.filter(pk=offer.issuance_id).update(monitoring_start=date(2011, 1, 1))
    found = offer.issuance.project
    Project.objects.filter(pk=found.pk).update(
        project_type="Hydro",
        installed_capacity_mw=Decimal(21),
        crediting_periods=[{"start": "2010-01-01", "end": "2016-12-31", "annual_reductions": 90}],
        methodology_versions=["ACM0002 ver. 7"],
        unfccc_id="ABC",
        least_developed=True,
        documents_url="https://example.org/documents",
    )
    Benefit.objects.create(
        project=found, goal=3, text="Less smoke", source_title="Report", source_url="https://example.org/"
    )
    return found


def test_a_project_is_told_with_all_that_its_page_says(api: Any, project: Project) -> None:
    told = api.get(f"/projects/{project.ref}").json()
    assert (told["status"], told["unfccc_id"], told["least_developed"], told["small_island"]) == (
        "registered", "ABC", True, False,
    )  # fmt: skip
    assert told["methodology_versions"] == ["ACM0002 ver. 7"]
    assert told["crediting_periods"] == [{"start": "2010-01-01", "end": "2016-12-31", "expected_reductions": 90}]
    assert told["documents"] == [
        {"title": "Documents at the UNFCCC", "url": "https://example.org/documents", "kind": "documents"}
    ]
    assert told["vintages"] == [
        {
            "year": 2011,
            "issued": 100,
            "cancelled_un_store": 0,
            "cancelled_elsewhere": 0,
            "cancelled_here": 0,
            "outstanding": 100,
            "available": 40,
        }
    ]
    assert [(goal["goal"], goal["basis"], goal["source_title"]) for goal in told["goals"]] == [
        (3, "entered", "Report"),
        (7, "inferred", ""),
        (13, "inferred", ""),
    ]


def test_objections_are_told_of_the_project_and_of_each_offer(api: Any, project: Project) -> None:
    told = api.get(f"/projects/{project.ref}").json()
    codes = ["large-hydro", "additionality", "old-vintage"]
    assert [one["code"] for one in told["objections"]] == codes
    (offer,) = told["offers"]
    assert [one["code"] for one in offer["objections"]] == codes
    assert api.get(f"/offers/{offer['id']}").json()["objections"] == told["objections"]
    for one in told["objections"]:
        assert one["source_url"].startswith("https://")


def test_a_deregistered_project_has_no_offers(api: Any, project: Project) -> None:
    Project.objects.filter(pk=project.pk).update(status="deregistered", status_note="by January 2022")
    told = api.get(f"/projects/{project.ref}").json()
    assert (told["status"], told["status_note"], told["offers"]) == ("deregistered", "by January 2022", [])
    assert (told["available"], told["price_from"]) == (0, None)
