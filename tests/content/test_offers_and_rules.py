"""Offers and projects by rule on pages: current when shown, and never a dead end."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.models import ReferenceIndex

from creditstore.catalogue.models import Project
from creditstore.credits.models import Offer
from creditstore_content.blocks.offers import OfferLinkBlock
from creditstore_content.blocks.rules import ProjectsByRuleBlock, catalogue_url, find, parameters
from creditstore_content.pages.models import CampaignPage, HomePage
from support.findable import make_findable
from support.ledger import make_issuance, make_offer, make_project, set_reserved

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer() -> Offer:
    made = make_offer(quantity=100, price_minor=420)
    make_findable(made.issuance.project)
    return Offer.objects.get(pk=made.pk)


def _sell_out(offer: Offer) -> None:
    set_reserved(offer, 100)


def _pause(offer: Offer) -> None:
    Offer.objects.filter(pk=offer.pk).update(state="paused")


def _deregister(offer: Offer) -> None:
    Project.objects.filter(pk=offer.issuance.project_id).update(status="deregistered")


class TestOffer:
    """A block of one offer."""

    def shown(self, offer: Offer | int) -> tuple[str, dict[str, Any]]:
        """As a reader sees it and as the API tells it, read anew as when a page is opened."""
        block = OfferLinkBlock()
        key = offer if isinstance(offer, int) else offer.pk
        value = block.to_python({"offer": key, "text": "Because of the stoves."})
        return str(block.render(value)), block.get_api_representation(value)

    def test_live_offer_is_shown_with_its_price(self, offer: Offer) -> None:
        html, api = self.shown(offer)
        assert f'href="/en/store/projects/{offer.issuance.project.ref}/#offers"' in html
        assert "4.20 USD" in html
        assert "Vintage 2018" in html
        assert "100 t available" in html
        assert offer.seller.name in html
        assert "<form" not in html
        assert api["offer"]["for_sale"] is True
        assert api["offer"]["price"] == "4.20 USD"
        json.dumps(api)

    @pytest.mark.parametrize("end", [_sell_out, _pause, _deregister])
    def test_what_cannot_be_bought_leads_to_the_project(self, offer: Offer, end: Callable[[Offer], None]) -> None:
        end(offer)
        html, api = self.shown(offer)
        assert f'href="/en/store/projects/{offer.issuance.project.ref}/"' in html
        assert "not for sale at present" in html
        assert "USD" not in html
        assert api["offer"]["for_sale"] is False
        assert api["offer"]["price"] is None

    def test_what_is_gone_leads_to_all_projects(self) -> None:
        html, api = self.shown(2**40)
        assert "no longer in the store" in html
        assert 'href="/en/store/"' in html
        assert api == {"offer": None, "text": "Because of the stoves."}


def rule(**conditions: Any) -> Any:
    """A rule as an editor fills it in."""
    given = {"heading": "Projects", "order": "price", "count": 3, "fallback": "None now.", **conditions}
    return ProjectsByRuleBlock().normalize(given)


class TestRule:
    """A block of projects by rule."""

    def html(self, value: Any, *, preview: bool = False) -> str:
        request = RequestFactory().get("/en/")
        request.is_preview = preview  # type: ignore[attr-defined]
        return str(ProjectsByRuleBlock().render(value, context={"request": request}))

    @pytest.fixture
    def projects(self) -> list[Project]:
        """Three projects of a type of their own, at 2.00, 3.00 and 4.00 USD, and one with nothing for sale."""
        made = []
        for price in (200, 300, 400, None):
            project = make_project()
            project.project_type = "Test power"
            project.country_codes = ["MW"] if price == 300 else ["CL"]
            project.save()
            if price:
                make_offer(price_minor=price, issuance=make_issuance(project=project))
            made.append(project)
        make_findable(*made)
        return made

    def refs(self, **conditions: Any) -> list[str]:
        return [hit.ref for hit in find(parameters(rule(types=["Test power"], **conditions)), limit=12).hits]

    def test_conditions_narrow_what_is_found(self, projects: list[Project]) -> None:
        cheap, middle, dear, unsold = (project.ref for project in projects)
        assert self.refs() == [cheap, middle, dear, unsold]
        assert self.refs(price_max=Decimal("3.00")) == [cheap, middle]
        assert self.refs(countries=["MW"]) == [middle]
        assert self.refs(available_min=1) == [cheap, middle, dear]
        assert self.refs(vintage_from=2018) == [cheap, middle, dear]
        assert self.refs(vintage_from=2019) == []
        assert self.refs(vintage_to=2017) == []

    def test_least_developed_countries_only(self, projects: list[Project]) -> None:
        assert self.refs(least_developed=True) == []
        Project.objects.filter(pk=projects[1].pk).update(least_developed=True)
        make_findable(Project.objects.get(pk=projects[1].pk))
        assert self.refs(least_developed=True) == [projects[1].ref]
        assert "ldc=1" in catalogue_url(parameters(rule(least_developed=True)))

    def test_list_is_current_counted_and_leads_to_the_catalogue(self, client: Client, projects: list[Project]) -> None:
        value = rule(types=["Test power"], price_max=Decimal("3.50"), count=1)
        html = self.html(value)
        assert projects[0].title in html
        assert projects[1].title not in html
        assert "See all 2" in html
        address = catalogue_url(parameters(value))
        assert address == "/en/store/?type=Test+power&price_max=3.50&sort=price"
        assert address.replace("&", "&amp;") in html
        listed = client.get(address).content.decode()
        assert projects[0].title in listed
        assert projects[1].title in listed
        assert projects[2].title not in listed
        Offer.objects.filter(issuance__project=projects[0]).update(state="paused")
        assert projects[0].title not in self.html(value)

    def test_api_tells_the_rule_and_what_it_finds(self, projects: list[Project]) -> None:
        api = ProjectsByRuleBlock().get_api_representation(rule(types=["Test power"], price_max=Decimal("3.50")))
        assert api["rule"] == {"type": ["Test power"], "price_max": ["3.50"]}
        assert api["found"] == 2
        assert [project["ref"] for project in api["projects"]] == [projects[0].ref, projects[1].ref]
        assert api["projects"][0]["price_from"] == "2.00 USD"
        json.dumps(api)

    def test_empty_rule_says_so_and_leads_on(self) -> None:
        html = self.html(rule(types=["Wind"], price_max=Decimal("0.01"), fallback="Nothing this cheap."))
        assert "Nothing this cheap." in html
        assert 'href="/en/store/"' in html
        assert "See all projects" in html

    def test_only_editors_see_how_many(self, projects: list[Project]) -> None:
        value = rule(types=["Test power"])
        assert "this rule finds 4 projects now" in self.html(value, preview=True)
        assert "For editors" not in self.html(value)

    def test_draft_without_numbers_can_be_previewed(self) -> None:
        assert "Projects" in self.html(rule(count=None, order=None), preview=True)

    def wrong(self, **conditions: Any) -> dict[str, str]:
        with pytest.raises(StructBlockValidationError) as caught:
            ProjectsByRuleBlock().clean(rule(**conditions))
        return {name: str(error.messages[0]) for name, error in caught.value.block_errors.items()}

    def test_mistakes_are_said_at_the_field(self) -> None:
        assert self.wrong(price_max=Decimal("0")) == {"price_max": "Give a price above zero, such as 2.50."}
        assert self.wrong(price_max=Decimal("-1")) == {"price_max": "Give a price above zero, such as 2.50."}
        assert set(self.wrong(price_max=Decimal("12345678901"))) == {"price_max"}
        assert self.wrong(vintage_from=2015, vintage_to=2013) == {
            "vintage_to": "The last year lies before the first one."
        }
        assert set(self.wrong(vintage_from=1066)) == {"vintage_from"}
        assert set(self.wrong(count=13)) == {"count"}
        assert set(self.wrong(count=0)) == {"count"}
        assert set(self.wrong(order="random")) == {"order"}
        assert set(self.wrong(types=["No such type"])) == {"types"}
        assert set(self.wrong(countries=["XX"])) == {"countries"}

    def test_country_that_left_the_list_finds_nothing(self) -> None:
        html = self.html(rule(countries=["not a country"]))
        assert "None now." in html


class TestChoosers:
    """The windows in the admin."""

    def results(self, client: Client, name: str, **asked: str) -> str:
        answer = client.get(reverse(f"creditstore_{name}_chooser:choose_results"), asked)
        assert answer.status_code == 200
        return answer.content.decode()

    def test_windows_open_with_filters(self, admin_client: Client, offer: Offer) -> None:
        for name, fields in (("project", ("q", "country", "type", "for_sale")), ("offer", ("q", "country", "type"))):
            window = json.loads(admin_client.get(reverse(f"creditstore_{name}_chooser:choose")).content)
            assert window["step"] == "choose"
            for field in fields:
                assert f'name="{field}"' in window["html"]

    def test_projects_by_filter_with_price_and_amount(self, admin_client: Client, offer: Offer) -> None:
        project = offer.issuance.project
        unsold = make_project()
        make_findable(unsold)
        both = self.results(admin_client, "project", country="CL", type="Wind", q="Test project")
        assert project.title in both
        assert unsold.title in both
        assert "4.20 USD" in both
        for_sale = self.results(admin_client, "project", q="Test project", for_sale="on")
        assert project.title in for_sale
        assert unsold.title not in for_sale
        assert project.title not in self.results(admin_client, "project", q="Test project", country="MW")

    def test_any_input_is_answered(self, admin_client: Client, offer: Offer) -> None:
        for asked in ({"q": "\x00'\"%_\\"}, {"q": "x" * 500}, {"country": "XX"}, {"type": "<b>"}, {"for_sale": "?"}):
            for name in ("project", "offer"):
                self.results(admin_client, name, **asked)
        address = reverse("creditstore_project_chooser:choose_results")
        # Nothing is there; the site's middleware then looks for it under the language's prefix.
        assert admin_client.get(address, {"p": "100000"}).status_code == 302
        assert admin_client.get(address, {"p": "2"}).status_code == 200

    def test_offers_are_found_by_project_seller_and_code(self, admin_client: Client, offer: Offer) -> None:
        other = make_offer()
        make_findable(other.issuance.project)
        for words in (offer.code, offer.seller.name, offer.issuance.project.ref, offer.issuance.project.title):
            found = self.results(admin_client, "offer", q=words)
            assert offer.issuance.project.title in found, words
            assert f">{other.code}<" not in found.replace(" ", "").replace("\n", ""), words
            assert "4.20 USD" in found
            assert offer.seller.name in found

    def test_only_what_can_be_bought_is_offered(self, admin_client: Client, offer: Offer) -> None:
        assert offer.issuance.project.title in self.results(admin_client, "offer", q=offer.code)
        _pause(offer)
        assert offer.issuance.project.title not in self.results(admin_client, "offer", q=offer.code)

    def test_chosen_offer_is_named_in_full(self, admin_client: Client, offer: Offer) -> None:
        answer = admin_client.get(reverse("creditstore_offer_chooser:chosen", args=[offer.pk]))
        title = json.loads(answer.content)["result"]["title"]
        assert title == f"{offer.code}: {offer.issuance.project.title} (Chile), 2018, 4.20 USD"
        assert OfferLinkBlock().child_blocks["offer"].widget.get_value_data(offer)["title"] == title


class TestUsage:
    """What stands on which page."""

    @pytest.fixture
    def page(self, home: HomePage, offer: Offer) -> CampaignPage:
        page = CampaignPage(
            title="Stoves",
            slug="stoves",
            lead="Buy them.",
            body=[
                ("offer", {"offer": offer, "text": ""}),
                ("project", {"project": offer.issuance.project, "text": ""}),
                ("project", {"project": offer.issuance.project, "text": "Again"}),
            ],
        )
        home.add_child(instance=page)
        ReferenceIndex.create_or_update_for_object(page)
        return page

    def test_chooser_counts_pages_and_leads_to_them(
        self, admin_client: Client, page: CampaignPage, offer: Offer
    ) -> None:
        project = offer.issuance.project
        found = admin_client.get(reverse("creditstore_project_chooser:choose_results"), {"q": project.ref})
        assert f"{reverse('creditstore_usage')}?project={project.pk}" in found.content.decode()

    def test_report_names_page_and_state_once(self, admin_client: Client, page: CampaignPage, offer: Offer) -> None:
        address = reverse("creditstore_usage")
        html = admin_client.get(address, {"project": str(offer.issuance.project_id)}).content.decode()
        assert html.count(reverse("wagtailadmin_pages:edit", args=[page.pk])) == 2
        assert html.count("for sale") >= 2
        _sell_out(offer)
        html = admin_client.get(address, {"project": str(offer.issuance.project_id)}).content.decode()
        assert "nothing for sale" in html
        assert admin_client.get(address).status_code == 200
        assert admin_client.get(address, {"project": "x' OR 1=1"}).status_code == 200
        assert admin_client.get(reverse("wagtailadmin_reports:locked_pages")).status_code == 200
