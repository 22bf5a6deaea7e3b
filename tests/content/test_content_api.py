"""The content API: Wagtail's own, for reading only."""

from __future__ import annotations

import io

import pytest
from django.core.files.images import ImageFile
from django.test import Client
from PIL import Image
from wagtail.images import get_image_model
from wagtail.models import APIToken

from creditstore.accounts.models import User
from creditstore_content.pages.models import CampaignPage, ExplainerPage, HomePage

ROOT = "/api/content/v3/"
PROBLEM = "application/problem+json"


def test_root_says_what_it_is(client: Client, db: None) -> None:
    answer = client.get(ROOT)
    assert answer.status_code == 200
    assert answer.json()["status"] == "preview"
    assert answer["X-API-Status"] == "preview"
    assert answer.json()["pages"] == f"{ROOT}pages/"


def test_pages_are_listed_and_described(client: Client, home: HomePage, explainer: ExplainerPage) -> None:
    found = client.get(f"{ROOT}pages/").json()
    assert found["count"] == home.get_descendants(inclusive=True).live().count()
    assert {item["meta"]["type"] for item in found["items"]} >= {
        "creditstore_pages.HomePage", "creditstore_pages.ContentIndexPage", "creditstore_pages.ExplainerPage",
        "creditstore_pages.CampaignPage",
    }  # fmt: skip
    page = client.get(f"{ROOT}pages/{explainer.pk}/").json()
    assert page["lead"] == explainer.lead
    assert {block["type"] for block in page["body"]} >= {"heading", "text", "steps", "callout", "call_to_action"}
    assert page["sources"][0]["value"]["publisher"] == "UNFCCC"
    actions = [block["value"] for block in page["body"] if block["type"] == "call_to_action"]
    assert actions[0]["link"] == {"url": "/en/store/"}


def test_home_gives_its_numbers_and_doors(client: Client, home: HomePage, campaign: CampaignPage) -> None:
    page = client.get(f"{ROOT}pages/{home.pk}/").json()
    assert set(page["numbers"]) == {"units_cancelled", "units_simulated", "projects", "countries", "pledges"}
    assert [door["value"]["title"] for door in page["doors"]] == ["Measure", "Reduce", "Cancel"]
    assert page["featured_campaign"]["id"] == campaign.pk


def test_drafts_are_not_shown(client: Client, campaign: CampaignPage) -> None:
    campaign.unpublish()
    assert client.get(f"{ROOT}pages/{campaign.pk}/").status_code == 404
    assert client.get(f"{ROOT}pages/{campaign.pk}/?version=draft").status_code == 404


def test_a_token_of_staff_reads_drafts(client: Client, admin_user: User, campaign: CampaignPage) -> None:
    campaign.lead = "Not yet said."
    campaign.save_revision()
    _token, secret = APIToken.create_token(user=admin_user, name="test")
    address = f"{ROOT}pages/{campaign.pk}/?version=draft"
    assert client.get(address).json()["lead"] != "Not yet said."
    assert client.get(address, headers={"Authorization": f"Bearer {secret}"}).json()["lead"] == "Not yet said."
    refused = client.delete(f"{ROOT}pages/{campaign.pk}/", headers={"Authorization": f"Bearer {secret}"})
    assert refused.status_code == 405
    assert CampaignPage.objects.filter(pk=campaign.pk).exists()


def test_a_session_opens_nothing_more(admin_client: Client, campaign: CampaignPage) -> None:
    campaign.unpublish()
    assert admin_client.get(f"{ROOT}pages/{campaign.pk}/").status_code == 404
    assert admin_client.get(f"{ROOT}whoami/").status_code == 401


def test_pictures_can_be_read(client: Client, db: None) -> None:
    content = io.BytesIO()
    Image.new("RGB", (40, 20)).save(content, "PNG")
    image = get_image_model().objects.create(
        title="Stove", file=ImageFile(content, name="stove.png"), caption="A stove", rights="Own work"
    )
    assert client.get(f"{ROOT}images/").json()["count"] == 1
    shown = client.get(f"{ROOT}images/{image.pk}/").json()
    assert (shown["title"], shown["width"], shown["caption"], shown["rights"]) == ("Stove", 40, "A stove", "Own work")
    assert client.get(f"{ROOT}documents/").json() == {"items": [], "count": 0}


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize(
    "address",
    ["", "pages/", "pages/1/", "pages/1/actions/publish/", "images/", "sites/", "snippets/x/", "openapi.json", "x"],
)
def test_nothing_can_be_written(client: Client, db: None, method: str, address: str) -> None:
    answer = getattr(client, method)(ROOT + address, data="{}", content_type="application/json")
    assert answer.status_code == 405
    assert answer["Content-Type"] == PROBLEM
    assert answer["Allow"] == "GET, HEAD, OPTIONS"
    assert answer.json()["type"] == "/problems/method-not-allowed"


@pytest.mark.parametrize(
    "address",
    ["nope", "nope/", "pages", "pages/1/x", "docs/", "docs", "pages/1/actions/publish/", "pages/9/../", "%00"],
)
def test_unknown_addresses_are_problems(client: Client, db: None, address: str) -> None:
    answer = client.get(ROOT + address)
    assert answer.status_code == 404
    assert answer["Content-Type"] == PROBLEM
    assert answer.json()["status"] == 404


@pytest.mark.parametrize("page", ["0", "999999", "99999999999999999999999"])
def test_unknown_pages_are_problems(client: Client, home: HomePage, page: str) -> None:
    answer = client.get(f"{ROOT}pages/{page}/")
    assert answer.status_code == 404
    assert answer["Content-Type"] == PROBLEM


def test_limit_is_kept(client: Client, home: HomePage) -> None:
    assert client.get(f"{ROOT}pages/?limit=100").status_code == 200
    answer = client.get(f"{ROOT}pages/?limit=101")
    assert answer.status_code == 400
    assert answer["Content-Type"] == PROBLEM


def test_description_names_nothing_that_writes(client: Client, db: None) -> None:
    schema = client.get(f"{ROOT}openapi.json").json()
    assert schema["info"]["x-status"] == "preview"
    assert f"{ROOT}pages/{{page_id}}/" in schema["paths"]
    assert {method for operations in schema["paths"].values() for method in operations} <= {"get", "parameters"}
    assert not [address for address in schema["paths"] if "/actions/" in address]
