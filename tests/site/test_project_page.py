"""The project page: units, offers, objections, evidence, and what other sites read of it."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import override_settings
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from creditstore.catalogue.models import Benefit, Issuance, Project
from creditstore.core.clock import now
from creditstore.credits.models import Offer, UnitBlock
from creditstore_site import social_card
from support.jobs import run_jobs
from support.ledger import make_issuance, make_offer, make_project, make_seller, set_reserved
from support.plugin_host import ScriptedProvider, ScriptedRegistry
from support.visitor import GOOD, Visitor, words

pytestmark = pytest.mark.django_db


def address(project: Project, file: str = "") -> str:
    return f"/en/store/projects/{project.ref}/{file}"


def change(project: Project, **columns: Any) -> Project:
    Project.objects.filter(pk=project.pk).update(**columns)
    project.refresh_from_db()
    return project


def full_project() -> Project:
    """A large hydropower project with every fact, two vintages and an offer of each."""
    project = change(
        make_project(),
        title="Upper River Dam",
        project_type="Hydro",
        project_subtype="New dam",
        installed_capacity_mw=Decimal("246.1"),
        unfccc_id="ABCDEF123",
        methodology_versions=["ACM0002 ver. 7"],
        crediting_period_type="Renewable",
        crediting_periods=[
            {"start": "2008-01-01", "end": "2014-12-31", "annual_reductions": 120_000},
            {"start": "2015-01-01", "end": None, "annual_reductions": None},
        ],
        least_developed=True,
        small_island=True,
        latitude=Decimal("-29.1"),
        longitude=Decimal("-51.3"),
        registry_url="https://cdm.unfccc.int/Projects/redirector?ref=0009",
        documents_url="https://cdm.unfccc.int/documents/0009",
    )
    old = make_issuance(project=project, quantity=500, commitment_period=1)
    Issuance.objects.filter(pk=old.pk).update(monitoring_start="2010-01-01", monitoring_end="2011-12-31")
    old.refresh_from_db()
    make_offer(issuance=old, quantity=40, price_minor=150)
    make_offer(issuance=make_issuance(project=project, quantity=1500), quantity=60, price_minor=320)
    return project


def offer_parts(body: str) -> list[str]:
    return re.findall(r'<form class="offer.*?</form>', body, re.DOTALL)


def linked_data(body: str) -> list[dict[str, Any]]:
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', body, re.DOTALL)
    assert len(found) == 1
    data: list[dict[str, Any]] = json.loads(found[0])
    return data


def test_every_fact_of_the_project_is_on_its_page(visitor: Visitor) -> None:
    answer = visitor.get(address(full_project()))
    text = words(answer)
    for fact in (
        "Upper River Dam",
        "246.1 MW",
        "ABCDEF123",
        "ACM0002 ver. 7",
        "Least developed country",
        "Small island developing State",
        "Crediting periods (renewable)",
        "1 Jan 2008 31 Dec 2014 120,000",
        "29.10° S, 51.30° W",
        "Project page at the UNFCCC",
        "Documents at the UNFCCC",
    ):
        assert fact in text
    assert b'href="https://cdm.unfccc.int/documents/0009"' in answer.content


def test_objections_stand_beside_the_price_they_belong_to_and_are_explained(visitor: Visitor) -> None:
    body = visitor.get(address(full_project())).content.decode()
    old, young = offer_parts(body)
    assert "Units from before 2013" in old
    assert "Units from before 2013" not in young
    for part in (old, young):
        assert part.index("Large hydropower") < part.index("Add to basket")
        for code in re.findall(r'href="#objection-([a-z-]+)"', part):
            assert f'id="objection-{code}"' in body
    assert "https://eur-lex.europa.eu/eli/dir/2004/101/oj" in body


def test_a_project_without_objections_has_no_such_heading(visitor: Visitor) -> None:
    project = change(make_issuance().project, project_type="Solar", project_subtype="Solar PV")
    assert "Known objections" not in words(visitor.get(address(project)))


@pytest.mark.parametrize(("status", "title"), [("deregistered", "De-registered"), ("unclear", "Status unclear")])
def test_nothing_can_be_bought_of_what_is_not_registered(visitor: Visitor, status: str, title: str) -> None:
    offer = make_offer()
    project = change(offer.issuance.project, status=status, status_note="as by January 2022")
    text = words(visitor.get(address(project)))
    assert title in text
    assert "as by January 2022" in text
    assert "Units of this project are not sold" in text
    assert "Add to basket" not in text
    assert visitor.add(offer).status_code == 422
    assert visitor.count() == 0


def test_sold_out_offers_say_so_and_have_no_form_fields(visitor: Visitor) -> None:
    offer = make_offer(quantity=10)
    set_reserved(offer, 10)
    body = visitor.get(address(offer.issuance.project)).content.decode()
    (part,) = offer_parts(body)
    assert "Sold out" in part
    assert 'name="quantity"' not in part
    assert "Add to basket" not in part


def test_the_way_on_from_a_project_without_offers_leads_to_similar_ones(visitor: Visitor) -> None:
    answer = visitor.get(address(make_issuance().project))
    link = html.unescape(re.search(r'href="([^"]*)">See similar projects', answer.content.decode()).group(1))  # type: ignore[union-attr]
    assert link == "/en/store/?type=Wind&available_min=1"
    assert visitor.get(link).status_code == 200


def test_picture_and_table_of_the_units_say_the_same(visitor: Visitor) -> None:
    project = full_project()
    root = (
        UnitBlock.objects.filter(issuance__project=project, state="outstanding", is_leaf=True).order_by("start").first()
    )
    assert root is not None
    UnitBlock.objects.filter(pk=root.pk).update(
        state="cancelled", cancelled_at=now(), cancellation_kind="recorded_un_store"
    )
    answer = visitor.get(address(project))
    body = answer.content.decode()
    share = 100 * root.quantity / 2000
    assert f"{share:.0f} % of the issued units are cancelled" in words(answer)
    picture = re.search(r'<svg class="chart__picture".*?</svg>', body, re.DOTALL).group(0)  # type: ignore[union-attr]
    assert 'role="img"' in picture
    for attribute in ("aria-labelledby", "aria-describedby"):
        identifier = re.search(rf'{attribute}="([^"]+)"', picture).group(1)  # type: ignore[union-attr]
        assert f'id="{identifier}"' in picture
    assert picture.count('class="chart__year"') == 2
    assert "2010 500" in words(answer)
    assert "2018 1,500" in words(answer)


def test_the_table_of_the_units_as_csv(visitor: Visitor) -> None:
    answer = visitor.get(address(full_project(), "units.csv"))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert [(row["vintage"], row["issued"], row["available"], row["not_for_sale"]) for row in rows] == [
        ("2010", "500", "40", "460"),
        ("2018", "1500", "60", "1440"),
    ]


def test_a_project_without_issuances_says_so(visitor: Visitor) -> None:
    answer = visitor.get(address(make_project()))
    assert answer.status_code == 200
    assert "No units are known to have been issued" in words(answer)
    assert b"chart__picture" not in answer.content
    assert visitor.get(address(make_project(), "units.csv")).content.count(b"\n") == 1


def test_a_project_of_which_little_is_known_reads_well_all_the_same(visitor: Visitor) -> None:
    project = change(make_project(), project_type="", source="", scopes=[], methodologies=[], scale="")
    text = words(visitor.get(address(project)))
    assert "A project of a kind that is not known in Chile." in text
    assert "None" not in text.replace("None of the issued", "")
    assert visitor.get(address(project, "card.png")).status_code == 200


def test_a_programme_of_many_countries_names_them_once(visitor: Visitor) -> None:
    codes = ["KE", "KH", "LA", "MM", "TL", "UG"]
    project = change(make_project(), country_codes=codes, least_developed=True)
    text = words(visitor.get(address(project)))
    assert "Wind in Kenya, Cambodia and 4 more countries." in text
    assert "Host countries Kenya, Cambodia, Laos, Myanmar (Burma), Timor-Leste, Uganda" in text
    assert "A host is a least developed country" in text
    assert text.count("Uganda") == 1


def test_goals_say_on_what_basis_they_are_named(visitor: Visitor) -> None:
    project = full_project()
    Benefit.objects.create(
        project=project,
        goal=7,
        text="Power for 4,000 <households>",
        source_title="Monitoring report 2015",
        source_url="https://example.org/report",
    )
    Benefit.objects.create(project=project, text="Twelve people trained", source_title="Annual report")
    answer = visitor.get(address(project))
    text = words(answer)
    assert "Affordable and clean energy Power for 4,000 <households> Source: Monitoring report 2015" in text
    assert "Climate action Inferred from the type" in text
    assert text.count("Inferred from the type") == 1
    assert "Twelve people trained Source: Annual report" in text


def test_the_page_is_the_same_for_all_and_carries_no_token(visitor: Visitor) -> None:
    offer = make_offer()
    answer = visitor.get(address(offer.issuance.project))
    assert answer["Cache-Control"] == "public, max-age=60"
    assert b"csrfmiddlewaretoken" not in answer.content
    assert not answer.cookies


def test_what_could_not_be_added_is_not_kept_by_anybody(visitor: Visitor) -> None:
    answer = visitor.add(make_offer(quantity=5), quantity=6)
    assert answer.status_code == 409
    assert "no-store" in answer["Cache-Control"]
    assert "Nothing was added to your basket" in words(answer)


def test_the_page_asks_few_questions_of_the_database(
    visitor: Visitor, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    project = full_project()
    Benefit.objects.create(project=project, goal=3, text="Less smoke", source_title="Report")
    visitor.get(address(project))
    with django_assert_max_num_queries(8):
        assert visitor.get(address(project)).status_code == 200


def test_the_newest_cancellations_here_as_far_as_published_cost_few_questions(
    visitor: Visitor,
    outside: tuple[ScriptedRegistry, ScriptedProvider],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    project = full_project()
    Benefit.objects.create(project=project, goal=3, text="Less smoke", source_title="Report")
    offer = make_offer(issuance=make_issuance(project=project), quantity=90)
    for visibility in ("full", "serials", "hidden"):
        visitor.buy(offer, 7, visibility=visibility)
    run_jobs()
    stranger = Visitor()
    stranger.get(address(project))
    with django_assert_max_num_queries(8):
        answer = stranger.get(address(project))
    text = words(answer)
    assert text.count("7 units") == 2
    assert f"7 units for {GOOD['beneficiary']}" in text
    assert "7 units (name not published)" in text
    assert "Simulated" in text
    assert f"/en/register/?project={project.ref}" in answer.content.decode()
    assert "2018 2,500 0 0 21 129 2,350" in text


# --- what other sites read ---------------------------------------------------------------------------------------


def test_no_invented_or_simulated_offer_is_told_to_machines(visitor: Visitor) -> None:
    project = full_project()
    product, trail = linked_data(visitor.get(address(project)).content.decode())
    assert product["@type"] == "Product"
    assert product["productID"] == f"CDM:{project.ref}"
    assert "offers" not in product
    assert [step["name"] for step in trail["itemListElement"]] == ["Store", "Upper River Dam"]


def test_real_offers_are_told_with_price_and_stock(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("creditstore_site.views.project.registry_is_simulated", lambda: False)
    project = full_project()
    invented, sold_out = (make_offer(issuance=make_issuance(project=project), price_minor=999) for _n in range(2))
    Offer.objects.filter(pk=invented.pk).update(price_invented=True)
    set_reserved(sold_out, 100)
    seller = make_seller()
    seller.invented = True
    seller.save()
    make_offer(issuance=make_issuance(project=project), seller=seller)
    with override_settings(CREDITSTORE_DEMO=False):
        product, _trail = linked_data(visitor.get(address(project)).content.decode())
    assert [(offer["price"], offer["priceCurrency"], offer["availability"]) for offer in product["offers"]] == [
        ("1.50", "USD", "https://schema.org/InStock"),
        ("3.20", "USD", "https://schema.org/InStock"),
        ("9.99", "USD", "https://schema.org/SoldOut"),
    ]
    with override_settings(CREDITSTORE_DEMO=True):
        product, _trail = linked_data(visitor.get(address(project)).content.decode())
    assert "offers" not in product


def test_a_title_cannot_leave_the_structured_data(visitor: Visitor) -> None:
    title = 'A </script><script>alert(1)</script> & "quoted" <!-- dam'
    project = change(make_issuance().project, title=title)
    body = visitor.get(address(project)).content.decode()
    assert "<script>alert" not in body
    assert linked_data(body)[0]["name"] == title


def test_other_sites_are_told_title_address_and_picture(visitor: Visitor) -> None:
    project = full_project()
    body = visitor.get(address(project)).content.decode()
    tags = {
        name: html.unescape(value)
        for name, value in re.findall(r'<meta property="(og:[a-z_:]+)" content="([^"]*)"', body)
    }
    assert tags["og:title"] == "Upper River Dam"
    assert tags["og:url"].endswith(address(project))
    assert body.count(f'rel="canonical" href="{tags["og:url"]}"') == 1
    assert (tags["og:image:width"], tags["og:image:height"]) == ("1200", "630")
    path = "/en/" + tags["og:image"].partition("/en/")[2]
    picture = visitor.get(path)
    assert picture.status_code == 200
    assert picture["Content-Type"] == "image/png"
    assert picture["Cache-Control"] == "public, max-age=31536000, immutable"
    with Image.open(io.BytesIO(picture.content)) as image:
        assert image.size == (1200, 630)
    assert visitor.get(address(project, "card.png"))["Cache-Control"] == "public, max-age=3600"


def test_the_pictures_address_changes_with_what_it_shows_and_with_nothing_else(visitor: Visitor) -> None:
    project = full_project()

    def image() -> str:
        body = visitor.get(address(project)).content.decode()
        return re.search(r'og:image" content="([^"]*)"', body).group(1)  # type: ignore[union-attr]

    first = image()
    Offer.objects.filter(issuance__project=project).update(price_minor=77)
    assert image() == first
    change(project, title="Lower River Dam")
    assert image() != first


@pytest.mark.parametrize("file", ["", "card.png", "units.csv"])
@pytest.mark.parametrize("ref", ["99999999", "%00", "x" * 300])
def test_an_unknown_project_has_no_files(visitor: Visitor, ref: str, file: str) -> None:
    assert visitor.get(f"/en/store/projects/{ref}/{file}").status_code == 404


def _card(**changes: Any) -> social_card.Card:
    values: dict[str, Any] = {
        "store": "Climate Credit Store",
        "title": "A dam",
        "fallback": "Project 0009",
        "place": "Hydropower, Chile",
        "numbers": ("Project 0009", "12 units issued"),
        "note": "",
    }
    return social_card.Card(**{**values, **changes})


@pytest.mark.parametrize(
    ("title", "can"),
    [
        ("Ceran's Monte Claro \N{EN DASH} 130 MW “Run of River”", True),
        ("São João, Łódź, Điện Biên, İzmir", True),
        ("N₂O abatement ﬁt", True),
        ("奥地利风力发电项目", False),
        ("محطة طاقة الرياح", False),
        ("Wind 🌬", False),
    ],
)
def test_what_the_fonts_cannot_draw_is_replaced_by_the_reference(title: str, can: bool) -> None:
    assert social_card.drawable(title, "serif") is can
    drawn = social_card.draw(_card(title=title))
    assert (drawn == social_card.draw(_card(title="Project 0009"))) is not can


@pytest.mark.parametrize("title", ["word " * 200, "unbroken" * 60, "x", " "])
def test_any_title_fits_the_picture(title: str) -> None:
    lines, size = social_card._fit(title.strip())
    assert len(lines) * size <= 330
    for line in lines:
        assert social_card._length(line, "serif", size, 600) <= 1040
    with Image.open(io.BytesIO(social_card.draw(_card(title=title)))) as image:
        assert image.size == (1200, 630)
        # The rule under the title and the margins stay free of it.
        assert image.convert("RGB").crop((0, 455, 1200, 474)).getcolors(maxcolors=4) == [(22800, (250, 247, 241))]
        assert len(image.convert("RGB").crop((1125, 100, 1200, 630)).getcolors(maxcolors=9) or []) == 1
