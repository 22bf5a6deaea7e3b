"""A page about one project: from the form to the reader, and what it says when the project cannot be bought."""

from __future__ import annotations

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.images import ImageFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from wagtail.images import get_image_model
from wagtail.models import Page
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from creditstore.catalogue.models import Project
from creditstore.credits.models import Offer
from creditstore_content.pages.models import HomePage, ProjectFeaturePage
from support.findable import make_findable
from support.ledger import make_issuance, make_offer, make_project, set_reserved

ADDRESS = "/en/lake-wind/"
API = "/api/content/v3/"


@pytest.fixture
def project(db: None) -> Project:
    """A wind park of a country of its own, with an offer at 4.20 USD."""
    made = make_project()
    made.title = "Lake wind park"
    made.country_codes = ["MW"]
    made.save()
    make_offer(quantity=100, price_minor=420, issuance=make_issuance(project=made, quantity=1000))
    make_findable(made)
    return made


@pytest.fixture
def other(project: Project) -> Project:
    """Another wind park of the same country with something for sale."""
    made = make_project()
    made.title = "Hill wind park"
    made.country_codes = ["MW"]
    made.save()
    make_offer(price_minor=300, issuance=make_issuance(project=made))
    make_findable(made)
    return made


@pytest.fixture
def page(home: HomePage, project: Project) -> ProjectFeaturePage:
    page = ProjectFeaturePage(
        title="Wind over the lake", slug="lake-wind", lead="It turns by day and night.", project=project,
        body=[("text", "<p>We went there.</p>")],
    )  # fmt: skip
    home.add_child(instance=page)
    page.save_revision().publish()
    return page


def picture(*, rights: str) -> object:
    content = io.BytesIO()
    Image.new("RGB", (40, 20)).save(content, "PNG")
    return get_image_model().objects.create(title="Park", file=ImageFile(content, name="park.png"), rights=rights)


def read(client: Client) -> str:
    answer = client.get(ADDRESS)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


class TestFacts:
    """Read from the store whenever the page is shown."""

    def test_shows_the_facts_of_now(self, client: Client, page: ProjectFeaturePage, project: Project) -> None:
        html = read(client)
        assert "We went there." in html
        assert "Lake wind park" in html
        assert "Malawi" in html
        assert "<bdi>1,000</bdi>" in html
        assert "4.20 USD" in html
        assert "100 t" in html
        assert f'href="/en/store/projects/{project.ref}/"' in html
        assert "No corresponding adjustment" in html
        assert "notice--caution" not in html
        assert 'method="post"' not in html
        Offer.objects.filter(issuance__project=project).update(price_minor=510)
        assert "5.10 USD" in read(client)

    def test_shows_known_objections(self, client: Client, page: ProjectFeaturePage, project: Project) -> None:
        Project.objects.filter(pk=project.pk).update(project_type="Hydro", installed_capacity_mw=300)
        html = read(client)
        assert "Large hydropower" in html
        assert f'href="/en/store/projects/{project.ref}/#objection-large-hydro"' in html

    def test_sold_out_leads_to_similar_projects(
        self, client: Client, page: ProjectFeaturePage, project: Project, other: Project
    ) -> None:
        for offer in Offer.objects.filter(issuance__project=project):
            set_reserved(offer, 100)
        html = read(client)
        assert "Nothing is for sale at present" in html
        assert "4.20 USD" not in html
        assert "Hill wind park" in html
        assert "We went there." in html
        assert "/en/store/?type=Wind&amp;country=MW&amp;available_min=1" in html

    def test_deregistered_says_so(
        self, client: Client, page: ProjectFeaturePage, project: Project, other: Project
    ) -> None:
        Project.objects.filter(pk=project.pk).update(status="deregistered")
        html = read(client)
        assert "This project has been de-registered" in html
        assert "Hill wind park" in html
        assert "We went there." in html

    def test_gone_keeps_its_name_and_leads_on(self, client: Client, home: HomePage, other: Project) -> None:
        bare = make_project()
        bare.title = "Bare hill park"
        bare.country_codes = ["MW"]
        bare.save()
        page = ProjectFeaturePage(
            title="Bare hill", slug="lake-wind", lead="Nothing yet.", project=bare, body=[("text", "<p>Our words.</p>")]
        )
        home.add_child(instance=page)
        bare.delete()
        page.refresh_from_db()
        assert page.project is None
        html = read(client)
        assert "This project is no longer in the store" in html
        assert "Bare hill park" in html
        assert "Malawi" in html
        assert "Hill wind park" in html
        assert "Our words." in html
        assert f"/projects/{bare.ref}/" not in html
        # A draft that is published later still remembers.
        page.save_revision().publish()
        assert "Bare hill park" in read(client)

    def test_without_anything_similar_leads_to_all(
        self, client: Client, page: ProjectFeaturePage, project: Project
    ) -> None:
        Offer.objects.filter(state="live").update(state="paused")
        html = read(client)
        assert "Nothing is for sale at present" in html
        assert 'href="/en/store/">See all projects' in html


class TestEditing:
    """From the form to the reader and the content API."""

    def form(self, project: Project, **changes: object) -> dict[str, object]:
        return nested_form_data(
            {
                "title": "Wind over the lake",
                "slug": "lake-wind",
                "lead": "It turns.",
                "project": str(project.pk),
                "picture": "",
                "picture_text": "",
                "picture_caption": "",
                "body": streamfield(
                    [
                        ("text", rich_text("<p>We went <b>there</b>.</p>", features=["bold"])),
                        (
                            "projects_by_rule",
                            {
                                "heading": "More wind",
                                "types": streamfield([]),
                                "countries": streamfield([]),
                                "region": "",
                                "price_max": "5",
                                "vintage_from": "",
                                "vintage_to": "",
                                "available_min": "",
                                "order": "price",
                                "count": "2",
                                "fallback": "None now.",
                            },
                        ),
                    ]
                ),
                "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0},
                **changes,
            }
        )

    def test_add_preview_publish_read(self, admin_client: Client, home: HomePage, project: Project) -> None:
        arguments = ["creditstore_pages", "projectfeaturepage", home.pk]
        opened = admin_client.get(reverse("wagtailadmin_pages:add", args=arguments))
        assert opened.status_code == 200
        assert "creditstore_project_chooser" in opened.content.decode()
        assert "creditstore_offer_chooser" in opened.content.decode()
        preview = reverse("wagtailadmin_pages:preview_on_add", args=arguments)
        answer = admin_client.post(preview, self.form(project))
        assert answer.json()["is_valid"], answer.json()
        framed = admin_client.get(preview)
        assert "frame-ancestors 'self'" in framed["Content-Security-Policy"]
        shown = framed.content.decode()
        assert "Lake wind park" in shown
        assert "this rule finds" in shown
        assert Client().get(ADDRESS).status_code == 404
        assert "frame-ancestors 'none'" in Client().get("/en/")["Content-Security-Policy"]
        address = reverse("wagtailadmin_pages:add", args=arguments)
        answer = admin_client.post(address, self.form(project, **{"action-publish": "1"}))
        assert answer.status_code == 302, answer.context["form"].errors
        page = ProjectFeaturePage.objects.get(slug="lake-wind")
        assert page.live
        assert page.known["ref"] == project.ref
        html = read(Client())
        assert "<b>there</b>" in html
        assert "More wind" in html
        assert "this rule finds" not in html
        edited = reverse("wagtailadmin_pages:edit", args=[page.pk])
        assert admin_client.get(edited).status_code == 200
        answer = admin_client.post(edited, self.form(project, lead="It still turns.", **{"action-publish": "1"}))
        assert answer.status_code == 302
        assert "It still turns." in read(Client())
        assert page in [found.specific for found in Page.objects.live().search("Lake wind park")]

    def test_content_api(self, client: Client, page: ProjectFeaturePage, project: Project, other: Project) -> None:
        told = client.get(f"{API}pages/{page.pk}/").json()
        assert told["project_facts"]["ref"] == project.ref
        assert told["project_facts"]["state"] == "for_sale"
        assert told["project_facts"]["issued"] == 1000
        assert told["project_facts"]["price_from"] == "4.20 USD"
        assert told["project_facts"]["similar"] == []
        assert told["picture_for_api"] is None
        assert told["body"][0]["type"] == "text"
        Offer.objects.filter(issuance__project=project).update(state="paused")
        told = client.get(f"{API}pages/{page.pk}/").json()["project_facts"]
        assert told["state"] == "sold_out"
        assert told["price_from"] is None
        assert told["similar"][0]["ref"] == other.ref

    def test_wrong_rule_is_said_at_its_field(self, admin_client: Client, home: HomePage, project: Project) -> None:
        address = reverse("wagtailadmin_pages:add", args=["creditstore_pages", "projectfeaturepage", home.pk])
        data = self.form(project, **{"action-publish": "1"})
        data["body-1-value-price_max"] = "0"
        answer = admin_client.post(address, data)
        assert answer.status_code == 200
        assert "Give a price above zero" in answer.content.decode()

    def test_project_is_required_while_there_is_one(self, page: ProjectFeaturePage) -> None:
        page.project = None
        with pytest.raises(ValidationError, match="Choose the project"):
            page.full_clean()
        with pytest.raises(ValidationError, match="Choose the project"):
            ProjectFeaturePage(title="New", slug="new", lead="New.", body=[]).full_clean()

    def test_picture_needs_words_and_rights(self, page: ProjectFeaturePage, client: Client) -> None:
        page.picture = picture(rights="")
        with pytest.raises(ValidationError, match="Say what the picture shows"):
            page.full_clean()
        page.picture_text = "Ten turbines on a shore."
        with pytest.raises(ValidationError, match="Nobody knows whose this picture is"):
            page.full_clean()
        page.picture = picture(rights="Photo: A. Phiri, CC BY 4.0")
        page.picture_caption = "The park at noon"
        page.full_clean()
        page.save_revision().publish()
        html = read(client)
        assert 'alt="Ten turbines on a shore."' in html
        assert "The park at noon" in html
        assert "Photo: A. Phiri, CC BY 4.0" in html
        assert client.get(f"{API}pages/{page.pk}/").json()["picture_for_api"]["rights"] == "Photo: A. Phiri, CC BY 4.0"
