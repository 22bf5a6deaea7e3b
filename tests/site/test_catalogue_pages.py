"""The catalogue and the project page."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from creditstore.catalogue.models import Project
from creditstore.catalogue.search import Suggestion
from creditstore.credits.models import Offer
from creditstore_site.views.suggestions import address_of
from support.findable import make_findable
from support.ledger import make_issuance, make_offer, make_seller, set_reserved
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


def test_every_filter_shows_its_commonest_values_and_the_rest_on_a_page_of_its_own(visitor: Visitor) -> None:
    answer = visitor.get(CATALOGUE, {"scale": "small"})
    groups = {group.name: group for group in answer.context["groups"]}
    country = groups["country"]
    assert [value.count for value in country.values] == sorted((value.count for value in country.values), reverse=True)
    assert country.all_url == "/en/store/filters/country/?scale=small"
    listed = visitor.get("/en/store/filters/country/", {"scale": "small"})
    assert len(listed.context["values"]) == country.total
    assert 'name="scale" value="small"' in listed.content.decode()
    assert visitor.get("/en/store/filters/luck/").status_code == 404


def test_a_chosen_value_beyond_the_commonest_stands_open(visitor: Visitor) -> None:
    rare = visitor.get("/en/store/filters/methodology/").context["values"][-1]
    answer = visitor.get(CATALOGUE, {"methodology": rare.value})
    group = next(group for group in answer.context["groups"] if group.name == "methodology")
    assert (group.open, group.chosen) == (True, 1)
    assert rare.value in [value.value for value in group.values if value.selected]


def test_sorting_and_paging_keep_the_filters(visitor: Visitor) -> None:
    answer = visitor.get(CATALOGUE, {"country": "IN", "sort": "title", "compare": "0086"})
    following = answer.context["next_url"]
    assert following.startswith("?country=IN&sort=title&compare=0086&cursor=")
    second = visitor.get(CATALOGUE + following)
    assert second.context["page"].total == answer.context["page"].total
    assert second.context["first_url"] == "?country=IN&sort=title&compare=0086"


def test_a_row_shows_objections_and_that_its_price_is_invented(visitor: Visitor) -> None:
    offer = make_offer()
    Project.objects.filter(pk=offer.issuance.project_id).update(
        project_type="Hydro", installed_capacity_mw=400, title="A dam of the tests"
    )
    type(offer).objects.filter(pk=offer.pk).update(price_invented=True)
    make_findable(offer.issuance.project)
    row = visitor.get(CATALOGUE, {"seller": offer.seller.slug}).content.decode().partition('class="card card--link')[2]
    assert "Large hydropower" in row
    assert "Invented demo price" in row


@pytest.mark.parametrize(("period", "start", "is_old"), [(1, 2012, True), (2, 2012, False), (2, 2013, False)])
def test_a_row_and_the_projects_page_agree_on_old_units(
    visitor: Visitor, period: int, start: int, is_old: bool
) -> None:
    issuance = make_issuance(monitoring_start=date(start, 7, 1), commitment_period=period)
    offer = make_offer(issuance=issuance)
    make_findable(issuance.project)
    listed = visitor.get(CATALOGUE, {"seller": offer.seller.slug}).content.decode()
    row = listed.partition('class="card card--link')[2].partition("</article>")[0]
    assert ("Units from before 2013" in row) is is_old
    assert ("Units from before 2013" in words(visitor.get(project_page(issuance.project)))) is is_old


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"q": "wind", "country": "IN"},
        {"q": "wnid"},
        {"q": "zzzqqq", "type": "Wind"},
        {"view": "map"},
        {"compare": ["0086"]},
    ],
)
def test_the_catalogue_needs_few_queries(visitor: Visitor, parameters: dict[str, str]) -> None:
    visitor.get(CATALOGUE)
    with CaptureQueriesContext(connection) as asked:
        assert visitor.get(CATALOGUE, parameters).status_code == 200
    assert len(asked) <= 8, [query["sql"][:90] for query in asked]


def test_suggestions_are_options_that_lead_somewhere(visitor: Visitor) -> None:
    answer = visitor.get("/en/store/suggestions/", {"q": "wind"})
    body = answer.content.decode()
    addresses = re.findall(r'role="option"[^>]* data-url="([^"]+)"', body)
    assert 0 < len(addresses) <= 8
    for address in addresses:
        assert visitor.get(address.replace("&amp;", "&")).status_code == 200
    assert f'data-status="{len(addresses)} suggestions"' in body
    assert answer["Cache-Control"] == "public, max-age=60"


@pytest.mark.parametrize("text", ["", "w", " ", "\0\0", "<b>zzzz-nothing", "%" * 300])
def test_nothing_to_suggest_is_an_empty_list(visitor: Visitor, text: str) -> None:
    answer = visitor.get("/en/store/suggestions/", {"q": text})
    assert answer.status_code == 200
    assert b"option" not in answer.content


@pytest.mark.parametrize(
    ("kind", "value", "address"),
    [
        ("project", "0009", "/en/store/projects/0009/"),
        ("country", "NA", "/en/store/?country=NA"),
        ("type", "EE households", "/en/store/?type=EE+households"),
        ("methodology", "AMS-I.D.", "/en/store/?methodology=AMS-I.D."),
        ("word", "wind & sun", "/en/store/?q=wind+%26+sun"),
    ],
)
def test_each_kind_of_suggestion_has_its_address(kind: str, value: str, address: str) -> None:
    with override("en"):
        assert address_of(Suggestion(kind=kind, label="", value=value, count=1)) == address  # type: ignore[arg-type]


def test_a_suggested_filter_keeps_the_words_before_it() -> None:
    with override("en"):
        chosen = Suggestion(kind="country", label="India", value="IN", count=1, rest="wind")
        assert address_of(chosen) == "/en/store/?q=wind&country=IN"


def test_a_remembered_card_is_still_todays(visitor: Visitor) -> None:
    offer = make_offer(quantity=40)
    address = f"{CATALOGUE}?country={offer.issuance.project.country_codes[0]}&sort=price&price_max=999"
    Offer.objects.filter(pk=offer.pk).update(price_minor=1)
    assert "40 t available" in words(visitor.get(address))
    set_reserved(offer, 7)
    assert "33 t available" in words(visitor.get(address))
