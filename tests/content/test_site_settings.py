"""What editors set for a whole site: footer, contact page, banners, shared pictures; seen before it is saved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from wagtail.models import Site
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from creditstore_content.images.models import StoreImage
from creditstore_content.navigation.models import Banners, ContactDetails, Footer, Sharing
from creditstore_content.pages.models import ExplainerPage, HomePage

NOWHERE = {"page": "", "anchor": "", "project": "", "store_page": "", "address": ""}
FOOTER = "creditstore_navigation", "footer"
BANNERS = "creditstore_navigation", "banners"
CONTACT = "creditstore_navigation", "contactdetails"


@pytest.fixture
def site(home: HomePage) -> Site:
    return Site.objects.get(is_default_site=True)


def listed(*values: Any) -> dict[str, Any]:
    """The form data of a list block."""
    rows = {str(place): {"value": value, "order": place, "deleted": "", "id": ""} for place, value in enumerate(values)}
    return {"count": len(values), **rows}


def column(heading: str, *links: tuple[str, dict[str, Any]], language: str = "") -> tuple[str, dict[str, Any]]:
    rows = [{"text": text, "link": {**NOWHERE, **link}} for text, link in links]
    return "column", {"heading": heading, "links": listed(*rows), "language": language}


def footer_form(*columns: Any, note: str = "") -> dict[str, Any]:
    return dict(nested_form_data({"columns": streamfield(columns), "note": note}))


def banner_form(text: str, **values: Any) -> dict[str, Any]:
    banner = {
        "text": rich_text(f"<p>{text}</p>", features=["bold", "italic", "link"]),
        "kind": "info", "where": "everywhere", "shown_from": "", "shown_until": "", "language": "", **values,
    }  # fmt: skip
    return dict(nested_form_data({"banners": streamfield([("banner", banner)])}))


def office_form(**values: Any) -> dict[str, Any]:
    office = {
        "name": "Office for Africa", "responsible_for": "Africa", "address": "1 Example Road\n00100 Nairobi",
        "time_zone": "Africa/Nairobi", "telephone": "+254 20 555 0100", "email": "africa@example.org",
        "hours": listed({"first_day": "1", "last_day": "5", "opens": "08:30", "closes": "17:00"}), **values,
    }  # fmt: skip
    return dict(nested_form_data({"intro": "Ask us.", "offices": streamfield([("office", office)])}))


def save(client: Client, names: tuple[str, str], site: Site, data: dict[str, Any]) -> Any:
    return client.post(reverse("wagtailsettings:edit", args=[*names, site.pk]), data)


def preview(client: Client, names: tuple[str, str], site: Site, data: dict[str, Any]) -> str:
    address = reverse("wagtailsettings:preview_on_edit", args=[*names, site.pk])
    assert client.post(address, data).json() == {"is_valid": True, "is_available": True}
    answer = client.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def read(address: str = "/en/") -> str:
    answer = Client().get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


class TestFooter:
    """Columns of links beside the store's own."""

    def test_is_previewed_before_readers_see_it(
        self, admin_client: Client, site: Site, explainer: ExplainerPage
    ) -> None:
        data = footer_form(
            column("About us", ("Who we are", {"page": explainer.pk, "anchor": "people"})), note="Register entry 12."
        )
        html = preview(admin_client, FOOTER, site, data)
        assert "About us" in html
        assert f'href="{explainer.url}#people"' in html
        assert "About us" not in read()
        assert save(admin_client, FOOTER, site, data).status_code == 302
        for address in ("/en/", "/en/store/", "/en/contact/"):
            html = read(address)
            assert f'href="{explainer.url}#people">Who we are</a>' in html
            assert "Register entry 12." in html
            assert reverse("terms") in html

    def test_a_link_goes_with_its_page_and_a_column_with_its_last_link(
        self, admin_client: Client, site: Site, explainer: ExplainerPage
    ) -> None:
        other = ("Elsewhere", {"address": "https://example.org/"})
        here = ("Who we are", {"page": explainer.pk})
        save(admin_client, FOOTER, site, footer_form(column("One", here), column("Two", here, other)))
        assert "One</h2>" in read()
        explainer.unpublish()
        html = read()
        assert "One</h2>" not in html
        assert "Two</h2>" in html
        assert "Who we are" not in html

    def test_a_column_can_be_for_one_language(self, admin_client: Client, site: Site) -> None:
        link = ("Elsewhere", {"address": "https://example.org/"})
        save(admin_client, FOOTER, site, footer_form(column("Only pseudo", link, language="en-xa")))
        assert "Only pseudo" not in read("/en/store/")
        assert "Only pseudo" in read("/en-xa/store/")

    def test_what_cannot_be_taken_is_said_at_its_place_and_kept_in_the_form(
        self, admin_client: Client, site: Site
    ) -> None:
        answer = save(admin_client, FOOTER, site, footer_form(column("About us", ("Somewhere", {}))))
        assert answer.status_code == 200
        html = answer.content.decode()
        assert "Choose where this leads." in html
        assert "About us" in html
        script = footer_form(column("About us", ("Somewhere", {"address": "javascript:alert(1)"})))
        assert save(admin_client, FOOTER, site, script).status_code == 200
        assert "About us" not in str(list(Footer.for_site(site).columns.raw_data))


class TestBanners:
    """Notices that come and go by themselves."""

    def test_shown_from_until_and_where_it_was_said(self, admin_client: Client, site: Site) -> None:
        now = timezone.now()
        setting = Banners.for_site(site)

        def banner(text: str, **values: Any) -> tuple[str, dict[str, Any]]:
            return "banner", {"text": f"<p>{text}</p>", "kind": "info", "where": "everywhere", **values}

        setting.banners = [
            banner("It is on now", shown_from=now - timedelta(hours=1), shown_until=now + timedelta(hours=1)),
            banner("It is over", shown_until=now - timedelta(minutes=1)),
            banner("It is to come", shown_from=now + timedelta(minutes=1)),
            banner("For shoppers", where="store"),
            banner("For the home page", where="home"),
            banner("For pages", where="pages"),
        ]
        setting.save()
        shown = {
            "/en/": {"It is on now", "For the home page", "For pages"},
            "/en/how-it-works/": {"It is on now", "For pages"},
            "/en/store/": {"It is on now", "For shoppers"},
            "/en/terms/": {"It is on now"},
        }
        all_texts = {block.value["text"].source[3:-4] for block in setting.banners}
        for address, texts in shown.items():
            html = read(address) if address != "/en/terms/" else Client().get(address).content.decode()
            assert {text for text in all_texts if text in html} == texts, address

    def test_the_preview_shows_all_with_their_times(self, admin_client: Client, site: Site) -> None:
        data = banner_form("We <b>move</b> house", shown_from="2999-01-01 08:00", where="store", kind="caution")
        html = preview(admin_client, BANNERS, site, data)
        assert "We <b>move</b> house" in html
        assert "site-banner--caution" in html
        assert "In the store" in html
        assert "2999" in html
        assert "We <b>move" not in read("/en/store/")

    def test_one_that_ends_before_it_begins_is_refused_at_the_field(self, admin_client: Client, site: Site) -> None:
        data = banner_form("Late", shown_from="2999-01-02 08:00", shown_until="2999-01-01 08:00")
        answer = save(admin_client, BANNERS, site, data)
        assert answer.status_code == 200
        assert "This is not after" in answer.content.decode()

    def test_scripts_and_huge_texts_are_not_taken(self, admin_client: Client, site: Site) -> None:
        assert save(admin_client, BANNERS, site, banner_form("<script>alert(1)</script>ok")).status_code == 302
        assert "<script>alert" not in read()
        answer = save(admin_client, BANNERS, site, banner_form("x" * 5000))
        assert answer.status_code == 200
        assert "300" in answer.content.decode()


class TestContact:
    """Several offices on one page."""

    def test_offices_with_hours_in_their_time_zone(self, admin_client: Client, site: Site) -> None:
        assert "Office for Africa" in preview(admin_client, CONTACT, site, office_form())
        assert "Office for Africa" not in read("/en/contact/")
        assert save(admin_client, CONTACT, site, office_form()).status_code == 302
        html = read("/en/contact/")
        assert "Monday to Friday: 8:30 a.m. to 5 p.m." in html
        assert "Time zone: Africa/Nairobi" in html
        assert 'href="tel:+254205550100"' in html
        assert 'href="mailto:africa@example.org"' in html
        assert 'href="mailto:service@example.org"' in html
        assert "1 Example Road" in html

    def test_without_offices_it_names_the_address_for_mail(self, home: HomePage) -> None:
        assert 'href="mailto:service@example.org"' in read("/en/contact/")
        assert reverse("contact") in read()

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ({"telephone": "call me"}, "Begin with + and the country"),
            ({"telephone": "", "email": "", "address": ""}, "Give an address, a telephone number or an e-mail"),
            (
                {"hours": listed({"first_day": "5", "last_day": "1", "opens": "17:00", "closes": "08:00"})},
                "This day comes before the first one",
            ),
        ],
    )
    def test_bad_input_says_what_to_do(
        self, admin_client: Client, site: Site, values: dict[str, Any], message: str
    ) -> None:
        answer = save(admin_client, CONTACT, site, office_form(**values))
        assert answer.status_code == 200
        html = answer.content.decode()
        assert message in html
        assert "Office for Africa" in html


@pytest.fixture
def picture(db: None) -> StoreImage:
    file = BytesIO()
    Image.new("RGB", (1600, 900), "navy").save(file, "PNG")
    image: StoreImage = StoreImage.objects.create(
        title="Sea", description="The sea at night", file=SimpleUploadedFile("sea.png", file.getvalue())
    )
    return image


def test_shared_links_have_the_editors_picture(site: Site, picture: StoreImage) -> None:
    assert 'content="http://127.0.0.1:8000/static/creditstore/img/social-card.png"' in read("/en/register/")
    assert 'content="http://127.0.0.1:8000/en/cards/' in read()
    sharing = Sharing.for_site(site)
    sharing.picture = picture
    sharing.profiles = [("profile", {"name": "Mastodon", "address": "https://example.social/@store"})]
    sharing.save()
    html = read()
    assert "/cards/" not in html
    assert "social-card.png" not in read("/en/register/")
    assert 'property="og:image:width" content="1200"' in html
    assert 'property="og:image:alt" content="The sea at night"' in html
    assert 'href="https://example.social/@store" rel="me noopener"' in html


@pytest.mark.parametrize(("focus", "colour"), [(200, "red"), (2200, "blue")])
def test_crops_keep_the_focal_point(site: Site, focus: int, colour: str) -> None:
    tall, file = Image.new("RGB", (1200, 2400), "blue"), BytesIO()
    tall.paste("red", (0, 0, 1200, 1200))
    tall.save(file, "PNG")
    sharing = Sharing.for_site(site)
    sharing.picture = StoreImage.objects.create(
        title="Tall", file=SimpleUploadedFile("tall.png", file.getvalue()),
        focal_point_x=600, focal_point_y=focus, focal_point_width=100, focal_point_height=100,
    )  # fmt: skip
    sharing.save()
    read()
    rendition = sharing.picture.renditions.get(filter_spec="fill-1200x630|format-jpeg")
    with rendition.file.open("rb") as stored, Image.open(stored) as cropped:
        # Wagtail rounds the crop of a tall picture up to a whole pixel.
        assert cropped.size in {(1200, 630), (1200, 631)}
        red, _green, blue = cropped.getpixel((600, 315))
    assert (red > blue) is (colour == "red")


def test_programs_read_the_same(admin_client: Client, site: Site, explainer: ExplainerPage) -> None:
    save(admin_client, FOOTER, site, footer_form(column("About", ("Us", {"page": explainer.pk})), note="Entry 12"))
    save(admin_client, CONTACT, site, office_form())
    setting = Banners.for_site(site)
    until = datetime(2999, 1, 1, 8, tzinfo=UTC)
    setting.banners = [("banner", {"text": "<p>Hello</p>", "kind": "info", "where": "home", "shown_until": until})]
    setting.save()
    found = Client().get("/api/content/v3/site/").json()
    assert {"title": "How it works", "url": "/en/how-it-works/"} in found["menu"]
    assert found["footer"] == {
        "columns": [{"heading": "About", "links": [{"title": "Us", "url": explainer.url}]}],
        "note": "Entry 12",
    }
    assert found["contact"]["offices"][0]["hours"] == [
        {"first_day": 1, "last_day": 5, "opens": "08:30", "closes": "17:00"}
    ]
    assert found["banners"][0]["html"].strip() == "<p>Hello</p>"
    assert found["banners"][0]["shown_until"] == "2999-01-01T08:00:00Z"
    assert found["picture"] is None
    assert Client().get("/api/content/v3/site/?language=xx").status_code == 422
    assert "/api/content/v3/site/" in Client().get("/api/content/v3/openapi.json").json()["paths"]


def test_reading_asks_the_database_once_and_writes_nothing(site: Site) -> None:
    models = (Footer, ContactDetails, Banners, Sharing)
    before = [model.objects.count() for model in models]
    reader = Client()
    reader.get("/en/contact/")
    with CaptureQueriesContext(connection) as captured:
        reader.get("/en/contact/")
    assert [query["sql"] for query in captured] == []
    assert [model.objects.count() for model in models] == before
