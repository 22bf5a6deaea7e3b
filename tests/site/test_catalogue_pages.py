"""The catalogue and the project page."""

from __future__ import annotations

import pytest

from creditstore.catalogue.models import Project
from support.ledger import make_issuance, make_offer, make_seller
from support.visitor import Visitor, words

pytestmark = pytest.mark.django_db
CATALOGUE = "/en/store/"


def project_page(project: Project) -> str:
    return f"/en/store/projects/{project.ref}/"


def test_the_catalogue_lists_projects_and_is_the_same_for_everybody(visitor: Visitor) -> None:
    answer = visitor.get(CATALOGUE)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "public, max-age=60"
    assert not answer.cookies
    assert b"csrfmiddlewaretoken" not in answer.content


def test_pages_allow_nothing_from_another_host(visitor: Visitor) -> None:
    policy = visitor.get(CATALOGUE)["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_text_and_filters_narrow_the_list_and_each_can_be_taken_away(visitor: Visitor) -> None:
    project = Project.objects.filter(country_codes=["IN"]).first()
    assert project is not None
    answer = visitor.get(CATALOGUE, {"q": project.ref, "country": "IN"})
    assert project.title in words(answer)
    body = answer.content.decode()
    assert f'href="?q={project.ref}"' in body
    assert 'href="?country=IN"' in body


def test_nothing_found_says_what_to_do(visitor: Visitor) -> None:
    answer = visitor.get(CATALOGUE, {"q": "zzzzqqqq-nothing"})
    assert answer.status_code == 200
    assert "No project answers to all of this" in words(answer)


@pytest.mark.parametrize(
    "parameters",
    [{"country": "Atlantis"}, {"price_max": "cheap"}, {"period": "7"}, {"sort": "luck"}, {"cursor": "page-2"}],
)
def test_a_parameter_that_cannot_be_read_is_said_and_left_out(visitor: Visitor, parameters: dict[str, str]) -> None:
    answer = visitor.get(CATALOGUE, parameters)
    assert answer.status_code == 400
    assert "Some of your filters could not be read" in words(answer)
    assert b'class="card__link"' in answer.content
    assert "Cache-Control" not in answer.headers


def test_a_second_page_follows_the_first(visitor: Visitor) -> None:
    first = visitor.get(CATALOGUE, {"sort": "title"})
    following = first.content.decode().partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
    second = visitor.get(CATALOGUE + following.replace("&amp;", "&"))
    assert second.status_code == 200
    assert "Back to the first" in words(second)
    assert first.context["page"].items[-1].ref not in [hit.ref for hit in second.context["page"].items]


def test_a_project_shows_facts_units_and_offers(visitor: Visitor) -> None:
    issuance = make_issuance(quantity=1000)
    offer = make_offer(issuance=issuance, quantity=40, price_minor=1234)
    answer = visitor.get(project_page(issuance.project))
    text = words(answer)
    assert answer.status_code == 200
    assert "12.34 USD per tonne" in text
    assert "40 t available" in text
    assert f"Sold by {offer.seller.name}" in text
    assert "None of the issued units is known to be cancelled" in text
    assert f"CL-5-{issuance.start}-2-2-0-{int(issuance.project.ref)}" in text


def test_invented_sellers_and_prices_are_marked(visitor: Visitor) -> None:
    seller = make_seller()
    seller.invented = True
    seller.save()
    offer = make_offer(seller=seller)
    type(offer).objects.filter(pk=offer.pk).update(price_invented=True)
    text = words(visitor.get(project_page(offer.issuance.project)))
    assert "Invented demo seller" in text
    assert "Invented demo price" in text


def test_a_project_without_offers_says_so(visitor: Visitor) -> None:
    text = words(visitor.get(project_page(make_issuance().project)))
    assert "Nobody offers units of this project now" in text


@pytest.mark.parametrize("ref", ["99999999", "%00", "..%2f..", "x" * 300])
def test_an_unknown_project_is_a_page_that_helps(visitor: Visitor, ref: str) -> None:
    answer = visitor.get(f"/en/store/projects/{ref}/")
    assert answer.status_code == 404
    assert "There is no page at this address" in words(answer)


@pytest.mark.parametrize("path", ["store/", "store/projects/0086/", "register/", "register/check/", "terms/"])
def test_reading_pages_take_no_post(visitor: Visitor, path: str) -> None:
    assert visitor.post(f"/en/{path}").status_code == 405
