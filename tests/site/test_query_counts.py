"""No page of the store takes more than eight queries, however much it shows."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db.models import Count
from django.test import Client
from django.test.utils import CaptureQueriesContext

from creditstore.catalogue.models import Project
from creditstore.credits.models import Offer
from creditstore_content.pages.models import CampaignPage, ExplainerPage
from support.ledger import make_offer

pytestmark = pytest.mark.django_db
MOST = 8
#: Of an editor's page: Wagtail's way to it grows with its depth.
EDITORS_MOST = 12
STORE = "/en/store/"


def queries(address: str) -> list[str]:
    """What a page asks the database, once this process remembers what it keeps for a minute."""
    reader = Client()
    assert reader.get(address).status_code == 200
    with CaptureQueriesContext(connection) as captured:
        assert reader.get(address).status_code == 200
    return [query["sql"] for query in captured]


@pytest.mark.parametrize(
    "question",
    [
        "",
        "?view=map",
        "?q=wind",
        "?q=wnid",
        "?q=zzzz-nothing",
        "?q=biogas&country=IN&country=BR&type=Wind&sort=price",
        "?country=IN&scope=1&period=2&scale=small&activity=PA&vintage_from=2013&vintage_to=2020&price_max=5",
        "?methodology=ACM0002&available_min=10&sort=-available&view=map",
        "?sdg=7&ldc=1&sort=title",
    ],
)
def test_the_catalogue(question: str) -> None:
    assert len(queries(STORE + question)) <= MOST


def test_the_second_page_of_a_list() -> None:
    first = Client().get(f"{STORE}?sort=title")
    following = first.context["page"].next
    assert following
    assert len(queries(f"{STORE}?sort=title&cursor={following}")) <= MOST


def test_a_project_with_nothing_for_sale() -> None:
    project = Project.objects.filter(issuances__offers=None)[0]
    assert len(queries(f"{STORE}projects/{project.ref}/")) <= MOST


def test_a_project_with_many_issuances_and_offers() -> None:
    project = Project.objects.annotate(many=Count("issuances")).order_by("-many")[0]
    for _offer in range(4):
        make_offer()
    most_offers = Offer.objects.values("issuance__project__ref").annotate(many=Count("pk")).order_by("-many")[0]
    for ref in (project.ref, most_offers["issuance__project__ref"]):
        assert len(queries(f"{STORE}projects/{ref}/")) <= MOST


def test_a_comparison_of_four_projects() -> None:
    refs = list(Project.objects.filter(issuances__offers__isnull=False).distinct().values_list("ref", flat=True)[:4])
    assert len(refs) == 4
    assert len(queries(f"{STORE}compare/?{'&'.join(f'ref={ref}' for ref in refs)}")) <= MOST


def test_the_home_page() -> None:
    assert len(queries("/en/")) <= MOST


def test_editors_pages() -> None:
    # Wagtail reads every level of an address by two queries, and twice what lies above the page.
    pages: list[Any] = [*CampaignPage.objects.live(), *ExplainerPage.objects.live()]
    assert len(pages) >= 2
    counts = {page.url: len(queries(page.url)) for page in pages}
    assert {address: count for address, count in counts.items() if count > EDITORS_MOST} == {}
