"""Pages as readers see them, and what editors may and may not do with them."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from creditstore.credits.models import UnitBlock
from creditstore_content.pages import numbers
from creditstore_content.pages.base import StorePage
from creditstore_content.pages.models import (
    CampaignPage,
    ContentIndexPage,
    ExplainerPage,
    FaqPage,
    HomePage,
    LegalPage,
    PartnerPage,
    ProfilePage,
    ProjectFeaturePage,
    StoryPage,
)
from creditstore_content.pages.slugs import reserved_slugs
from support.findable import make_findable
from support.ledger import make_issuance, make_project

EXPLAINED = "/en/how-it-works/"
EXPLAINERS = [
    f"{EXPLAINED}{slug}/" for slug in ("the-store", "what-the-cdm-is", "double-counting", "measure-reduce-offset")
]
ADDRESSES = ["/en/", EXPLAINED, *EXPLAINERS, "/en/clean-cooking/", "/en/campaigns/"]


@pytest.fixture
def index(home: HomePage) -> ContentIndexPage:
    page = ContentIndexPage(title="Campaigns", slug="campaigns", lead="All of them.")
    home.add_child(instance=page)
    page.add_child(
        instance=CampaignPage(title="Trees", slug="trees", lead="Ten of them.", body=[("text", "<p>Yes</p>")])
    )
    return page


class _Tags(HTMLParser):
    """Collects tags with their attributes, and the text of scripts and styles."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def named(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag == name]


def _get(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("address", ADDRESSES)
def test_page_has_no_inline_code_and_loads_nothing_foreign(client: Client, index: Page, address: str) -> None:
    tags = _Tags(_get(client, address))
    assert not tags.named("style")
    for _tag, attributes in tags.tags:
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith("on")]
    run = [script for script in tags.named("script") if script.get("type") != "application/ld+json"]
    assert all(script.get("src") for script in run)
    loaded = [tag.get("src") for tag in [*run, *tags.named("img")]]
    loaded += [link["href"] for link in tags.named("link") if link.get("rel") in {"stylesheet", "preload", "icon"}]
    assert loaded
    assert all(str(where).startswith(("/static/", "/media/")) for where in loaded)


@pytest.mark.parametrize("address", ADDRESSES)
def test_page_can_be_cached_and_posts_nothing(client: Client, index: Page, address: str) -> None:
    response = client.get(address)
    assert not response.cookies
    assert all(form.get("method") == "get" for form in _Tags(response.content.decode()).named("form"))


@pytest.mark.parametrize("address", ADDRESSES)
def test_page_names_itself(client: Client, index: Page, address: str) -> None:
    html = _get(client, address)
    tags = _Tags(html)
    canonical = [link["href"] for link in tags.named("link") if link.get("rel") == "canonical"]
    assert canonical == [f"{settings.SITE_URL}{address}"]
    meta = {tag.get("property") or tag.get("name"): tag.get("content") for tag in tags.named("meta")}
    assert meta["og:url"] == canonical[0]
    assert meta["og:title"]
    assert meta["description"] == meta["og:description"]
    assert len(meta["description"] or "") > 10
    assert len(tags.named("h1")) == 1
    assert "neutral" not in (meta["description"] or "")


def test_home_shows_three_live_numbers(client: Client, home: HomePage, monkeypatch: pytest.MonkeyPatch) -> None:
    found = numbers.LiveNumbers(units_cancelled=12345678, units_simulated=1200, projects=2119, countries=47)
    monkeypatch.setattr(numbers, "count_now", lambda: found)
    html = _get(client, "/en/")
    stats = re.findall(r'<div class="stat">\s*<dt>(.*?)</dt>\s*<dd>(.*?)</dd>', html, flags=re.S)
    assert [value for _label, value in stats] == ["12,345,678", "2,119", "47"]
    assert "1,200 of these units are simulated" in html


def test_numbers_are_counted_in_the_ledger(db: None) -> None:
    before = numbers.count_now()
    project = make_project()
    project.country_codes = ["XX", "XY"]
    project.save()
    make_issuance(project=project, quantity=1000)
    partly = make_issuance(project=project, quantity=50)
    # A recorded cancellation of the past: of the units that exist, only these are cancelled.
    block = UnitBlock.objects.get(issuance=partly)
    UnitBlock.objects.filter(pk=block.pk).update(
        state="cancelled", cancelled_at=timezone.now(), cancellation_kind="recorded"
    )
    after = numbers.count_now()
    assert after.units_cancelled == before.units_cancelled + 50
    assert after.units_simulated == before.units_simulated
    assert after.projects == before.projects + 1
    assert after.countries == before.countries + 2


def test_numbers_are_kept_for_a_minute(db: None) -> None:
    before = numbers.live_numbers()
    make_project()
    assert numbers.live_numbers() == before
    numbers.forget()
    assert numbers.live_numbers().projects == before.projects + 1


def test_home_searches_the_catalogue(client: Client, home: HomePage) -> None:
    tags = _Tags(_get(client, "/en/"))
    assert [form["action"] for form in tags.named("form")] == [reverse("store:catalogue")]
    assert [field["name"] for field in tags.named("input")] == ["q"]


def test_doors_lead_somewhere(client: Client, home: HomePage) -> None:
    leads = [door.value["link"].url for door in home.doors]
    measuring = f"{EXPLAINED}measure-reduce-offset/"
    assert leads == [f"{measuring}#measure", f"{measuring}#reduce", "/en/store/"]
    html = _get(client, measuring)
    assert 'id="measure"' in html
    assert 'id="reduce"' in html


def test_newest_cancellations_mark_what_is_simulated(
    client: Client, home: HomePage, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import UTC, datetime

    entry = SimpleNamespace(
        quantity=12, beneficiary="<b>Ada</b>", simulated=True, certificate="CCS-1",
        project="9933", project_title="Stoves",
        completed_at=datetime(2026, 11, 1, 8, 30, tzinfo=UTC), serial_start="MW-5-141547-2-2-0-9933",
    )  # fmt: skip
    monkeypatch.setattr(
        "creditstore.certificates.register.register_page", lambda **_wanted: SimpleNamespace(items=[entry])
    )
    html = _get(client, "/en/")
    assert "12 units cancelled" in html
    assert "&lt;b&gt;Ada" in html
    assert "Simulated" in html
    assert "1 November 2026, 08:30 UTC" in html
    assert reverse("certificate", args=["CCS-1"]) in html


def test_campaign_is_featured_while_it_is_public(client: Client, home: HomePage, campaign: CampaignPage) -> None:
    html = _get(client, "/en/")
    assert campaign.lead in html
    assert "Demonstration campaign" in html
    campaign.unpublish()
    assert campaign.lead not in _get(client, "/en/")


def test_menu_follows_the_editors(client: Client, home: HomePage, explainer: ExplainerPage) -> None:
    from django.template import Context, Template
    from django.test import RequestFactory

    def menu(path: str) -> str:
        template = Template(
            "{% load site_frame %}{% site_frame as frame %}"
            "{% for page in frame.menu %}{{ page.title }} {{ page.url }} {{ page.current }};{% endfor %}"
        )
        return template.render(Context({"request": RequestFactory().get(path)}))

    assert menu(EXPLAINERS[1]) == "How it works /en/how-it-works/ True;Questions /en/faq/ False;"
    assert menu("/en/") == "How it works /en/how-it-works/ False;Questions /en/faq/ False;"
    explainer.get_parent().specific.unpublish()
    assert menu("/en/") == "Questions /en/faq/ False;"
    FaqPage.objects.get().unpublish()
    assert menu("/en/") == ""
    assert Template("{% load site_frame %}{% site_frame as frame %}{{ frame.menu }}").render(Context({})) == "()"


class TestReservedSlugs:
    """A page may not stand where another part of the site answers."""

    @pytest.mark.parametrize("slug", ["store", "register", "admin", "api", "terms", "certificates", "search", "en"])
    def test_refused_below_the_home_page(self, home: HomePage, slug: str) -> None:
        page = ContentIndexPage(title="Shop", slug=slug)
        with pytest.raises(ValidationError, match="address of the store itself") as caught:
            home.add_child(instance=page)
        assert list(caught.value.message_dict) == ["slug"]

    def test_allowed_deeper_down(self, index: ContentIndexPage) -> None:
        index.add_child(instance=CampaignPage(title="Store", slug="store", lead="Here.", body=[("text", "<p>Yes</p>")]))
        assert CampaignPage.objects.get(slug="store").url == "/en/campaigns/store/"

    def test_every_first_part_of_the_urlconf_is_reserved(self) -> None:
        assert {
            "store",
            "register",
            "terms",
            "admin",
            "dashboard",
            "api",
            "certificates",
            "documents",
        } <= reserved_slugs()
        assert "how-it-works" not in reserved_slugs()

    def test_admin_form_says_so_at_the_field(self, admin_client: Client, home: HomePage) -> None:
        address = reverse("wagtailadmin_pages:add", args=["creditstore_pages", "contentindexpage", home.pk])
        answer = admin_client.post(address, {"title": "Shop", "slug": "store", "lead": "", "action-publish": "1"})
        assert answer.status_code == 200
        assert "address of the store itself" in answer.content.decode()
        assert not Page.objects.filter(slug="store").exists()

    def test_moving_there_is_refused(self, admin_client: Client, home: HomePage, index: ContentIndexPage) -> None:
        page = CampaignPage(title="Store", slug="store", lead="Here.", body=[("text", "<p>Yes</p>")])
        index.add_child(instance=page)
        answer = admin_client.post(reverse("wagtailadmin_pages:move_confirm", args=[page.pk, home.pk]), follow=True)
        assert "address of the store itself" in answer.content.decode()
        page.refresh_from_db()
        assert page.get_parent().pk == index.pk


def test_one_home_page_for_each_language(home: HomePage) -> None:
    second = HomePage(
        title="Other", slug="other", heading="Other", intro="Other.", steps_heading="Steps", locale=home.locale,
        steps=[("step", {"title": "One", "text": "Do it."})] * 3,
        doors=[("door", {"title": "In", "text": "Go.", "link": {"store_page": "store:catalogue"}})] * 2,
    )  # fmt: skip
    with pytest.raises(ValidationError, match="already has a home page"):
        home.get_parent().add_child(instance=second)


def test_pages_stand_where_they_belong() -> None:
    kinds = {
        CampaignPage, ExplainerPage, FaqPage, LegalPage, PartnerPage, ProfilePage, ProjectFeaturePage, StoryPage,
    }  # fmt: skip
    assert set(HomePage.allowed_subpage_models()) == {*kinds, ContentIndexPage}
    assert set(ContentIndexPage.allowed_subpage_models()) == kinds
    assert [kind for kind in kinds if kind.allowed_subpage_models()] == []


@pytest.mark.parametrize("kind", StorePage.__subclasses__())
def test_kind_of_page_tells_editors_and_readers_what_it_is(kind: type[StorePage]) -> None:
    assert str(kind.page_description)
    assert str(kind.kind_name) != str(StorePage.kind_name) or kind in (HomePage, ContentIndexPage)
    assert kind.template.startswith("pages/")


class TestRoles:
    """Wagtail's two groups: editors write, moderators also publish."""

    @pytest.fixture(params=["Editors", "Moderators"])
    def member(self, request: pytest.FixtureRequest, db: None) -> tuple[str, Client]:
        user = get_user_model().objects.create_user(email="ed@example.org", password="long enough 123")
        user.groups.add(Group.objects.get(name=request.param))
        client = Client()
        client.force_login(user)
        return request.param, client

    def test_campaign_from_the_form_to_the_reader(self, member: tuple[str, Client], home: HomePage) -> None:
        role, client = member
        address = reverse("wagtailadmin_pages:add", args=["creditstore_pages", "campaignpage", home.pk])
        assert client.get(address).status_code == 200
        data = nested_form_data(
            {
                "title": "Wind",
                "slug": "wind",
                "lead": "One tonne from a wind park.",
                "body": streamfield([("text", rich_text("<p>It <b>turns</b>.</p>", features=["bold"]))]),
                "action": streamfield([]),
                "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0},
                "action-publish": "1",
            }
        )
        answer = client.post(address, data)
        assert answer.status_code == 302, answer.context["form"].errors
        page = CampaignPage.objects.get(slug="wind")
        assert page.live is (role == "Moderators")
        assert Client().get("/en/wind/").status_code == (200 if page.live else 404)

    def test_preview_and_brand(self, member: tuple[str, Client], home: HomePage, campaign: CampaignPage) -> None:
        _role, client = member
        preview = client.get(reverse("wagtailadmin_pages:view_draft", args=[campaign.pk]))
        assert preview.status_code == 200
        assert campaign.lead in preview.content.decode()
        first = client.get(reverse("wagtailadmin_home")).content.decode()
        assert settings.CREDITSTORE_NAME in first
        assert "Shop dashboard" not in first


def test_shop_staff_find_the_dashboard(admin_client: Client, home: HomePage) -> None:
    html = admin_client.get(reverse("wagtailadmin_home")).content.decode()
    assert "Shop dashboard" in html
    assert reverse("dashboard:index") in html


def test_login_bears_the_operators_name(client: Client, db: None) -> None:
    assert f"Sign in to {settings.CREDITSTORE_NAME}" in client.get(reverse("wagtailadmin_login")).content.decode()


def test_projects_are_chosen_by_reference_or_title(admin_client: Client, db: None) -> None:
    make_project()
    answer = admin_client.get(reverse("creditstore_project_chooser:choose_results"), {"q": "no such project anywhere"})
    assert answer.status_code == 200
    assert "Test project" not in answer.content.decode()
    project = make_project()
    make_findable(project)
    for words in (project.ref, project.title.upper(), f"{project.title} test"):
        found = admin_client.get(reverse("creditstore_project_chooser:choose_results"), {"q": words})
        assert project.title in found.content.decode()


def test_explainers_stand_in_the_order_of_the_tree_with_the_way_up(client: Client, home: HomePage) -> None:
    html = _get(client, EXPLAINED)
    places = [html.index(f'href="{address}"') for address in EXPLAINERS]
    assert places == sorted(places)
    html = _get(client, EXPLAINERS[2])
    trail = html.split('<nav class="breadcrumb"')[1].split("</nav>")[0]
    assert 'href="/en/"' in trail
    assert f'href="{EXPLAINED}"' in trail
    assert 'aria-current="page"' in trail


def test_newest_come_first_unless_the_editor_says_otherwise(
    client: Client, home: HomePage, index: ContentIndexPage
) -> None:
    index.add_child(instance=CampaignPage(title="Bees", slug="bees", lead="New.", body=[("text", "<p>Yes</p>")]))
    html = _get(client, "/en/campaigns/")
    assert html.index("Bees") < html.index("Trees")
    index.refresh_from_db()
    index.order = "tree"
    index.save()
    html = _get(client, "/en/campaigns/")
    assert html.index("Trees") < html.index("Bees")
